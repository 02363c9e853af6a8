"""The safety brake: more leavers than usual, and the end of a large group, are held for a person.

The identity provider has its right answer all the same. People who come back meanwhile take what is held of
them with them (lanes: a newer change makes it needless); no other change of theirs does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import roles
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.delivery.connector import LEAVING, Intent, Order
from integrations.delivery.models import AppConnection, Delivery, HeldBatch
from integrations.delivery.queue import emptied, engine, lanes
from integrations.delivery.queue.lanes import Holder
from integrations.kit import transactions
from integrations.kit.errors import Refused
from integrations.models import Integration
from integrations.roles import Action, By

WINDOW = timedelta(minutes=60)
Brake, Place, Status = Delivery.Brake, Delivery.Place, Delivery.Status


@dataclass(frozen=True, slots=True)
class Tally:
    """What waits for a decision: how many people would leave; by name, how many would lose a group; and the
    groups that would be deleted."""

    leavers: int
    losers: dict[str, int]
    groups: list[str]


def passing(
    holder: Holder, chosen: Sequence[tuple[Delivery, Order]], connection: AppConnection
) -> list[tuple[Delivery, Order]]:
    """Those that may be carried; the others are held. Without a leaver or a loss it costs nothing."""
    limit = limit_of(holder.integration, connection)
    losses = [one for one, order in chosen if one.brake == Brake.NONE and _is_loss(one, order)]
    stopped = emptied.among(holder.integration.pk, losses)
    why = _("A large group was emptied or deleted at one go. Somebody has to look first.")
    _hold(holder, stopped, why=why, limit=limit)
    leavers = [one for one, order in chosen if order.is_leaving and not lanes.is_put_off(one)]
    # Who came back counts no more.
    stay = [one for one, order in chosen if not order.is_leaving and not _is_loss(one, order)]
    _note(holder, [one for one in stay if one.brake != Brake.NONE], Brake.NONE)
    too_many = _too_many(holder, leavers, limit)
    why = _("More people than usual would leave at once. Somebody has to look first.")
    _hold(holder, too_many, why=why, limit=limit)
    held = {one.pk for one in (*stopped, *too_many)}
    return [(one, order) for one, order in chosen if one.pk not in held]


def limit_of(integration: Integration, connection: AppConnection) -> int:
    """How many people may leave within an hour."""
    return max(connection.brake_people, integration.people_count * connection.brake_percent // 100)


def open_batch(integration: Integration) -> HeldBatch | None:
    """What waits for a decision; None while nothing is held."""
    return HeldBatch.objects.for_integration(integration).open().first()


def held(integration: Integration) -> QuerySet[Delivery]:
    """The deliveries that the brake holds."""
    return Delivery.objects.for_integration(integration).filter(**Delivery.BRAKED)


def tally(integration: Integration) -> Tally:
    """What the brake holds; two queries."""
    rows = held(integration)
    losses = rows.filter(intent__in=emptied.LOSSES)
    names = losses.order_by().values("intent", "label", "group_name")
    groups = names.annotate(number=Count("line", distinct=True))
    losers: Counter[str] = Counter()
    ending: set[str] = set()
    for one in groups:
        if one["intent"] == Intent.GROUP_DELETE:
            ending.add(one["label"])
        else:
            losers[one["group_name"]] += one["number"]
    leavers = rows.exclude(intent__in=emptied.LOSSES).order_by().values("line").distinct()
    return Tally(leavers.count(), dict(losers), sorted(ending))


def release(batch: HeldBatch, *, by: By) -> int:
    """They go after all, and are not held again; how many. Refused when somebody has decided already."""
    values = {"status": Status.WAITING, "place": Place.NEW, "brake": Brake.RELEASED}
    return _decide(batch, HeldBatch.Decision.RELEASED, values | {"due_at": timezone.now()}, by=by)


def discard(batch: HeldBatch, *, by: By) -> int:
    """They do not go, and their accounts stay as they are; how many. Refused as `release`."""
    values = {"status": Status.CANCELLED, "place": None, "ended_at": timezone.now()}
    return _decide(batch, HeldBatch.Decision.DISCARDED, values, by=by)


def _is_loss(delivery: Delivery, order: Order) -> bool:
    """Of somebody who stays: by what the delivery is for, or by what has become of it since."""
    return not order.is_leaving and not emptied.LOSSES.isdisjoint({delivery.intent, order.intent})


def _too_many(holder: Holder, leavers: Sequence[Delivery], limit: int) -> list[Delivery]:
    """Those of the leavers who may not go; of the others it is noted that they do. What takes the place of
    one that is held is held again; who has left already takes nothing more with them."""
    again = [one for one in leavers if one.brake == Brake.HELD]
    new = [one for one in leavers if one.brake == Brake.NONE]
    if not new:
        return again
    # all-tenants: of the lane in hand
    rows = _of_those_here(Delivery.objects.filter(pk__in=[one.pk for one in new]))
    here = set(rows.values_list("pk", flat=True))
    _note(holder, [one for one in new if one.pk not in here], Brake.RELEASED)
    go = [one for one in new if one.pk in here]
    if go and (again or _is_tripped(holder.integration, limit, {one.line for one in go})):
        return again + go
    _note(holder, go, Brake.COUNTED)
    return again


def _of_those_here(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Without those of people whose leaving was let go, and arrived, and who did not come back since. A look
    into delivery_of_line each."""
    # all-tenants: of the people in hand
    arrived = Delivery.objects.filter(line=OuterRef("line"), status=Status.DELIVERED, version__gt=0)
    last = arrived.exclude(intent=Intent.REVOKE).order_by("-number").values("brake")[:1]
    return rows.annotate(last=Coalesce(Subquery(last), Brake.NONE.value)).filter(
        last__in=[Brake.NONE, Brake.HELD]
    )


