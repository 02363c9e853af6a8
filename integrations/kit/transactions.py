"""Write transactions that wait instead of failing, on SQLite and on PostgreSQL."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction

T = TypeVar("T")
ATTEMPTS = 6
# PostgreSQL: lock_not_available. A long write may hold what was not waited for: it is tried until so long.
HELD_STATE = "55P03"
PATIENCE_S = 5.0
LONGEST_PAUSE_S = 0.5
# And serialization_failure, deadlock_detected. Each leaves the transaction rolled back, to be done again
# whole.
RETRIED_STATES = frozenset({"40001", "40P01", HELD_STATE})
# Whoever was let down after all tries may come again in so long.
AGAIN_S = 5
_sqlite_writer = threading.RLock()
_jitter = random.SystemRandom()


@contextlib.contextmanager
def write() -> Iterator[None]:
    """One write transaction.

    SQLite lets one writer in at a time, and its busy handler is unfair: under load a writer may wait seconds.
    So the threads of a process queue on a lock of their own; on PostgreSQL this is `transaction.atomic()` and
    nothing else.
    """
    queue = _sqlite_writer if connection.vendor == "sqlite" else contextlib.nullcontext()
    with queue, transaction.atomic():
        yield


def run(work: Callable[[], T]) -> T:
    """Does `work` in a write transaction; what `passes` does it again, whole. Raises what the last of several
    tries met."""
    if connection.in_atomic_block:  # the outermost transaction alone can be done again
        return _once(work)
    attempt, patient_until = 1, time.monotonic() + PATIENCE_S
    while True:
        try:
            return _once(work)
        except OperationalError as error:
            is_patient = _state(error) == HELD_STATE and time.monotonic() < patient_until
            if not passes(error) or not (attempt < ATTEMPTS or is_patient):
                raise
        time.sleep(min(_jitter.uniform(0.005, 0.02) * 2**attempt, LONGEST_PAUSE_S))
        attempt += 1


def passes(error: DatabaseError) -> bool:
    """Whether the same may go well later: a deadlock, a serialisation failure, a lock that somebody holds."""
    return _state(error) in RETRIED_STATES or "locked" in str(error)


def lacks_room(error: DatabaseError) -> bool:
    """Whether the database has no room left. PostgreSQL: disk_full."""
    return _state(error) == "53100" or "is full" in str(error)


def _once(work: Callable[[], T]) -> T:
    with write():
        return work()


def _state(error: DatabaseError) -> str | None:
    """The SQLSTATE that PostgreSQL gave."""
    return getattr(error.__cause__, "sqlstate", None)
