"""The crew: one thread works as long as it gets on; the others are there for when it does not."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from cerby_gateway import crew
from cerby_gateway.crew import Crew

Job = Callable[[], None]
WITHIN_S = 20


class Working:
    """A crew, and by which thread each job was done."""

    def __init__(self, *, regulars: int = 1, helpers: int = 2) -> None:
        self.by: list[int] = []
        self.crew: Crew[Job] = Crew(self._do, regulars=regulars, helpers=helpers)

    def _do(self, job: Job) -> None:
        job()
        self.by.append(threading.get_ident())

    def run(self, jobs: Sequence[Job], until: threading.Event) -> None:
        """Hands them over from a loop in a thread of its own, which goes on until then."""

        async def hand_over() -> None:
            for job in jobs:
                self.crew.put(job, asyncio.get_running_loop())
            assert await asyncio.to_thread(until.wait, WITHIN_S)

        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, hand_over()).result()


def nothing() -> None:
    """A job that is done at once."""


def waiting_for(event: threading.Event) -> Job:
    """A job that ends when this has happened."""

    def wait() -> None:
        event.wait(WITHIN_S)

    return wait


def test_one_thread_does_all_while_it_gets_on(monkeypatch):
    monkeypatch.setattr(crew, "STUCK_S", 3600.0)
    working, done = Working(), threading.Event()

    working.run([*[nothing] * 100, done.set], done)

    assert len(set(working.by)) == 1


@pytest.mark.parametrize("stuck", [1, 2, 3])
def test_a_helper_goes_on_where_all_before_it_are_stuck(stuck):
    working, done, released = Working(helpers=3), threading.Event(), threading.Event()

    working.run([*[waiting_for(released)] * stuck, *[nothing] * 20, done.set], done)

    assert working.by
    assert not released.is_set()
    released.set()


def test_where_all_are_stuck_what_waits_is_done_afterwards(monkeypatch):
    monkeypatch.setattr(crew, "STUCK_S", 0.001)
    working, done, released = Working(helpers=1), threading.Event(), threading.Event()
    begun = threading.Barrier(2, released.set)

    def wait() -> None:
        begun.wait(WITHIN_S)
        released.wait(WITHIN_S)

    working.run([wait, wait, done.set], done)

    assert done.is_set()


def test_helpers_rest_when_the_first_gets_on_again(monkeypatch):
    working, helped, done = Working(), threading.Event(), threading.Event()
    working.run([waiting_for(helped), helped.set], helped)
    monkeypatch.setattr(crew, "STUCK_S", 3600.0)
    working.by.clear()

    working.run([*[nothing] * 50, done.set], done)

    assert len(set(working.by[-20:])) == 1