def _is_tripped(integration: Integration, limit: int, lines: Set[UUID]) -> bool:
    """Whether these people would be too many: with those who left in the last hour, those who were let go
    and are still to be carried, however long ago, and those who wait to. Once some are held, so are those who
    follow."""
    if held(integration).exclude(intent__in=emptied.LOSSES).exists():
        return True
    rows = Delivery.objects.for_integration(integration)
    gone = rows.filter(brake=Brake.COUNTED, first_tried_at__gte=timezone.now() - WINDOW)
    going = rows.filter(place__lte=Place.HEAD, brake=Brake.COUNTED)
    waiting = rows.filter(place__lte=Place.HEAD, intent__in=LEAVING, brake=Brake.NONE).exclude(version=0)
    would_go = set(lines)
    for part in (gone, going, _of_those_here(waiting)):
        # Beyond the limit it does not matter how many there are.
        would_go.update(part.order_by().values_list("line", flat=True).distinct()[: limit + 1])
    return len(would_go) > limit


def _note(holder: Holder, deliveries: Sequence[Delivery], made: Delivery.Brake) -> None:
    if deliveries:
        with lanes.writing(holder):
            # all-tenants: of the lane in hand
            Delivery.objects.filter(pk__in=[one.pk for one in deliveries]).update(brake=made)


def _hold(holder: Holder, deliveries: Sequence[Delivery], *, why: str, limit: int) -> None:
    """Holds them, under one batch for all that are held until somebody decides, told of anew where nothing of
    the last one is held any more; `limit` is of leavers."""
    if not deliveries:
        return
    with lanes.writing(holder):
        if open_batch(holder.integration) is None:
            fresh = {"limit": limit, "tripped_at": timezone.now(), "alarmed_at": None}
            HeldBatch.objects.update_or_create(integration=holder.integration, decision="", defaults=fresh)
        lanes.still_due(deliveries).update(problem=why, **Delivery.BRAKED)
        lanes.promote({one.line for one in deliveries})


def _decide(batch: HeldBatch, decision: HeldBatch.Decision, values: dict[str, Any], *, by: By) -> int:
    roles.require(by, Action.BRAKE_RELEASE)
    integration = batch.integration
    with transactions.write():
        lanes.lock(integration.pk)
        mine = HeldBatch.objects.for_integration(integration).filter(pk=batch.pk, decision="")
        if not mine.update(decision=decision, decided_at=timezone.now(), decided_by=roles.label(by)):
            raise Refused("decided", _("Somebody has decided this already."))
        lines = held(integration).values("line")
        # What waits behind them is looked at anew.
        Delivery.objects.for_integration(integration).filter(place=Place.BEHIND, line__in=lines).update(
            place=Place.NEW
        )
        number = held(integration).update(**values)
        event = Event.BRAKE_RELEASED if decision == HeldBatch.Decision.RELEASED else Event.BRAKE_DISCARDED
        trail.record(
            event, integration, by=by, workspace=integration.workspace, detail={"deliveries": number}
        )
    engine.wake_on_commit(integration.pk)
    return number
