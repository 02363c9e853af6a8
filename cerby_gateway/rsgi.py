"""The product behind granian's RSGI: the event loop waits for bodies, and a thread is taken only by a request
that has come whole.

Behind WSGI the server gives each request a thread before its body has come: as many clients as there are
threads, who begin a body and never end it, would stop everything. Here they hold what they have sent, and no
more; nobody waits for them for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio import AbstractEventLoop, Future
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol

import structlog
from django.http import HttpResponse

from cerby_gateway import health
from cerby_gateway.crew import Crew
from integrations.addresses import SCIM_PREFIX
from integrations.api import door as api_door
from integrations.api import problems
from integrations.kit import ids, uploads
from integrations.kit.context import Context, current
from scim.core.errors import RequestTimeout, ScimError, Unavailable
from scim.endpoints import render as scim_render

log = structlog.get_logger("gateway.server")
# Most bodies are small, and come at once. A larger one may pause so long, and take so long in all.
SMALL_BYTES, SMALL_WITHIN_S = 64 * 1024, 20.0
PAUSE_S, WHOLE_WITHIN_S = 15.0, 120.0
# No page or endpoint takes more: each has a limit of its own, and says it.
MOST_BYTES = uploads.LARGEST_BYTES
# What bodies that have not come whole may take of a process's memory together.
MOST_HELD_BYTES = 256 * 1024 * 1024
# Those who come to help, for SCIM, for pages, which may wait for an app for seconds, and for probes: /readyz
# may wait for the database.
SCIM_HELPERS, PAGE_HELPERS, PROBE_HELPERS = 3, 3, 1
BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "DELETE"})
EMPTY = frozenset({204, 304})
Environ = dict[str, Any]
Wsgi = Callable[[Environ, Any], Iterable[bytes]]


class Scope(Protocol):
    """What granian says of a request (RSGI 1.5)."""

    proto: str
    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None
    headers: Any


class Exchange(Protocol):
    """Granian's end of a request: its body comes out of it, and the answer goes in."""

    async def __call__(self) -> bytes: ...
    def __aiter__(self) -> AsyncIterator[bytes]: ...
    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None: ...
    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


# A request that has come whole, and where its answer is awaited.
Job = tuple[Environ, AbstractEventLoop, "Future[Answer]"]


class Application:
    """One process's way in: an event loop that waits, and few threads that work.

    `at_once`: how many requests are worked on when none is stuck; 2 where a database elsewhere is waited for.
    """

    def __init__(self, wsgi: Wsgi, *, at_once: int = 1) -> None:
        self._wsgi = wsgi
        self._held_bytes = 0
        # Each has threads of its own: no page that waits for something keeps an identity provider waiting, or
        # a probe, whose sender would end a process that works.
        self._of_scim = Crew(self._work, regulars=at_once, helpers=SCIM_HELPERS)
        self._of_pages = Crew(self._work, regulars=at_once, helpers=PAGE_HELPERS)
        self._of_probes = Crew(self._work, regulars=1, helpers=PROBE_HELPERS)

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        try:
            environ = environ_of(scope)
            if _has_body(environ):
                body = await self._body(environ, exchange)
                environ.pop("HTTP_TRANSFER_ENCODING", None)
                environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
            answer = await self._answer(environ)
        except ScimError as late:
            answer = _refusal(scope.path, late)
        if answer.status in EMPTY:
            return exchange.response_empty(answer.status, answer.headers)
        return exchange.response_bytes(answer.status, answer.headers, answer.body)

    def _answer(self, environ: Environ) -> Future[Answer]:
        """Hands it to a thread. A pool of the standard library costs half as much again for each request."""
        loop = asyncio.get_running_loop()
        answer: Future[Answer] = loop.create_future()
        self._crew(environ["PATH_INFO"]).put((environ, loop, answer), loop)
        return answer

    def _crew(self, path: str) -> Crew[Job]:
        if path.startswith(SCIM_PREFIX):
            return self._of_scim
        return self._of_probes if path in health.PROBES else self._of_pages

    def _work(self, job: Job) -> None:
        environ, loop, answer = job
        try:
            found = _answered(self._wsgi, environ)
        except Exception:
            log.exception("server.failed", path=environ["PATH_INFO"])
            found = Answer(500, [], b"")
        with contextlib.suppress(RuntimeError):  # the process ends: nobody waits any more
            loop.call_soon_threadsafe(_settle, answer, found)

    async def _body(self, environ: Environ, exchange: Exchange) -> bytes:
        """The body, or as much of a larger one as shows that it is too large. Raises RequestTimeout and
        Unavailable."""
        length = environ.get("CONTENT_LENGTH") or ""
        try:
            if length.isdecimal() and int(length[:12]) <= SMALL_BYTES:
                async with asyncio.timeout(SMALL_WITHIN_S):
                    return await exchange()
            async with asyncio.timeout(WHOLE_WITHIN_S):
                return await self._large(exchange)
        except TimeoutError:
            raise RequestTimeout("The body of the request did not come in time.") from None

    async def _large(self, exchange: Exchange) -> bytes:
        found = bytearray()
        chunks = aiter(exchange)
        try:
            while len(found) <= MOST_BYTES:
                async with asyncio.timeout(PAUSE_S):
                    chunk = await anext(chunks, b"")
                if not chunk:
                    break
                found += chunk
                self._held_bytes += len(chunk)
                if self._held_bytes > MOST_HELD_BYTES:
                    raise Unavailable("Too many large bodies are on their way.", remedy="Try again later.")
        finally:
            self._held_bytes -= len(found)
        return bytes(found)


