"""Wake-ups for workers: the only module that knows the task engine.

The truth is in the tables. What is lost here is found again by the sweep, within seconds; what comes twice
finds the lane taken, or nothing to do.
"""

from __future__ import annotations

import functools
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from huey import Huey, PostgresHuey, RedisHuey
from huey.serializer import SignedSerializer

from integrations.delivery.models import Lane
from integrations.delivery.queue.embedded import WatchedFile

log = structlog.get_logger("gateway.delivery")
NAME = "gateway"
# How long a worker's thread sleeps after a queue that could not be reached: longer each time.
PAUSE_S, LONGEST_PAUSE_S = 0.05, 0.8
SWEEP_EVERY_S = 10.0
STOP_WITHIN_S = 15
TELL_EVERY_S = 30.0

_jitter = random.SystemRandom()
# Work on what an id names: a lane, a run of the sync, an integration whose people are planned.
Work = Callable[[UUID], None]
Sweep = Callable[[], None]


def wake(integration_id: UUID, *, at: datetime | None = None) -> None:
    """Asks for a worker to look at a lane, now or at a time. Call it after the commit. Never raises: the
    sweep looks at every lane that has something due."""
    try:
        _wake(integration_id, at=at)
    except Exception:
        log.exception("delivery.wake_lost", integration=str(integration_id))


def _wake(integration_id: UUID, *, at: datetime | None) -> None:
    lane = Lane.objects.for_integration(integration_id).first()
    if at is None and lane is not None and not lane.is_free(timezone.now()):
        return  # whoever holds it looks again before it goes, and a held lane is woken by its release
    if at is not None and _is_called(integration_id, at):
        return
    task = _tasks()["drain"]
    if at is None:
        task(str(integration_id))
    else:
        task.schedule(args=(str(integration_id),), eta=at)


def _is_called(integration_id: UUID, at: datetime) -> bool:
    """Whether this process has asked already for a look at that time, or before: whoever looks asks for the
    next. A thousand people who wait for one moment are one look."""
    called = _calls.get(integration_id)
    if called is not None and timezone.now() < called <= at:
        return True
    _calls[integration_id] = at
    return False


def wake_on_commit(integration_id: UUID, *, at: datetime | None = None) -> None:
    """As `wake`, once the transaction at hand is committed."""
    transaction.on_commit(functools.partial(wake, integration_id, at=at), robust=True)


def wake_sync(run_id: UUID) -> None:
    """Asks for a worker to carry a run of the sync. Call it after the commit. Never raises: the sweep asks
    again."""
    try:
        _tasks()["sync"](str(run_id))
    except Exception:
        log.exception("sync.wake_lost", run=str(run_id))


def wake_planning(integration_id: UUID) -> None:
    """Asks for a worker to go on making deliveries for everybody. As `wake_sync`."""
    try:
        _tasks()["planning"](str(integration_id))
    except Exception:
        log.exception("planning.wake_lost", integration=str(integration_id))


def consume(drain: Work, sweep: Sweep, *, sync: Work, planning: Work, threads: int) -> None:
    """Works until the process is told to stop."""
    _work.update(drain=drain, sync=sync, planning=planning)
    _tasks()
    ended = threading.Event()
    sweeper = threading.Thread(target=_sweep, args=[sweep, ended], name="sweep", daemon=True)
    sweeper.start()
    consumer = queue().create_consumer(
        workers=threads,
        periodic=False,
        initial_delay=PAUSE_S,
        max_delay=LONGEST_PAUSE_S,
        shutdown_timeout=STOP_WITHIN_S,
        graceful_signal="TERM",
    )
    for name in ("huey.consumer", "huey.consumer.Worker", "huey.consumer.Scheduler"):
        logging.getLogger(name).addFilter(_now_and_then)
    consumer.run()
    ended.set()


def _now_and_then(record: logging.LogRecord) -> bool:
    """A queue that cannot be reached is told of once in a while, not by every thread at each look."""
    record.exc_info = None if record.exc_info is None else (*record.exc_info[:2], None)
    now = time.monotonic()
    if now - _told.get(record.msg, float("-inf")) < TELL_EVERY_S:
        return False
    _told[str(record.msg)] = now
    return True


def _sweep(sweep: Sweep, ended: threading.Event) -> None:
    """Looks at the tables now and then: the engine may lose messages, and those who were to send them."""
    while True:
        _run(sweep)
        if ended.wait(_jitter.uniform(0.8, 1.2) * SWEEP_EVERY_S):
            return


_work: dict[str, Work] = {}
# When each lane will be looked at, as far as this process has asked for it.
_calls: dict[UUID, datetime] = {}
_told: dict[str, float] = {}


@functools.cache
def queue() -> Huey:
    """The queue that the settings name."""
    kind = settings.DELIVERY_ENGINE or ("embedded" if connection.vendor == "sqlite" else "postgres")
    usual: dict[str, Any] = {
        "name": NAME,
        "results": False,
        "serializer": SignedSerializer(secret=settings.SECRET_KEY, salt="gateway.delivery"),
    }
    if kind == "embedded":
        file = settings.DATA_DIR / "wakeups.sqlite3"
        return Huey(storage_class=WatchedFile, filename=str(file), timeout=10, fsync=False, **usual)
    if kind == "postgres":
        return PostgresHuey(connection=_postgres, **usual)
    return RedisHuey(url=settings.REDIS_URL, **usual)


def _postgres() -> Any:
    """A connection of its own to the product's database, made as the others are: as safe, and as bounded."""
    return psycopg.connect(**_of_libpq(connection.get_connection_params()))


def _of_libpq(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those that PostgreSQL's own library knows; the rest says how Django uses a connection."""
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()}
    return {name: value for name, value in parameters.items() if name in known and value is not None}


@functools.cache
def _tasks() -> dict[str, Any]:
    """The tasks, known to the queue by name: one that wakes need not be one that works."""
    works = {"drain": _drain, "sync": _sync, "planning": _planning}
    return {name: queue().task(name=name)(work) for name, work in works.items()}


def _drain(integration_id: str) -> None:
    _run(functools.partial(_work["drain"], UUID(integration_id)))


def _sync(run_id: str) -> None:
    _run(functools.partial(_work["sync"], UUID(run_id)))


def _planning(integration_id: str) -> None:
    _run(functools.partial(_work["planning"], UUID(integration_id)))


def _run(work: Callable[[], None]) -> None:
    """One piece of work, with a database connection of its own."""
    try:
        close_old_connections()
        work()
    except Exception:
        log.exception("delivery.failed")
    finally:
        close_old_connections()
