"""What lies below `outbound`: one look-up a name, one gate for every connection, one deadline a call."""

from __future__ import annotations

import contextlib
import math
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any

import httpcore
from ssrfguard import Policy
from ssrfguard.httpx import SafeBackend

# Seconds: for a name, for each address that is tried, and for the handshake; for each wait on the other side;
# for the whole call.
CONNECT_S = 3.0
READ_S = 10.0
WHOLE_S = 12.0
# So much is handed to the network before the clock is looked at again.
PIECE_BYTES = 16 * 1024
# A look-up that hangs cannot be stopped, only left behind: so many may hang at once.
LOOKUPS = threading.BoundedSemaphore(64)


# When all calls of this thread end, however many they are.
_end: ContextVar[float] = ContextVar("outbound_end", default=math.inf)


class Call:
    """One call under way: what it may reach, until when, and how far it has come."""

    def __init__(self, policy: Policy, *, is_tls: bool = True) -> None:
        self.policy = policy
        self.is_tls = is_tls
        self.is_known = False  # its name has been looked up
        self.is_sent = False  # a part of the request may have reached the other side
        self._ends = min(time.monotonic() + WHOLE_S, _end.get())

    def left(self, most: float | None) -> float:
        """Seconds that the next step may take. Raises httpcore.ReadTimeout when none are left."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("The whole call took too long.")
        return left if most is None else min(most, left)


def timeouts() -> dict[str, float]:
    """The limits of single steps, as httpcore takes them."""
    return {"connect": CONNECT_S, "read": READ_S, "write": READ_S}


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """The calls of this thread take no longer than that together."""
    before = _end.set(min(_end.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _end.reset(before)


_current: ContextVar[Call] = ContextVar("outbound_call")


@contextlib.contextmanager
def running(call: Call) -> Iterator[None]:
    """Connections of this thread belong to the call. A kept connection serves many calls, so it asks here."""
    before = _current.set(call)
    try:
        yield
    finally:
        _current.reset(before)


class Backend(httpcore.NetworkBackend):
    """Opens connections through ssrfguard, which connects to an address that it checked.

    `policy` stands in for the call's own: for the way to a proxy.
    """

    def __init__(self, policy: Policy | None = None) -> None:
        self._policy = policy

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        call = _current.get()
        gate = SafeBackend(policy=self._policy or call.policy, resolver=look_up)
        stream = gate.connect_tcp(host, port, call.left(timeout), local_address, socket_options)
        return Stream(stream, carries=not call.is_tls)


class Stream(httpcore.NetworkStream):
    """A connection whose every step keeps the deadline of the call that uses it.

    `carries`: what is written here is the request itself, not the way to it.
    """

    def __init__(self, inner: httpcore.NetworkStream, *, carries: bool) -> None:
        self._inner = inner
        self._carries = carries

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _current.get().left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        call = _current.get()
        for start in range(0, len(buffer), PIECE_BYTES):
            left = call.left(timeout)
            call.is_sent = call.is_sent or self._carries
            self._inner.write(buffer[start : start + PIECE_BYTES], left)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            left = _current.get().left(timeout)
            return Stream(self._inner.start_tls(ssl_context, server_hostname, left), carries=True)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def look_up(host: str, port: int, *rest: int) -> list[Any]:
    """`socket.getaddrinfo` with a deadline. Raises OSError, httpcore.ConnectTimeout."""
    call = _current.get()
    if not LOOKUPS.acquire(blocking=False):
        raise socket.gaierror(socket.EAI_AGAIN, "Too many names are being looked up.")
    answers: queue.SimpleQueue[list[Any] | OSError] = queue.SimpleQueue()
    threading.Thread(target=_ask, args=[answers, host, port, *rest], name="look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=call.left(CONNECT_S))
    except queue.Empty:
        raise httpcore.ConnectTimeout("The look-up of the name took too long.") from None
    if isinstance(answer, OSError):
        raise answer
    call.is_known = True
    return answer


def _ask(answers: queue.SimpleQueue[list[Any] | OSError], host: str, *rest: Any) -> None:
    try:
        answers.put(list(socket.getaddrinfo(host, *rest)))
    except UnicodeError:  # a label that no name has
        answers.put(socket.gaierror(socket.EAI_NONAME, "This is no name."))
    except OSError as error:
        answers.put(error)
    finally:
        LOOKUPS.release()
