"""Takes a lane that has something due, gives it a turn and gives it back."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.db import connection as database
from django.utils import timezone

from integrations.delivery.connector import Connector, LaneLostError, Mode
from integrations.delivery.errands import connecting
from integrations.delivery.hands import reminders
from integrations.delivery.models import Lane
from integrations.delivery.queue import alarms, engine, lanes, planning
from integrations.delivery.queue.lanes import Holder
from integrations.delivery.syncing import running
from integrations.delivery.turns import answers
from integrations.delivery.turns.turn import Turn
from integrations.models import Integration

log = structlog.get_logger("gateway.delivery")
THREADS = 16
# Of a worker's threads those that lanes which timed out may take together.
_slow = threading.BoundedSemaphore(THREADS // 2)
SLOW_AGAIN = timedelta(seconds=2)


def drain(integration_id: UUID) -> None:
    """Works on a lane until nothing is due, or its turn is over. Nothing happens where another worker is at
    it, or while it is paused or held."""
    served = _served(integration_id)
    if served is None:
        return
    integration, connector = served
    lane = Lane.objects.for_integration(integration).first()
    with _turn(slow=lane is not None and lane.has_timed_out) as may_go:
        if not may_go:
            engine.wake(integration_id, at=timezone.now() + SLOW_AGAIN)
            return
        holder = lanes.take(integration, _owner(), Mode(connector.mode))
        if holder is None:
            return
        try:
            turn = _begin(holder, narrow=lane is not None and lane.has_timed_out)
            if turn is not None:
                turn.work()
        except LaneLostError:
            log.warning("delivery.lane_lost", integration=str(integration_id), fence=holder.fence)
        finally:
            _give_back(holder)
    _wake_again(integration)
    alarms.tell(integration_id)


def sweep() -> None:
    """Wakes every lane that has something due: what the engine lost, and what a dead worker left. What an app
    never answered is given up, people are told of held lanes and reminded of their tasks, apps are read that
    are due, and whatever is planned for everybody goes on."""
    for integration_id, lease_until in lanes.with_something_due():
        engine.wake(integration_id, at=lease_until)
    answers.give_up()
    alarms.run_in_turn()
    reminders.run_in_turn()
    running.sweep()
    planning.sweep()


def take_over() -> None:
    """Frees the lanes of workers that died on this machine: nobody has to wait for their leases to end."""
    lanes.free_those_of(lambda owner: not _is_alive(owner))


def _served(integration_id: UUID) -> tuple[Integration, type[Connector]] | None:
    """An integration with its connector; None where nothing is delivered."""
    found = Integration.objects.filter(  # all-tenants: a worker serves every integration
        pk=integration_id, mode=Integration.Mode.LIVE, archived_at=None
    )
    integration = found.first()
    connector = connecting.connector_of(integration) if integration else None
    return (integration, connector) if integration and connector else None


def _begin(holder: Holder, *, narrow: bool) -> Turn | None:
    """A turn at the lane that was taken; None where nothing is delivered here any more. All that it works by
    is read behind the lane's lock, which whoever changes the connector holds too: its class and its settings
    belong together."""
    with lanes.writing(holder):
        served = _served(holder.integration.pk)
        if served is None:
            return None
        holder.integration, connector = served
        holder.mode = Mode(connector.mode)
        connection = connecting.of(holder.integration)
    return Turn(holder, connector, connection, narrow)


def _give_back(holder: Holder) -> None:
    """Also where the connection to the database was lost: else the lane would wait for the lease to end."""
    try:
        lanes.release(holder)
    except DatabaseError:
        database.close()
        lanes.release(holder)


@contextmanager
def _turn(*, slow: bool) -> Iterator[bool]:
    """Whether a lane may be worked on now: those that timed out take half of the threads at most."""
    if not slow:
        yield True
        return
    may_go = _slow.acquire(blocking=False)
    try:
        yield may_go
    finally:
        if may_go:
            _slow.release()


def _wake_again(integration: Integration) -> None:
    """After the lane was given back: whatever was committed meanwhile found it taken."""
    due = lanes.next_due(integration)
    lane = Lane.objects.for_integration(integration).first()
    if due is None or lane is None or lane.paused_at or lane.held_at:
        return
    at = max(filter(None, [due, lane.next_attempt_at]))
    engine.wake(integration.pk, at=None if at <= timezone.now() else at)


def _owner() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{threading.get_ident()}"[:80]


def _is_alive(owner: str) -> bool:
    """Whether a worker's process still runs; one of another machine is taken to."""
    host, _colon, rest = owner.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname()[:40]:
        return True
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return int(rest) != os.getpid()
