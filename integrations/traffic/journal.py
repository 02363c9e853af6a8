"""Keeps what came in: changes with their transaction, reads and refusals in batches off the answer's path."""

from __future__ import annotations

import atexit
import os
import queue
import threading
import time
from dataclasses import replace

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from integrations.kit.prepared import Insert
from integrations.traffic import purge, writer
from integrations.traffic.entries import Accepted, Entry
from integrations.traffic.models import RequestLog

log = structlog.get_logger("gateway.journal")
BATCH = 500
FLUSH_EVERY_S = 0.5
PURGE_EVERY_S = 600.0
# More waiting rows than this would eat the memory a burst of strangers can fill: reads beyond it are dropped,
# and counted.
LONGEST_QUEUE = 20_000


_insert = Insert(RequestLog)
_waiting: queue.Queue[Entry] = queue.Queue(maxsize=LONGEST_QUEUE)
_start_lock = threading.Lock()
_flush_lock = threading.Lock()
_thread: _WriterThread | None = None


def record(entry: Entry) -> None:
    """Hands an entry to the writer's thread; it is in the database within a second. Never blocks, never
    raises."""
    try:
        _waiting.put_nowait(entry)
    except queue.Full:
        log.warning("journal.dropped", waiting=LONGEST_QUEUE)
    if settings.JOURNAL_WRITER == "inline":
        flush()
    else:
        _start_writer()


def write(entry: Accepted) -> Accepted:
    """Saves a change's row now, in the caller's transaction: acknowledged means kept."""
    _insert.one(entry.row)
    return replace(entry, saved=True)


def flush() -> None:
    """Writes all that waits, now and in this thread."""
    with _flush_lock:
        while batch := _take():
            _write(batch)


def _write(batch: list[Entry]) -> None:
    """Writes a batch; an entry that cannot be written is lost alone, and the log says so."""
    try:
        writer.write(batch)
    except Exception:
        if len(batch) == 1:
            log.exception("journal.entry_lost")
        else:
            for entry in batch:
                _write([entry])


def _take() -> list[Entry]:
    batch: list[Entry] = []
    while len(batch) < BATCH:
        try:
            batch.append(_waiting.get_nowait())
        except queue.Empty:
            break
    return batch


def stop() -> None:
    """Ends the writer's thread and writes what still waits; called when the process ends."""
    global _thread
    with _start_lock:
        thread, _thread = _thread, None
    if thread is not None and thread.pid == os.getpid():
        thread.ended.set()
        thread.join(timeout=5)
    flush()


class _WriterThread(threading.Thread):
    def __init__(self) -> None:
        super().__init__(name="journal", daemon=True)
        self.pid = os.getpid()
        self.ended = threading.Event()

    def run(self) -> None:
        purged = -PURGE_EVERY_S
        while not self.ended.wait(FLUSH_EVERY_S):
            flush()
            if time.monotonic() - purged >= PURGE_EVERY_S:
                purged = time.monotonic()
                _purge()
            # A connection that the server closed is opened anew by the next batch.
            connection.close_if_unusable_or_obsolete()
        connection.close()


def _start_writer() -> None:
    """One thread a process, started by its first entry: a forked worker has none of its parent's threads."""
    global _thread  # noqa: PLW0603 - one thread a process is the point
    if _runs(_thread):
        return
    with _start_lock:
        if not _runs(_thread):
            _thread = _WriterThread()
            _thread.start()
            atexit.register(stop)


def _runs(thread: _WriterThread | None) -> bool:
    return thread is not None and thread.pid == os.getpid() and thread.is_alive()


def _purge() -> None:
    try:
        purge.run()
    except DatabaseError:
        log.exception("journal.purge_failed")
