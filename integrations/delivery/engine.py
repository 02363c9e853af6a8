"""Wake-ups for workers: the only module that knows the task engine.

The truth is in the tables. What is lost here is found again by the sweep, within a minute; what comes twice
finds the lane taken, or nothing to do.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer

from integrations.delivery.models import Lane

log = structlog.get_logger("gateway.delivery")
NAME = "gateway"
# How long a worker's thread sleeps between two looks into the embedded queue.
POLL_S = 0.05
ENGINES = ("embedded", "postgres", "redis")

Drain = Callable[[UUID], None]
Sweep = Callable[[], None]


def wake(integration_id: UUID, *, at: datetime | None = None) -> None:
    """Asks for a worker to look at a lane, now or at a time. Call it after the commit. Never raises: the
    sweep looks at every lane that has something due."""
    lane = Lane.objects.for_integration(integration_id).first()
    if at is None and lane is not None and not lane.is_free(timezone.now()):
        return  # whoever holds it looks again before it goes, and a held lane is woken by its release
    try:
        task = _tasks()["drain"]
        if at is None:
            task(str(integration_id))
        else:
            task.schedule(args=(str(integration_id),), eta=at)
    except Exception:
        log.exception("delivery.wake_lost", integration=str(integration_id))


def wake_on_commit(integration_id: UUID) -> None:
    """As `wake`, once the transaction at hand is committed."""
    transaction.on_commit(functools.partial(wake, integration_id), robust=True)


def consume(drain: Drain, sweep: Sweep, *, threads: int) -> None:
    """Works until the process is told to stop."""
    _work["drain"], _work["sweep"] = drain, sweep
    _tasks()
    consumer = queue().create_consumer(
        workers=threads,
        initial_delay=POLL_S,
        max_delay=POLL_S,
        backoff=1.0,
        check_worker_health=True,
        shutdown_timeout=15,
        graceful_signal="TERM",
    )
    consumer.run()


_work: dict[str, Callable[..., None]] = {}


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
        return SqliteHuey(filename=str(file), timeout=10, fsync=False, **usual)
    if kind == "postgres":
        return PostgresHuey(connection=_postgres, **usual)
    if kind == "redis":
        return RedisHuey(url=settings.REDIS_URL, **usual)
    raise ImproperlyConfigured(f"DELIVERY_ENGINE must be one of {', '.join(ENGINES)}.")


def _postgres() -> Any:
    """A connection of its own to the product's database."""
    parameters = connection.get_connection_params()
    wanted = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname")
              if parameters.get(name)}  # fmt: skip
    return psycopg.connect(**wanted)


@functools.cache
def _tasks() -> dict[str, Any]:
    """The two tasks, known to the queue by name: one that wakes need not be one that works."""
    here = queue()
    here.on_startup(name="sweep")(_sweep)
    return {
        "drain": here.task(name="drain")(_drain),
        "sweep": here.periodic_task(crontab(minute="*"), name="sweep")(_sweep),
    }


def _drain(integration_id: str) -> None:
    _run("drain", UUID(integration_id))


def _sweep() -> None:
    _run("sweep")


def _run(name: str, *given: Any) -> None:
    """One piece of work, with a database connection of its own."""
    close_old_connections()
    try:
        _work[name](*given)
    except Exception:
        log.exception("delivery.failed", work=name)
    finally:
        close_old_connections()
