"""A load generator: N keep-alive connections, one request at a time on each, in a process of its own."""

from __future__ import annotations

import pickle
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_WAIT_S = 120.0
BUFFER = 1 << 18
NO_BODY = {204, 304}


@dataclass(frozen=True, slots=True)
class Load:
    """What to send. Each connection takes its own part of `requests`, in order, again and again.

    It ends after `seconds`, or earlier after `most` requests; what is under way then is waited for.
    """

    port: int
    requests: Sequence[bytes]
    connections: int = 1
    seconds: float = 5.0
    most: int = sys.maxsize


@dataclass(frozen=True, slots=True)
class Measured:
    """`seconds` runs from the first request to the last answer; times are in milliseconds."""

    done: int
    seconds: float
    p50_ms: float
    p99_ms: float
    statuses: dict[int, int]
    # The beginning of the first answer that was no success.
    refusal: bytes = b""

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.done / self.seconds if self.seconds else 0.0

    @property
    def refused(self) -> dict[int, int]:
        """The answers that are no success, by status."""
        return {status: number for status, number in self.statuses.items() if not 200 <= status < 300}


def run(load: Load) -> Measured:
    """Sends the load from a fresh process, so that it shares no interpreter lock with whoever asks."""
    child = [sys.executable, "-c", "from bench import load; load.child()"]
    done = subprocess.run(child, input=pickle.dumps(load), stdout=subprocess.PIPE, check=True, cwd=ROOT)
    measured: Measured = pickle.loads(done.stdout)
    return measured


def child() -> None:
    """The fresh process: a load comes in, what was measured goes out."""
    sys.stdout.buffer.write(pickle.dumps(measure(pickle.load(sys.stdin.buffer))))


def measure(load: Load) -> Measured:
    """Sends the load from this process."""
    sender = _Sender(load)
    return sender.run()


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    position: int
    first: int
    behind: int
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)


class _Sender:
    def __init__(self, load: Load) -> None:
        self.load = load
        self.selector = selectors.DefaultSelector()
        self.times: list[float] = []
        self.statuses = Counter[int]()
        self.issued = 0
        self.refusal = b""

    def run(self) -> Measured:
        connections = self._connect()
        started = last = time.perf_counter()
        until = started + self.load.seconds
        waiting = sum(self._send(connection, until) for connection in connections)
        while waiting:
            ready = self.selector.select(LONGEST_WAIT_S)
            if not ready:
                raise TimeoutError(f"No answer within {LONGEST_WAIT_S:.0f} s.")
            for key, _events in ready:
                connection: _Connection = key.data
                if self._receive(connection):
                    last = time.perf_counter()
                    self.times.append(last - connection.sent_at)
                    waiting -= not self._send(connection, until)
        for connection in connections:
            connection.socket.close()
        self.times.sort()
        return Measured(
            done=len(self.times),
            seconds=last - started,
            p50_ms=statistics.median(self.times) * 1000,
            p99_ms=self.times[min(len(self.times) - 1, int(len(self.times) * 0.99))] * 1000,
            statuses=dict(self.statuses),
            refusal=self.refusal,
        )

    def _connect(self) -> list[_Connection]:
        number, length = self.load.connections, len(self.load.requests)
        edges = [index * length // number for index in range(number + 1)]
        connections = []
        for first, behind in pairwise(edges):
            connection = _Connection(_open(self.load.port), first, first, behind)
            self.selector.register(connection.socket, selectors.EVENT_READ, connection)
            connections.append(connection)
        return connections

    def _send(self, connection: _Connection, until: float) -> bool:
        """Sends the connection's next request; False when the load is over."""
        connection.sent_at = time.perf_counter()
        if connection.sent_at >= until or self.issued >= self.load.most:
            return False
        self.issued += 1
        connection.socket.sendall(self.load.requests[connection.position])
        connection.position += 1
        if connection.position == connection.behind:
            connection.position = connection.first
        return True

    def _receive(self, connection: _Connection) -> bool:
        """Takes what has come; True when the answer is whole."""
        came = connection.socket.recv(BUFFER)
        if not came:
            raise ConnectionError(f"The server closed the connection: {bytes(connection.received[:200])!r}")
        connection.received += came
        if (end := answer_end(connection.received)) is None:
            return False
        status = int(connection.received[9:12])
        self.statuses[status] += 1
        if not (200 <= status < 300 or self.refusal):
            self.refusal = bytes(connection.received[:1000])
        del connection.received[:end]
        return True


def answer_end(received: bytearray) -> int | None:
    """Where the HTTP/1.1 answer at the start of the bytes ends; None while it is not whole."""
    head = received.find(b"\r\n\r\n")
    if head < 0:
        return None
    headers = bytes(received[:head]).lower()
    body = head + 4
    if (at := headers.find(b"\r\ncontent-length:")) >= 0:
        line = headers[at + 17 :].split(b"\r\n", 1)[0]
        end = body + int(line)
        return end if len(received) >= end else None
    if b"\r\ntransfer-encoding: chunked" in headers:
        return (
            len(received) if received.endswith(b"\r\n0\r\n\r\n") or received[body:] == b"0\r\n\r\n" else None
        )
    if int(received[9:12]) in NO_BODY:
        return body
    raise ValueError(f"An answer without a length: {headers!r}")


def request(
    method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes | None = None
) -> bytes:
    """The bytes of one HTTP/1.1 request to this machine."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines += ["Content-Type: application/scim+json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + (body or b"")


def _open(port: int) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=LONGEST_WAIT_S)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until_open(port: int, *, seconds: float = 240) -> None:
    """Returns when something listens on the port; TimeoutError otherwise."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"Nothing listens on port {port} after {seconds:.0f} s.")
