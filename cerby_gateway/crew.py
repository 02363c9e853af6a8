"""Threads that share what comes: the first does all of it, as long as it gets on.

Threads of one interpreter that take turns cost each other time, and each has a database connection with
caches of its own. So a further one helps only while all before it are stuck: in a long search, behind
another's lock, with an app that does not answer.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from asyncio import AbstractEventLoop
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Job = TypeVar("Job")
# Busy for so long with one and the same: many times what a usual request takes.
STUCK_S = 0.02
_IDLE = math.inf


class Crew(Generic[Job]):
    """`regulars` always work, `helpers` while those before them are stuck. `work` must not raise."""

    def __init__(self, work: Callable[[Job], None], *, regulars: int, helpers: int) -> None:
        self._work = work
        self._waiting: SimpleQueue[Job] = SimpleQueue()
        # Since when each is busy with what it does now.
        self._since = [_IDLE] * (regulars + helpers)
        self._calls = {number: threading.Event() for number in range(regulars, regulars + helpers)}
        self._is_watched = False
        for number in range(regulars + helpers):
            target = self._help if number in self._calls else self._serve
            threading.Thread(target=target, args=[number], daemon=True).start()

    def put(self, job: Job, loop: AbstractEventLoop) -> None:
        """Hands over a job, in the loop's own thread."""
        self._waiting.put(job)
        if not self._is_watched:
            self._is_watched = True
            loop.call_later(STUCK_S, self._look, loop)

    def _look(self, loop: AbstractEventLoop) -> None:
        """Calls the first helper who sleeps, if jobs wait and nobody before it gets on."""
        self._is_watched = not self._waiting.empty()
        if not self._is_watched:
            return
        free = next((number for number in range(len(self._since)) if not self._is_stuck(number)), None)
        if free in self._calls:
            self._calls[free].set()
        loop.call_later(STUCK_S, self._look, loop)

    def _serve(self, number: int) -> None:
        while True:
            self._do(number, self._waiting.get())

    def _help(self, number: int) -> None:
        while self._calls[number].wait():
            self._calls[number].clear()
            while all(map(self._is_stuck, range(number))):
                with contextlib.suppress(Empty):
                    self._do(number, self._waiting.get(timeout=STUCK_S))

    def _do(self, number: int, job: Job) -> None:
        self._since[number] = time.monotonic()
        self._work(job)
        self._since[number] = _IDLE

    def _is_stuck(self, number: int) -> bool:
        return time.monotonic() - self._since[number] >= STUCK_S
