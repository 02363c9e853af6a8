"""Serves until somebody stops it: a server that gave up is started again, as a supervisor would do."""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import structlog

log = structlog.get_logger("gateway.server")
MOST_DEATHS = 5
WITHIN_S = 60.0
FIRST_PAUSE_S = 0.5
STOPPING = (signal.SIGINT, signal.SIGTERM)


class Server(Protocol):
    """Granian: it ends with SystemExit when a worker dies twice within seconds."""

    interrupt_signal: bool

    def serve(self) -> None: ...


class GaveUpError(Exception):
    """The server dies as often as it is started."""


def run(make: Callable[[], Server]) -> None:
    """Serves, with pauses that grow between deaths. GaveUpError at the fifth death within a minute."""
    deaths: deque[float] = deque(maxlen=MOST_DEATHS)
    while not _is_stopped(make()):
        now = time.monotonic()
        deaths.append(now)
        recent = sum(now - death <= WITHIN_S for death in deaths)
        if recent == MOST_DEATHS:
            raise GaveUpError
        pause_s = FIRST_PAUSE_S * 2 ** (recent - 1)
        log.warning("server.ended", deaths=recent, again_after_s=pause_s)
        with _listening() as stopped:
            if stopped.wait(pause_s):
                return


def _is_stopped(server: Server) -> bool:
    """Whether somebody stopped it; False where it gave up."""
    try:
        server.serve()
    except SystemExit:
        return server.interrupt_signal
    return True


@contextmanager
def _listening() -> Iterator[threading.Event]:
    """Hears Ctrl-C and TERM itself: the server that has ended still has its handlers set, and is deaf."""
    stopped = threading.Event()

    def stop(_number: int, _frame: Any) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in STOPPING}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
