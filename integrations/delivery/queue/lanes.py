"""Who works on an integration's queue, and which of its deliveries come next.

A worker takes a lane by a lease and draws a fence: a number that only grows. Everything it writes happens in
a transaction that first proves the fence, so that one who comes back from the dead writes nothing. The holder
alone says where deliveries stand in their lines, so that no two decide at once.

Plans: `delivery_next` finds what is new and what is due, `delivery_open` the open ones of a line; neither
looks at what has ended or at what has to wait behind another.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.delivery.connector import LEAVING, Intent, LaneLostError, Mode
from integrations.delivery.models import Delivery, Lane, Task
from integrations.delivery.queue import emptied
from integrations.kit import transactions
from integrations.kit.prepared import Among
from integrations.models import Integration, Workspace

LEASE = timedelta(seconds=30)
BATCH = 200
Place, Status = Delivery.Place, Delivery.Status
# What gives somebody something, or brings them back: it takes with it a loss that has not settled.
GAINS = frozenset({Intent.CREATE, Intent.ACTIVATE, Intent.GRANT})


@dataclass(slots=True)
class Holder:
    """A worker's hold on one lane. `mode` is the connector's. `waits`: the app was down or asked for patience
    since the lane was taken."""

    integration: Integration
    fence: int
    owner: str
    mode: Mode
    lease_ends: float = field(default=0.0)
    waits: bool = False

    def is_sure(self) -> bool:
        """Whether the lease lasts by this machine's own clock, which nobody can set back."""
        return time.monotonic() < self.lease_ends

    def check(self) -> None:
        """LaneLostError once the lease may have ended. Costs no query: renewals prove the fence."""
        if not self.is_sure():
            raise LaneLostError


def take(integration: Integration, owner: str, mode: Mode) -> Holder | None:
    """Takes the lane; None where it is held, paused, waiting, or taken by another. Two queries."""
    now, started = timezone.now(), time.monotonic()
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    with transactions.write():
        lane = Lane.objects.for_integration(integration)
        taken = lane.filter(free, due, paused_at=None, held_at=None).update(
            fence=F("fence") + 1, lease_owner=owner, lease_until=now + LEASE
        )
        if not taken:
            return None
        fence = lane.values_list("fence", flat=True).get()
    return Holder(integration, fence, owner, mode, started + LEASE.total_seconds())


@contextmanager
def writing(holder: Holder) -> Iterator[None]:
    """A transaction that renews the lease; LaneLostError, and nothing written, when another drew a fence."""
    with transactions.write():
        started = time.monotonic()
        mine = Lane.objects.for_integration(holder.integration).filter(fence=holder.fence)
        if not mine.update(lease_until=timezone.now() + LEASE):
            raise LaneLostError
        yield
    holder.lease_ends = started + LEASE.total_seconds()


def renew(holder: Holder) -> None:
    """The heartbeat of a delivery that takes long."""
    with writing(holder):
        pass


def release(holder: Holder) -> None:
    """Gives the lane back, if it is still this worker's."""
    mine = Lane.objects.for_integration(holder.integration).filter(fence=holder.fence)
    with transactions.write():
        mine.update(lease_until=None, lease_owner="")


def place(holder: Holder) -> int:
    """Finds the places of what is new in the lane; how many there were, at most a batch."""
    new = list(_of(holder.integration, Place.NEW).order_by("due_at", "number")[:BATCH])
    if not new:
        return 0
    with writing(holder):
        lines = {delivery.line for delivery in new}
        # all-tenants: lines of the holder's deliveries
        found = Delivery.objects.filter(line__in=lines, place__isnull=False).order_by("number")
        open_ones: dict[UUID, list[Delivery]] = defaultdict(list)
        for delivery in found:
            open_ones[delivery.line].append(delivery)
        if holder.mode is Mode.STATE:
            kept = emptied.kept(holder.integration.pk, chain(*open_ones.values()))
            for line in open_ones.values():
                _arrange_state(line, kept)
        else:
            awaited = _awaited(holder.integration, chain(*open_ones.values()))
            for line in open_ones.values():
                _arrange_events(line, awaited)
    return len(new)


def _arrange_state(line: Sequence[Delivery], kept: Set[int]) -> None:
    """Brings the open deliveries of one person to the newest. A loss that settles stands for itself until
    something is gained or the person leaves; one of those `kept` from going with anything else, longer."""
    heads, older = [], [one for one in line if one.place != Place.NEW and one.status != Status.RUNNING]
    for new in (one for one in line if one.place == Place.NEW):
        if not settles(new):
            needless = [one for one in older if one.number < new.number and _is_taken(one, new, kept)]
            if Intent(new.intent) not in LEAVING:
                new.due_at = _not_before(new, needless)
            new.brake = _brake_of(new, needless)
            _supersede(needless, by=new)
            older = [one for one in older if one not in needless]
        older.append(new)
        heads.append(new)
    for new in heads:
        if new.place == Place.NEW:
            Delivery.objects.for_integration(new.integration_id).filter(pk=new.pk).update(
                place=Place.HEAD, due_at=new.due_at, brake=new.brake
            )


