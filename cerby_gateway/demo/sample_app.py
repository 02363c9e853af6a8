"""A small app without SCIM: an HTTP API with accounts and roles, for the demo and for tests.

It has what real apps have: pages by cursor, error codes, roles at addresses of their own, accounts that are
deleted and yet there, an Idempotency-Key that is honoured, and troubles that can be switched on.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from cerby_gateway.demo.sample_accounts import (
    ACTIVE,
    DELETED,
    ROLES,
    SUSPENDED,
    Json,
    SampleAccounts,
    Trouble,
)

HOST = "127.0.0.1"
MOST_BYTES = 64 * 1024
READ, WRITE = "accounts:read", "accounts:write"
READ_ROLES, WRITE_ROLES = "roles:read", "roles:write"
RIGHTS = frozenset({READ, WRITE, READ_ROLES, WRITE_ROLES})


@dataclass(frozen=True, slots=True)
class Call:
    """A request that came in. `is_repeat`: it was answered as before, by its idempotency key."""

    method: str
    path: str
    status: int
    key: str = ""
    is_repeat: bool = False


@dataclass(slots=True)
class Troubles:
    """What goes wrong, for as long as it is set; `limited` is how many requests are turned away."""

    failing: bool = False
    limited: int = 0
    # Seconds before the answer, after the effect.
    latency_s: float = 0.0
    drops_answers: bool = False
    retry_after_s: int = 7


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Json | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request; `names` are the parts of its path that vary."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Json
    headers: Mapping[str, str]
    names: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        return self.names[0]


class SampleApp:
    """The app while it runs: a context manager. `url` is the base URL of its API."""

    def __init__(
        self, token: str, *, port: int = 0, roles: Mapping[str, str] | None = None, seats: int = 10_000
    ) -> None:
        self.accounts = SampleAccounts(ROLES if roles is None else roles, seats)
        self.rights = set(RIGHTS)
        self.troubles = Troubles()
        self.calls: list[Call] = []
        self.token = token
        self._answers: dict[str, tuple[_Asked, _Answer]] = {}
        self._lock = threading.Lock()
        self._server = _Server((HOST, port), _Handler)
        self._server.app = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.05], name="sample app")

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}/api"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, asked: _Asked) -> _Answer:
        """What it answers, noted among `calls`."""
        key = asked.headers.get("idempotency-key", "") if asked.method != "GET" else ""
        with self._lock:
            before = self._answers.get(key) if key else None
            answer = self._repeated(asked, *before) if before else self._first(asked)
            if key and not before and answer.status < 500 and answer.status != 429:
                self._answers[key] = asked, answer
            self.calls.append(Call(asked.method, asked.path, answer.status, key, before is not None))
        return answer

    def _repeated(self, asked: _Asked, first: _Asked, answer: _Answer) -> _Answer:
        if (asked.method, asked.path, asked.body) != (first.method, first.path, first.body):
            return _no(Trouble(422, "key_reused", "This idempotency key came with something else."))
        return answer

    def _first(self, asked: _Asked) -> _Answer:
        try:
            self._be_in_trouble()
            self._check_token(asked)
            return self._route(asked)
        except Trouble as trouble:
            return _no(trouble, self.troubles.retry_after_s)

    def _be_in_trouble(self) -> None:
        if self.troubles.failing:
            raise Trouble(500, "internal", "Something went wrong.")
        if self.troubles.limited:
            self.troubles.limited -= 1
            raise Trouble(429, "slow_down", "Too many requests.")

    def _check_token(self, asked: _Asked) -> None:
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            raise Trouble(401, "bad_token", "This token is not known.")

    def _route(self, asked: _Asked) -> _Answer:
        for method, pattern, right, act in _ROUTES:
            found = re.fullmatch(pattern, asked.path)
            if method != asked.method or found is None:
                continue
            if right and right not in self.rights:
                raise Trouble(403, "missing_right", f"This token lacks the right {right}.")
            names = tuple(unquote(one) for one in found.groups())
            return act(self, _Asked(asked.method, asked.path, asked.query, asked.body, asked.headers, names))
        raise Trouble(404, "no_such_address", "There is nothing at this address.")


def _me(app: SampleApp, _asked: _Asked) -> _Answer:
    return _Answer(200, {"name": "Cerby Gateway", "rights": sorted(app.rights)})


def _list(app: SampleApp, asked: _Asked) -> _Answer:
    return _Answer(200, app.accounts.page(asked.query))


def _make(app: SampleApp, asked: _Asked) -> _Answer:
    return _Answer(201, {"account": asdict(app.accounts.make(asked.body))})


def _get(app: SampleApp, asked: _Asked) -> _Answer:
    return _Answer(200, {"account": asdict(app.accounts.get(asked.ref))})


def _change(app: SampleApp, asked: _Asked) -> _Answer:
    return _Answer(200, {"account": asdict(app.accounts.change(asked.ref, asked.body))})


def _marking(status: str) -> Callable[[SampleApp, _Asked], _Answer]:
    def mark(app: SampleApp, asked: _Asked) -> _Answer:
        return _Answer(200, {"account": asdict(app.accounts.mark(asked.ref, status))})

    return mark


def _list_roles(app: SampleApp, _asked: _Asked) -> _Answer:
    roles = app.accounts.roles.items()
    return _Answer(200, {"roles": [{"code": code, "title": title} for code, title in roles]})


def _grant(app: SampleApp, asked: _Asked) -> _Answer:
    app.accounts.grant(*asked.names)
    return _Answer(204)


def _revoke(app: SampleApp, asked: _Asked) -> _Answer:
    app.accounts.revoke(*asked.names)
    return _Answer(204)


_ONE = r"/api/accounts/([^/]+)"
_ROUTES: Iterable[tuple[str, str, str, Callable[[SampleApp, _Asked], _Answer]]] = (
    ("GET", "/api/me", "", _me),
    ("GET", "/api/accounts", READ, _list),
    ("POST", "/api/accounts", WRITE, _make),
    ("GET", _ONE, READ, _get),
    ("PATCH", _ONE, WRITE, _change),
    ("DELETE", _ONE, WRITE, _marking(DELETED)),
    ("POST", f"{_ONE}/activate", WRITE, _marking(ACTIVE)),
    ("POST", f"{_ONE}/suspend", WRITE, _marking(SUSPENDED)),
    ("GET", "/api/roles", READ_ROLES, _list_roles),
    ("PUT", f"{_ONE}/roles/([^/]+)", WRITE_ROLES, _grant),
    ("DELETE", f"{_ONE}/roles/([^/]+)", WRITE_ROLES, _revoke),
)


def _no(trouble: Trouble, retry_after_s: int = 0) -> _Answer:
    body = {"error": {"code": trouble.code, "message": str(trouble)}}
    is_limit = trouble.status == 429
    return _Answer(trouble.status, body, {"Retry-After": str(retry_after_s)} if is_limit else {})


class _Server(ThreadingHTTPServer):
    app: SampleApp
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    # The head and the body of an answer leave together.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 60

    def log_message(self, *_words: Any) -> None:
        """Its calls are kept, not printed."""

    def serve(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(min(size, MOST_BYTES))
        url = urlsplit(self.path)
        body = _json(content)
        if body is None:
            self._send(_no(Trouble(400, "not_json", "The body is not a JSON object.")))
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = _Asked(self.command, url.path, dict(parse_qsl(url.query)), body, headers)
        answer = self.server.app.answer(asked)
        troubles = self.server.app.troubles
        time.sleep(troubles.latency_s)
        if troubles.drops_answers:
            self.close_connection = True
            return
        self._send(answer)

    def _send(self, answer: _Answer) -> None:
        content = json.dumps(answer.body).encode() if answer.body is not None else b""
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if content:
            self.send_header("Content-Type", "application/json")
        if answer.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    setattr(_Handler, f"do_{_method}", _Handler.serve)


def _json(content: bytes) -> Json | None:
    """An empty body is an empty object; None for what is no object."""
    try:
        found = json.loads(content) if content.strip() else {}
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
