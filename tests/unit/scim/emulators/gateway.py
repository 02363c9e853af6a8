"""A small real HTTP server that writes down what it is sent and answers what it was told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OF_EVERY_CLIENT = {"Host", "Content-Length"}


@dataclass(frozen=True)
class Sent:
    """One request as it came, without the two headers that every client has to send."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any


@dataclass
class Gateway:
    """`answers` are pairs of status and content, used up one by one; {} where there are none left."""

    address: str
    sent: list[Sent] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)

    def will_answer(self, status: int, body: Any = None) -> None:
        self.answers.append((status, b"" if body is None else json.dumps(body).encode()))


@contextmanager
def running(base: str = "/scim/v2/one") -> Iterator[Gateway]:
    """Serves under that path on 127.0.0.1 while the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    gateway = Gateway(f"http://127.0.0.1:{server.server_port}{base}")
    server.RequestHandlerClass = _handler(gateway, base)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(gateway: Gateway, base: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            path, _, query = self.path.removeprefix(base).partition("?")
            content = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name: value for name, value in self.headers.items() if name not in OF_EVERY_CLIENT}
            body = json.loads(content) if content else None
            gateway.sent.append(Sent(self.command, path, query, headers, body))
            status, content = gateway.answers.pop(0) if gateway.answers else (200, b"{}")
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - the server's words

        def log_message(self, *_words: Any) -> None:
            """Keeps the test's output clean."""

    return Handler