def _is_taken(older: Delivery, new: Delivery, kept: Set[int]) -> bool:
    """Whether the new one makes the older needless. A loss that is kept from going with anything else is
    taken by a later gain of the same group alone, and by a leaving once that is done (end_losses)."""
    intent = Intent(new.intent)
    if older.number in kept:
        of_same = intent is Intent.GRANT and new.group_id == older.group_id
        return of_same and new.version > older.version
    return intent in GAINS | LEAVING or not settles(older)


def _brake_of(new: Delivery, needless: Iterable[Delivery]) -> int:
    """What the safety brake made of a leaver holds for what takes their place: that may leave as well."""
    return max([new.brake, *(one.brake for one in needless if one.intent != Intent.REVOKE)])


def end_losses(leaving: Delivery) -> None:
    """Who has left has lost every group. Call it while writing."""
    losses = Delivery.objects.for_integration(leaving.integration_id).filter(
        line=leaving.line, place__isnull=False, intent=Intent.REVOKE, number__lt=leaving.number
    )
    _supersede(list(losses.exclude(status=Status.RUNNING)), by=leaving)


def settles(delivery: Delivery) -> bool:
    """Whether it waits on purpose, to be folded with what follows: a loss that was not tried yet, or a
    deletion put off."""
    return (delivery.intent == Intent.REVOKE and not delivery.attempts) or is_put_off(delivery)


def is_put_off(delivery: Delivery) -> bool:
    """Whether it is the deletion that a policy has put off: it comes from no change of its own."""
    return delivery.intent == Intent.DELETE and delivery.version == 0


def _not_before(new: Delivery, needless: Iterable[Delivery]) -> datetime:
    """A person who may be a connection test's waits for that to show, whatever is done to them meanwhile."""
    waits = [one.due_at for one in needless if one.intent in {Intent.CREATE, Intent.ACTIVATE}
             and not one.attempts]  # fmt: skip
    return max([new.due_at, *waits])


def _supersede(deliveries: Sequence[Delivery], *, by: Delivery) -> None:
    if not deliveries:
        return
    for one in deliveries:
        one.place, one.status = None, Status.SUPERSEDED
    numbers = [one.number for one in deliveries]
    # all-tenants: of the line in hand
    Delivery.objects.filter(Among("pk", numbers)).update(
        place=None,
        status=Status.SUPERSEDED,
        ended_at=timezone.now(),
        problem=_("A newer change made it needless: number %(number)d.") % {"number": by.number},
    )
    # all-tenants: of the line in hand
    Task.objects.filter(Among("delivery_id", numbers), state=Task.State.OPEN).update(
        state=Task.State.CANCELLED, done_at=timezone.now()
    )


def call_off(deliveries: QuerySet[Delivery], why: str) -> None:
    """Cancels those of them that are open, with their tasks. Call it while writing."""
    open_ones, now = deliveries.filter(place__isnull=False), timezone.now()
    # all-tenants: of the deliveries in hand
    tasks = Task.objects.filter(delivery__in=open_ones, state=Task.State.OPEN)
    tasks.update(state=Task.State.CANCELLED, done_at=now)
    open_ones.update(status=Status.CANCELLED, place=None, ended_at=now, problem=why)


def _arrange_events(line: Sequence[Delivery], awaited: Set[UUID]) -> None:
    """In order, one at a time; a membership waits until its group is there. Who leaves passes what is stuck,
    and what waits behind it."""
    busy = any(one.place == Place.HEAD for one in line)
    stuck = any(one.place == Place.PARKED or one.group_id in awaited for one in line)
    heads: list[Delivery] = []
    behind: list[Delivery] = []
    for new in (one for one in line if one.place == Place.NEW):
        passes = stuck and Intent(new.intent) in LEAVING
        is_next = not busy and new.group_id not in awaited and (new is line[0] or passes)
        (heads if is_next else behind).append(new)
        busy = busy or is_next
    _put(heads, Place.HEAD)
    _put(behind, Place.BEHIND)


def _awaited(integration: Integration, deliveries: Iterable[Delivery]) -> Set[UUID]:
    """The groups among them that are still to be made in the app."""
    groups = {one.group_id for one in deliveries if one.group_id}
    if not groups:
        return frozenset()
    pending = Delivery.objects.for_integration(integration).filter(
        Among("line", list(groups)), place__isnull=False, intent=Intent.GROUP_CREATE
    )
    return set(pending.values_list("line", flat=True))


def _put(deliveries: Sequence[Delivery], place: Delivery.Place) -> None:
    if deliveries:
        # all-tenants: of the lane in hand
        Delivery.objects.filter(Among("pk", [one.number for one in deliveries])).update(place=place)


def due(holder: Holder, limit: int, *, but: Iterable[UUID] = ()) -> list[Delivery]:
    """What can be tried now, the longest due first: at most one of a line, none of the lines in work."""
    busy = set(but)
    rows = _of(holder.integration, Place.HEAD).filter(due_at__lte=timezone.now())
    found: dict[UUID, Delivery] = {}
    for delivery in rows.order_by("due_at", "number").select_related("change")[: limit + len(busy)]:
        if delivery.line not in busy:
            found.setdefault(delivery.line, delivery)
    return list(found.values())[:limit]


