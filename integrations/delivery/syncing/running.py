"""Carries a run, in a worker; and begins those that the schedule asks for."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import structlog
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.delivery import registry
from integrations.delivery.connector import Connector, PermanentError, TransientError
from integrations.delivery.errands import connecting
from integrations.delivery.models import SyncRun
from integrations.delivery.queue import engine
from integrations.delivery.syncing import judging, listing, matching, reading, starting
from integrations.delivery.syncing.turn import RunEndedError, StoppedError, Turn
from integrations.kit import keepable, transactions
from integrations.kit.errors import Refused
from integrations.models import Integration

log = structlog.get_logger("gateway.delivery")
State, Phase = SyncRun.State, SyncRun.Phase
EVERY = timedelta(days=1)
LOOK_EVERY_S = 60.0
# So many begin at one look, and so many of a worker's threads read apps at one time.
AT_ONCE = 5
_slots = threading.BoundedSemaphore(4)
_last_look: list[float] = []


def carry(run_id: UUID) -> None:
    """Reads, matches and compares. Nothing happens where another worker has the run, or while as many as may
    be are being read: the sweep asks again."""
    if not _slots.acquire(blocking=False):
        return
    try:
        run = _take(run_id)
        if run is not None:
            _carry(run)
    finally:
        _slots.release()


def sweep() -> None:
    """Asks again for runs that no worker has heard of, ends those whose worker is gone, and now and then
    begins what is due."""
    running = SyncRun.objects.filter(state=State.RUNNING)  # all-tenants: the sweep
    for run in running.select_related("integration").order_by("started_at", "pk"):
        if run.beat_at is None:
            engine.wake_sync(run.pk)
        elif run.beat_at < timezone.now() - starting.LOST_AFTER:
            with transactions.write():
                starting.end_lost(run.integration)
    now = time.monotonic()
    if not _last_look or now - _last_look[0] >= LOOK_EVERY_S:
        _last_look[:] = [now]
        schedule()


def schedule() -> None:
    """Begins a run for those that deliver and were not read for a day, a few at a time."""
    live = Integration.objects.filter(  # all-tenants: the sweep
        mode=Integration.Mode.LIVE, archived_at=None
    )
    kinds = live.order_by().values_list("connector", flat=True).distinct()
    listers = [kind for kind in kinds if _can_list(kind)]
    # all-tenants: the sweep
    recent = SyncRun.objects.filter(integration=OuterRef("pk"), started_at__gt=timezone.now() - EVERY)
    due = live.filter(~Exists(recent), connector__in=listers).order_by("pk")
    for integration in due[:AT_ONCE]:
        try:
            starting.begin(integration, _("Schedule"))
        except Refused as refused:
            log.info("sync.refused", integration=str(integration.pk), code=refused.code)


def _can_list(kind: str) -> bool:
    try:
        return bool(kind) and starting.can_list(registry.get(kind))
    except registry.UnknownKindError:
        return False


def _take(run_id: UUID) -> SyncRun | None:
    """The run, if no worker has it yet."""
    runs = SyncRun.objects.filter(pk=run_id, state=State.RUNNING, beat_at=None)  # all-tenants: by its key
    with transactions.write():
        taken = runs.update(beat_at=timezone.now(), phase=Phase.READING)
    mine = SyncRun.objects.filter(pk=run_id)  # all-tenants: by its key
    return mine.select_related("integration__workspace").get() if taken else None


def _carry(run: SyncRun) -> None:
    state, problem = State.FAILED, _("The sync broke off. The log of the worker says why.")
    try:
        _work(run)
        state, problem = State.DONE, ""
    except StoppedError:
        state, problem = State.STOPPED, ""
    except RunEndedError:
        log.warning("sync.run_lost", run=str(run.pk))
    except (TransientError, PermanentError) as error:
        problem = str(error)
    except Refused as refused:
        problem = refused.message
    finally:
        _end(run, state, problem)


def _work(run: SyncRun) -> None:
    integration = run.integration
    connection = connecting.of(integration)
    turn = Turn(
        run, integration, connection, starting.lister(integration), since=run.beat_at or run.started_at
    )
    with _opened(turn) as connector:
        reading.read(turn, connector)
        run.phase = Phase.MATCHING
        matching.match(turn)
        run.phase = Phase.COMPARING
        judging.judge(turn, connector)
    run.unmatched = turn.found().count()
    run.out_of_step = listing.out_of_step(integration).count()


@contextmanager
def _opened(turn: Turn) -> Iterator[Connector]:
    used = connecting.equipment(turn.integration, turn.connection)
    connector = used.connector(used.context())
    try:
        yield connector
    finally:
        connector.close()


def _end(run: SyncRun, state: SyncRun.State, problem: str) -> None:
    mine = SyncRun.objects.for_integration(run.integration).filter(pk=run.pk, state=State.RUNNING)
    with transactions.write():
        mine.update(
            state=state,
            problem=keepable.text(problem),
            ended_at=timezone.now(),
            seen=run.seen,
            matched=run.matched,
            unmatched=run.unmatched,
            out_of_step=run.out_of_step,
        )
