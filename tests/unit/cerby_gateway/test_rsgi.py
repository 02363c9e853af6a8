"""The way in: what is waited for, how long, and what becomes of a request on its way to WSGI."""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import threading
from collections.abc import AsyncIterator, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from cerby_gateway import health, rsgi
from cerby_gateway.rsgi import Answer, Application
from integrations import addresses
from integrations.kit import context

LARGE = str(rsgi.SMALL_BYTES + 1)


class Headers(list[tuple[str, str]]):
    def items(self) -> Headers:
        return self


@dataclass
class Scope:
    method: str = "POST"
    path: str = "/scim/v2/x/Users"
    headers: Headers = field(default_factory=Headers)
    proto: str = "http"
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    client: str = "203.0.113.7:50000"
    scheme: str = "https"
    query_string: str = "a=%20b"
    authority: str | None = None


@dataclass
class Exchange:
    """Its chunks come after so many seconds each; then nothing more comes, or the end."""

    chunks: Sequence[bytes] = ()
    after_s: float = 0.0
    ends: bool = True
    answer: Answer | None = None

    async def __call__(self) -> bytes:
        return b"".join([chunk async for chunk in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            await asyncio.sleep(self.after_s)
            yield chunk
        if not self.ends:
            await asyncio.sleep(60)

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.answer = Answer(status, headers, b"")

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = Answer(status, headers, body)


def echo(seen: list[dict[str, Any]], environ: dict[str, Any], start: Any) -> list[bytes]:
    seen.append(environ)
    start("200 OK", [])
    return [environ["wsgi.input"].read()]


def broken(_environ: dict[str, Any], _start: Any) -> list[bytes]:
    raise ValueError


product: Any = broken


@pytest.fixture
def seen(monkeypatch) -> list[dict[str, Any]]:
    """What reaches the product, which answers with the body that it got."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(sys.modules[__name__], "product", functools.partial(echo, found))
    for name in ("SMALL_WITHIN_S", "PAUSE_S"):
        monkeypatch.setattr(rsgi, name, 0.1)
    monkeypatch.setattr(rsgi, "WHOLE_WITHIN_S", 0.5)
    return found


def finished(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: a browser's tests leave a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


def ask(exchange: Exchange, scope: Scope | None = None, *headers: tuple[str, str]) -> Answer:
    scope = scope or Scope()
    scope.headers = Headers(headers)
    finished(Application(product).__rsgi__(scope, exchange))
    assert exchange.answer is not None
    return exchange.answer


@pytest.mark.parametrize("length", ["6", LARGE, None], ids=["small", "large", "unknown"])
def test_a_body_comes_whole_with_its_length(seen, length):
    headers = [("content-length", length)] if length else [("transfer-encoding", "chunked")]

    assert ask(Exchange([b"abc", b"def"]), None, *headers).body == b"abcdef"
    assert seen[0]["CONTENT_LENGTH"] == "6"
    assert "HTTP_TRANSFER_ENCODING" not in seen[0]


@pytest.mark.parametrize(
    ("length", "exchange"),
    [
        ("100", Exchange([b"{"], ends=False)),
        (LARGE, Exchange([b"{"], ends=False)),
        (LARGE, Exchange([b"{"] * 20, after_s=0.05)),
    ],
    ids=["small", "large that stops", "large that drips"],
)
def test_what_does_not_come_in_time_is_not_waited_for(seen, length, exchange):
    answer = ask(exchange, None, ("content-length", length))

    assert answer.status == 408
    assert json.loads(answer.body)["status"] == "408"
    assert seen == []


def test_a_page_is_told_in_plain_text(seen):
    answer = ask(Exchange([b"{"], ends=False), Scope(path="/sign-in/"), ("content-length", "100"))

    assert dict(answer.headers)["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.body == b"The body of the request did not come in time."


def test_below_the_api_a_problem_is_told(seen):
    late = ask(Exchange([b"{"], ends=False), Scope(path="/api/v1/tasks/"), ("content-length", "100"))

    headers, problem = dict(late.headers), json.loads(late.body)
    assert headers["Content-Type"] == "application/problem+json"
    assert (problem["status"], problem["code"]) == (late.status, "late") == (408, "late")
    assert problem["detail"] == "The body of the request did not come in time."
    assert problem["trace_id"] == headers["X-Request-Id"] != ""
    assert context.current.get() is context.NOWHERE


def test_where_there_is_no_room_the_api_says_when_there_may_be(seen, monkeypatch):
    monkeypatch.setattr(rsgi, "MOST_HELD_BYTES", 2)

    full = ask(Exchange([b"abc"]), Scope(path="/api/v1/tasks/"), ("content-length", LARGE))

    problem = json.loads(full.body)
    assert (full.status, problem["code"]) == (503, "busy")
    assert problem["detail"] == "Too many large bodies are on their way. Try again later."
    assert dict(full.headers)["Retry-After"] == "10"


def test_all_bodies_together_take_so_much_memory_and_no_more(seen, monkeypatch):
    monkeypatch.setattr(rsgi, "MOST_HELD_BYTES", 5)
    application = Application(product)
    scope = Scope(headers=Headers([("content-length", LARGE)]))
    exchanges = [Exchange([b"abc"] * 3, after_s=0.01) for _number in range(2)]

    async def both() -> None:
        await asyncio.gather(*(application.__rsgi__(scope, one) for one in exchanges))

    finished(both())

    assert {one.answer.status for one in exchanges if one.answer} == {503}
    assert application._held_bytes == 0


def test_of_a_body_that_is_too_large_no_more_is_read_than_shows_it(seen, monkeypatch):
    monkeypatch.setattr(rsgi, "MOST_BYTES", 4)

    assert ask(Exchange([b"abc"] * 9), None, ("transfer-encoding", "chunked")).body == b"abcabc"
    assert ask(Exchange([b"abc"] * 9), None, ("content-length", "27")).body == b""
    assert seen[1]["CONTENT_LENGTH"] == "27"


def test_the_environment_is_as_wsgi_has_it(seen):
    scope = Scope(method="GET", path="/ü/a b", client="[2001:db8::1]:50000", authority="gateway.example")
    ask(
        *(Exchange(), scope),
        *(("accept", "a"), ("accept", "b"), ("cookie", "a=1"), ("cookie", "b=2")),
        *(("x-forwarded-for", "203.0.113.9"), ("x_forwarded_for", "evil"), ("content-type", "text/plain")),
        ("content-type", "text/html"),
    )

    (environ,) = seen
    wanted = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/ü/a b".encode().decode("latin-1"),
        "QUERY_STRING": "a=%20b",
        "REMOTE_ADDR": "2001:db8::1",
        "HTTP_HOST": "gateway.example",
        "HTTP_ACCEPT": "a,b",
        "HTTP_COOKIE": "a=1; b=2",
        "HTTP_X_FORWARDED_FOR": "203.0.113.9",
        "CONTENT_TYPE": "text/plain",
        "wsgi.url_scheme": "https",
    }
    assert {name: environ[name] for name in wanted} == wanted


@pytest.mark.parametrize("path", [f"{addresses.SCIM_PREFIX}x/Users", *health.PROBES])
def test_pages_that_wait_keep_neither_scim_nor_a_probe_waiting(path):
    ends = threading.Event()

    def hangs(environ: dict[str, Any], start: Any) -> list[bytes]:
        if environ["PATH_INFO"] != path:
            ends.wait(10)
        start("200 OK", [])
        return [b"ok"]

    application = Application(hangs)
    pages = [Exchange() for _number in range(rsgi.PAGE_HELPERS + 3)]
    other = Exchange()

    async def all_at_once() -> None:
        asked = [asyncio.create_task(application.__rsgi__(Scope("GET", "/w/"), page)) for page in pages]
        await asyncio.wait_for(application.__rsgi__(Scope("GET", path), other), 5)
        assert not any(page.answer for page in pages)
        ends.set()
        await asyncio.gather(*asked)

    finished(all_at_once())

    assert other.answer is not None
    assert all(page.answer and page.answer.body == b"ok" for page in pages)


def test_what_fails_is_answered():
    assert ask(Exchange(), Scope(method="GET")).status == 500