def go_on(integration: Integration) -> None:
    """After a pause or a hold: what was held is due, and the time that the lane stood still does not count
    against what is tried again. What the safety brake holds is parked, and waits for its decision."""
    waiting = _of(integration, Place.HEAD)
    waiting.filter(status__in=[Status.HELD, Status.RETRYING]).update(first_tried_at=None)
    waiting.filter(status=Status.HELD).update(status=Status.RETRYING, due_at=timezone.now())


def carry_again(deliveries: QuerySet[Delivery]) -> None:
    """Those of them that an app has taken, and whose answer would be waited for in vain. Call it while
    writing."""
    deliveries.filter(status=Status.CONFIRMING, place__isnull=False).update(
        status=Status.RETRYING,
        place=Place.NEW,
        due_at=timezone.now(),
        first_tried_at=None,
        problem="",
        remedy="",
        proof={},
    )


def still_due(deliveries: Iterable[Delivery]) -> QuerySet[Delivery]:
    """Those that nobody has skipped, changed, handed over or called off since they were found. Call it while
    writing."""
    # all-tenants: of the lane in hand
    return Delivery.objects.filter(pk__in=[one.pk for one in deliveries], place=Place.HEAD)


def still_begun(deliveries: Iterable[Delivery]) -> set[int]:
    """The numbers of those that stand as their worker began them: nobody has skipped, changed, handed over or
    called off what was only looked for, and no newer change has made it needless. Call it while writing."""
    begun = {
        one.pk: (one.revision, Status.CONFIRMING if one.status == Status.CONFIRMING else Status.RUNNING)
        for one in deliveries
    }
    rows = Delivery.objects.filter(pk__in=begun, place=Place.HEAD)  # all-tenants: of the lane in hand
    found = rows.values_list("pk", "revision", "status")
    return {pk for pk, revision, status in found if (revision, status) == begun[pk]}


def lock(integration_id: UUID) -> None:
    """For those who are no workers: whoever holds the lane writes behind the same lock. Call it while
    writing, before anything else is locked."""
    Lane.objects.select_for_update().for_integration(integration_id).first()


def lock_every(workspace: Workspace) -> None:
    """As `lock`, for whoever writes to several integrations at once: in the order of their keys, so that two
    of them never wait for one another."""
    rows = Lane.objects.select_for_update(of=("self",))
    # all-tenants: those of one workspace
    list(rows.filter(integration__workspace=workspace).order_by("pk").values_list("pk"))


def next_due(integration: Integration) -> datetime | None:
    """When the next delivery is due; now where one has no place yet. None when nothing waits."""
    if _of(integration, Place.NEW).exists():
        return timezone.now()
    return _of(integration, Place.HEAD).order_by("due_at", "number").values_list("due_at", flat=True).first()


def promote(lines: Iterable[UUID]) -> None:
    """After one of a line has ended, or is stuck: what waited is looked at anew. Call it while writing."""
    # all-tenants: of the lane in hand
    Delivery.objects.filter(line__in=set(lines), place=Place.BEHIND).update(place=Place.NEW)


def promote_members(integration: Integration | UUID, group_ids: Iterable[UUID]) -> None:
    """After a group has come to be: the memberships that waited for it."""
    Delivery.objects.for_integration(integration).filter(
        group_id__in=set(group_ids), place=Place.BEHIND
    ).update(place=Place.NEW)


def with_something_due(limit: int = 1000) -> list[tuple[UUID, datetime | None]]:
    """Integrations with something due, for the sweep: and when the lease of whoever holds the lane ends, None
    where nobody does. One look into the index each."""
    now = timezone.now()
    waiting = Delivery.objects.filter(place__lte=Place.HEAD, due_at__lte=now)  # all-tenants: the sweep
    ready = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    lanes = Lane.objects.filter(ready, paused_at=None, held_at=None)  # all-tenants: the sweep
    found = lanes.filter(Exists(waiting.filter(integration=OuterRef("pk")))).order_by("pk")
    return [
        (pk, lease_until if lease_until and lease_until > now else None)
        for pk, lease_until in found.values_list("pk", "lease_until")[:limit]
    ]


def free_those_of(is_dead: Callable[[str], bool]) -> int:
    """Gives back lanes whose owner is known to be dead, without waiting for the lease to end; how many."""
    held = Lane.objects.exclude(lease_owner="")  # all-tenants: a worker starts
    dead = [
        (pk, fence) for pk, owner, fence in held.values_list("pk", "lease_owner", "fence") if is_dead(owner)
    ]
    for pk, fence in dead:
        # all-tenants: as above
        Lane.objects.filter(pk=pk, fence=fence).update(lease_until=None, lease_owner="")
    return len(dead)


def _of(integration: Integration, place: Delivery.Place) -> QuerySet[Delivery]:
    return Delivery.objects.for_integration(integration).filter(place=place)