def environ_of(scope: Scope) -> Environ:
    """As PEP 3333 has it. A header that comes several times is one, by RFC 9110 5.3."""
    name, _colon, port = scope.server.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for header, value in scope.headers.items():
        if "_" in header:  # it would pass for one with a hyphen, such as a proxy's own
            continue
        key = header.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        if key == "CONTENT_TYPE" and key in environ:  # there can be but one
            continue
        between = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = f"{environ[key]}{between}{value}" if key in environ else value
    if scope.authority:  # HTTP/2 tells the host apart from the headers
        environ.setdefault("HTTP_HOST", scope.authority)
    return environ


def _answered(wsgi: Wsgi, environ: Environ) -> Answer:
    """What the application answers; takes as long as it takes."""
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _failure: Any = None, /) -> Any:
        begun.append((status, headers))

    response = wsgi(environ, start)
    try:
        body = b"".join(response)
    finally:
        if close := getattr(response, "close", None):
            close()
    ((status, headers),) = begun
    return Answer(int(status[:3]), headers, body)


def _has_body(environ: Environ) -> bool:
    """Whether there is one to wait for. One that is too large by its own word is left: whoever answers
    refuses it by that word."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdecimal():
        return 0 < int(length[:12]) <= MOST_BYTES
    return "HTTP_TRANSFER_ENCODING" in environ or environ["REQUEST_METHOD"] not in BODILESS


def _settle(answer: Future[Answer], found: Answer) -> None:
    if not answer.done():
        answer.set_result(found)


def _refusal(path: str, late: ScimError) -> Answer:
    """Where the product is not reached: in the form that is spoken below this address."""
    here = current.set(Context(trace_id=ids.trace()))
    try:
        log.info("server.refused", path=path, status=late.status)
        told = _told(path, late)
        told["X-Request-Id"] = current.get().trace_id
    finally:
        current.reset(here)
    return Answer(told.status_code, list(told.items()), told.content)


def _told(path: str, late: ScimError) -> HttpResponse:
    if path.startswith(SCIM_PREFIX):
        return scim_render.error(late)
    detail = late.to_dict()["detail"]
    if path.startswith(api_door.PREFIX):
        return problems.outside(late.status, detail)
    return HttpResponse(detail, status=late.status, content_type="text/plain; charset=utf-8")
