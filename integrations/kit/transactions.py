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
# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available. Each leaves the transaction rolled
# back, to be done again whole.
RETRIED_STATES = frozenset({"40001", "40P01", "55P03"})
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
    """Does `work` in a write transaction; a deadlock, a serialisation failure or a locked database does it
    again, whole."""
    if connection.in_atomic_block:  # the outermost transaction alone can be done again
        return _once(work)
    for attempt in range(1, ATTEMPTS):
        try:
            return _once(work)
        except OperationalError as error:
            if not _passes(error):
                raise
            time.sleep(_jitter.uniform(0.005, 0.02) * 2**attempt)
    return _once(work)


def lacks_room(error: DatabaseError) -> bool:
    """Whether the database has no room left. PostgreSQL: disk_full."""
    return getattr(error.__cause__, "sqlstate", None) == "53100" or "is full" in str(error)


def _once(work: Callable[[], T]) -> T:
    with write():
        return work()


def _passes(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state in RETRIED_STATES or "locked" in str(error)
