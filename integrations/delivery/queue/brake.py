"""The safety brake: more leavers than usual, and the end of a large group, are held for a person.

The identity provider has its right answer all the same. People who come back meanwhile take what is held of
them with them (lanes: a newer change makes it needless).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
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
    free = [(one, order) for one, order in chosen if one.brake == Brake.NONE and not lanes.is_put_off(one)]
    losses = [one for one, order in free if not order.is_leaving and order.intent in emptied.LOSSES]
    leavers = [one for one, order in free if order.is_leaving]
    limit = limit_of(holder.integration, connection)
    stopped = emptied.among(holder.integration, losses)
    if stopped:
        why = _("A large group was emptied or deleted at one go. Somebody has to look first.")
        _hold(holder, stopped, why=why, limit=limit)
    if leavers and _is_tripped(holder.integration, limit, len(leavers)):
        why = _("More people than usual would leave at once. Somebody has to look first.")
        _hold(holder, leavers, why=why, limit=limit)
        stopped += leavers
    elif leavers:
        with lanes.writing(holder):
            # all-tenants: of the lane in hand
            Delivery.objects.filter(pk__in=[one.pk for one in leavers]).update(brake=Brake.COUNTED)
    held = {one.pk for one in stopped}
    return [(one, order) for one, order in chosen if one.pk not in held]


def limit_of(integration: Integration, connection: AppConnection) -> int:
    """How many people may leave within an hour."""
    return max(connection.brake_people, integration.people_count * connection.brake_percent // 100)


def open_batch(integration: Integration) -> HeldBatch | None:
    """What waits for a decision; None while the brake is off."""
    return HeldBatch.objects.for_integration(integration).filter(decision="").first()


def held(integration: Integration) -> QuerySet[Delivery]:
    """The deliveries that the brake holds."""
    return Delivery.objects.for_integration(integration).filter(
        status=Status.HELD, brake=Brake.HELD, place=Place.PARKED
    )


def tally(integration: Integration) -> Tally:
    """What the brake holds; two queries."""
    rows = held(integration)
    losses = rows.filter(intent__in=emptied.LOSSES)
    groups = losses.order_by().values("intent", "label", "group_name").annotate(number=Count("pk"))
    losers: Counter[str] = Counter()
    ending: set[str] = set()
    for one in groups:
        if one["intent"] == Intent.GROUP_DELETE:
            ending.add(one["label"])
        else:
            losers[one["group_name"]] += one["number"]
    return Tally(rows.exclude(intent__in=emptied.LOSSES).count(), dict(losers), sorted(ending))


def release(batch: HeldBatch, *, by: By) -> int:
    """They go after all, and are not held again; how many. Refused when somebody has decided already."""
    values = {"status": Status.WAITING, "place": Place.NEW, "brake": Brake.RELEASED}
    return _decide(batch, HeldBatch.Decision.RELEASED, values | {"due_at": timezone.now()}, by=by)


def discard(batch: HeldBatch, *, by: By) -> int:
    """They do not go, and their accounts stay as they are; how many. Refused as `release`."""
    values = {"status": Status.CANCELLED, "place": None, "ended_at": timezone.now()}
    return _decide(batch, HeldBatch.Decision.DISCARDED, values, by=by)


def _is_tripped(integration: Integration, limit: int, number: int) -> bool:
    """Whether these would be too many: with those who left in the last hour, and those who wait to. Once some
    are held, so are those who follow."""
    if held(integration).exclude(intent__in=emptied.LOSSES).exists():
        return True
    rows = Delivery.objects.for_integration(integration)
    gone = rows.filter(brake=Brake.COUNTED, first_tried_at__gte=timezone.now() - WINDOW)
    waiting = rows.filter(place__lte=Place.HEAD, intent__in=LEAVING, brake=Brake.NONE).exclude(version=0)
    # Beyond the limit it does not matter how many there are.
    would_go = gone[: limit + 1].count() + max(number, waiting[: limit + 1].count())
    return would_go > limit


def _hold(holder: Holder, deliveries: Sequence[Delivery], *, why: str, limit: int) -> None:
    """Holds them, under one batch for all that are held until somebody decides; `limit` is of leavers."""
    with lanes.writing(holder):
        HeldBatch.objects.get_or_create(
            integration=holder.integration, decision="", defaults={"limit": limit}
        )
        # all-tenants: of the lane in hand
        Delivery.objects.filter(pk__in=[one.pk for one in deliveries]).update(
            status=Status.HELD, place=Place.PARKED, brake=Brake.HELD, problem=why
        )
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
