"""A server that gives up is started again, with growing pauses, and not for ever."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass

import pytest

from cerby_gateway import serving


@dataclass
class Server:
    """Ends at once: of itself, or as if its workers had died."""

    dies: bool = True
    interrupt_signal: bool = False

    def serve(self) -> None:
        if self.dies:
            raise SystemExit(1)


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """How long it waits; nobody waits here."""
    found: list[float] = []

    def wait(_event: threading.Event, pause_s: float) -> bool:
        found.append(pause_s)
        return _event.is_set()

    monkeypatch.setattr(threading.Event, "wait", wait)
    return found


def test_it_is_started_again_until_somebody_stops_it(pauses):
    servers = iter([Server(), Server(), Server(dies=False)])

    serving.run(lambda: next(servers))

    assert pauses == [0.5, 1.0]


def test_a_death_while_it_is_stopped_ends_it(pauses):
    serving.run(lambda: Server(interrupt_signal=True))

    assert pauses == []


def test_the_fifth_death_within_a_minute_is_the_last(pauses):
    with pytest.raises(serving.GaveUpError):
        serving.run(Server)

    assert pauses == [0.5, 1.0, 2.0, 4.0]


def test_deaths_that_lie_apart_are_not_counted_together(pauses, monkeypatch):
    clock = iter(range(0, 1000, 61))
    monkeypatch.setattr("cerby_gateway.serving.time.monotonic", lambda: float(next(clock)))
    servers = iter([*[Server()] * 7, Server(dies=False)])

    serving.run(lambda: next(servers))

    assert pauses == [0.5] * 7


def test_ctrl_c_is_heard_between_two_starts(monkeypatch):
    monkeypatch.setattr(serving, "FIRST_PAUSE_S", 20.0)
    threading.Timer(0.1, os.kill, [os.getpid(), signal.SIGTERM]).start()

    serving.run(Server)

    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
