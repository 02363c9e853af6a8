"""Makes a delivery for everybody present: when delivery is switched on, and when all are brought in step.

The first chunk is planned at once, what is more by a worker. Where to go on stands in the row `Planning`, and
is written in the transaction that makes the deliveries of a chunk: a chunk cannot be done twice, nor half,
whenever a worker dies and however many are at it.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import roles
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.delivery import registry
from integrations.delivery.connector import Intent, Mode
from integrations.delivery.models import Delivery, Planning
from integrations.delivery.queue import engine, lanes, outbox
from integrations.delivery.wishes import wanted
from integrations.kit import ids, transactions
from integrations.kit.errors import Refused
from integrations.models import Integration
from integrations.roles import Action, By

State = Planning.State
CHUNK = wanted.CHUNK
# A worker's turn; and how long others may write between two chunks, since SQLite has one writer.
BUDGET_S, PAUSE_S = 10.0, 0.05
# Nobody has planned for so long: a worker is asked again.
LOST_AFTER = timedelta(seconds=30)


def of(integration: Integration) -> Planning | None:
    """How the latest one stands."""
    return Planning.objects.for_integration(integration).first()


def begin(integration: Integration, by: str) -> Planning:
    """Starts from the beginning, in place of one that runs. Call it while writing, behind the lane's lock:
    who is written meanwhile either is seen here, or makes a delivery of their own."""
    fresh = {
        "state": State.RUNNING,
        "trace_id": ids.trace(),
        "after": None,
        "total": integration.people_count,
        "seen": 0,
        "made": 0,
        "by": by,
        "began_at": timezone.now(),
        "ended_at": None,
    }
    planning, _new = Planning.objects.update_or_create(integration=integration, defaults=fresh)
    _plan(planning)
    if planning.state == State.RUNNING:
        transaction.on_commit(functools.partial(engine.wake_planning, integration.pk), robust=True)
    return planning


def carry(integration_id: UUID) -> None:
    """Goes on, a chunk a transaction, until everybody has been looked at or somebody stops it."""
    ends = time.monotonic() + BUDGET_S
    while _carry(integration_id):
        if time.monotonic() >= ends:
            engine.wake_planning(integration_id)
            return
        time.sleep(PAUSE_S)


def stop(integration: Integration, *, by: By) -> None:
    """No further deliveries are made; those that were stay. Refused where nothing is being planned."""
    roles.require(by, Action.DELIVERY_MANAGE)
    with transactions.write():
        lanes.lock(integration.pk)
        if not end(integration):
            raise Refused("closed", _("This has ended already."))
        trail.record(Event.PLANNING_STOPPED, integration, by=by, workspace=integration.workspace)


def end(integration: Integration) -> int:
    """Stops one that runs; how many those were. Call it while writing, behind the lane's lock."""
    running = Planning.objects.for_integration(integration).filter(state=State.RUNNING)
    return running.update(state=State.STOPPED, ended_at=timezone.now())


def sweep() -> None:
    """Asks again for what no worker has gone on with."""
    still = Planning.objects.filter(  # all-tenants: the sweep
        state=State.RUNNING, beat_at__lt=timezone.now() - LOST_AFTER
    )
    for integration_id in still.order_by("pk").values_list("pk", flat=True):
        engine.wake_planning(integration_id)


def _carry(integration_id: UUID) -> bool:
    """One chunk; whether there is another."""
    with transactions.write():
        lanes.lock(integration_id)
        rows = Planning.objects.for_integration(integration_id).filter(state=State.RUNNING)
        planning = rows.select_for_update(of=("self",)).select_related("integration").first()
        if planning is None:
            return False
        if _is_wanted(planning.integration):
            _plan(planning)
        else:
            end(planning.integration)
        return planning.state == State.RUNNING


def _is_wanted(integration: Integration) -> bool:
    """Whether people are still to be brought into the app: it may have another connector by now."""
    if integration.mode != Integration.Mode.LIVE or integration.archived_at is not None:
        return False
    try:
        return registry.get(integration.connector).mode == Mode.STATE
    except registry.UnknownKindError:
        return False


def _plan(planning: Planning) -> None:
    """The next chunk, and where the one after it begins. Four queries, and what the people cost."""
    source = wanted.source()
    found = source.page(planning.integration_id, planning.after, CHUNK + 1)
    people = found[:CHUNK]
    deliveries = _deliveries(planning, people)
    outbox.add(deliveries)
    planning.after = people[-1] if people else planning.after
    planning.seen += len(people)
    planning.made += len(deliveries)
    planning.beat_at = timezone.now()
    if len(found) <= CHUNK:
        planning.state, planning.ended_at = State.DONE, planning.beat_at
    planning.save(update_fields=["after", "seen", "made", "beat_at", "state", "ended_at"])


def _deliveries(planning: Planning, people: Sequence[UUID]) -> list[Delivery]:
    """Of whoever has none of their own since it began: that one brings all that is wanted."""
    known = wanted.source().people(planning.integration_id, people)
    on_their_way = _on_their_way(planning, people)
    return [
        Delivery(
            integration_id=planning.integration_id,
            trace_id=planning.trace_id,
            line=pk,
            label=known[pk].user_name[:512],
            intent=Intent.CREATE if known[pk].is_active else Intent.DEACTIVATE,
            version=1,
        )
        for pk in people
        if pk in known and pk not in on_their_way
    ]


def _on_their_way(planning: Planning, people: Sequence[UUID]) -> set[UUID]:
    """A loss that settles and a deletion put off bring nothing else. Index: delivery_of_line."""
    partial = Q(intent=Intent.REVOKE) | Q(intent=Intent.DELETE, version=0)
    rows = Delivery.objects.for_integration(planning.integration_id).filter(~partial, line__in=people)
    return set(rows.filter(created_at__gte=planning.began_at).values_list("line", flat=True))
