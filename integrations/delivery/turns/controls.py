"""What people do to lanes and deliveries: pause, resume, retry, skip, edit, replay. All of it is audited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import roles
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.delivery import registry
from integrations.delivery.errands import ending, handover
from integrations.delivery.hands import tasks
from integrations.delivery.models import Change, Delivery, Lane
from integrations.delivery.queue import duties, engine, lanes, outbox
from integrations.delivery.queue.change import ChangeDraft, ChangeEvent
from integrations.kit import transactions
from integrations.kit.errors import Refused
from integrations.models import Integration
from integrations.roles import Action, By

Status, Place = Delivery.Status, Delivery.Place
CHUNK = 500


def pause(integration: Integration, *, by: By) -> None:
    """Nothing goes out any more; what is being carried now is finished. Changes go on being recorded."""
    _lane(integration, Event.DELIVERY_PAUSED, by, paused_at=timezone.now(), paused_by=roles.label(by))


def resume(integration: Integration, *, by: By) -> None:
    """Goes on, at once: a pause, a hold and a wait for the app all end."""
    _lane(
        integration,
        Event.DELIVERY_RESUMED,
        by,
        paused_at=None,
        paused_by="",
        held_at=None,
        held_for="",
        next_attempt_at=None,
        failures=0,
    )
    lanes.go_on(integration)
    engine.wake_on_commit(integration.pk)


def retry(deliveries: Sequence[Delivery], *, by: By) -> int:
    """Tries again now what failed, waits for its next try, or was held; how many."""

    def again(delivery: Delivery) -> None:
        delivery.status, delivery.place, delivery.due_at = Status.RETRYING, Place.NEW, timezone.now()
        delivery.first_tried_at = None
        delivery.save(update_fields=["status", "place", "due_at", "first_tried_at"])
        tasks.call_off(delivery)

    return _each(deliveries, again, Event.DELIVERY_RETRIED, by=by)


def skip(deliveries: Sequence[Delivery], *, reason: str, by: By) -> int:
    """Lets them be, for a reason that is kept; what waits behind them goes on. Refused without a reason."""
    reason = reason.strip()[:1000]
    if not reason:
        raise Refused("required", _("Say why: it is kept with the delivery."), "reason")

    def let_be(delivery: Delivery) -> None:
        ending.end(delivery, Status.SKIPPED, problem=reason)

    return _each(deliveries, let_be, Event.DELIVERY_SKIPPED, by=by, detail={"reason": reason})


def edit(delivery: Delivery, override: dict[str, Any], *, by: By) -> None:
    """Sends something else in its place, under a new idempotency key."""

    def changed(current: Delivery) -> None:
        current.override, current.revision = override, current.revision + 1
        current.status, current.place, current.due_at = Status.RETRYING, Place.NEW, timezone.now()
        current.first_tried_at = None
        current.save(update_fields=["override", "revision", "status", "place", "due_at", "first_tried_at"])
        tasks.call_off(current)

    if not _each([delivery], changed, Event.DELIVERY_EDITED, by=by):
        raise Refused("closed", _("This delivery has ended, or is being carried right now."))


def hand_over(delivery: Delivery, *, by: By) -> None:
    """Makes it a task: a person carries it out."""

    def handed(current: Delivery) -> None:
        asked = handover.ask(current)
        current.status, current.place = Status.WITH_PERSON, Place.PARKED
        current.save(update_fields=["status", "place"])
        lanes.promote({current.line})
        tasks.open_for(current, asked.question, asked.steps, order=asked.order)

    if not _each([delivery], handed, Event.DELIVERY_HANDED_OVER, by=by):
        raise Refused("closed", _("This delivery has ended, or is being carried right now."))


@dataclass(frozen=True, slots=True)
class Replay:
    """Which changes are repeated: those since a moment, until another, behind the last that was; a part of
    them at a time."""

    since: datetime
    until: datetime
    after: tuple[datetime, UUID] | None = None

    def rows(self, integration: Integration) -> QuerySet[Change]:
        found = Change.objects.for_integration(integration).filter(at__gte=self.since, at__lte=self.until)
        if self.after is not None:
            at, pk = self.after
            found = found.filter(Q(at__gt=at) | Q(at=at, pk__gt=pk))
        return found.order_by("at", "pk")


def replay(integration: Integration, asked: Replay, *, by: By) -> tuple[int, Replay | None]:
    """Delivers up to 500 changes once more, in their order; how many deliveries were made, and what is left,
    None when that is nothing. Refused while nothing is delivered here."""
    roles.require(by, Action.DELIVERY_MANAGE)
    if integration.mode != Integration.Mode.LIVE:
        raise Refused("observing", _("Delivery is not switched on here."))
    connector, now = registry.get(integration.connector), timezone.now()
    with transactions.write():
        lanes.lock(integration.pk)
        # Whoever is being written is waited for (outbox.py): no older change gets a number above theirs.
        rows = Integration.objects.select_for_update(of=("self",)).for_workspace(integration.workspace)
        rows.get(pk=integration.pk)
        changes = list(asked.rows(integration)[: CHUNK + 1])
        made = [
            _again(delivery, now)
            for change in changes[:CHUNK]
            for delivery in duties.of(_draft(integration, change), change, connector)
        ]
        outbox.add(made)
        detail = {"since": asked.since.isoformat(), "deliveries": len(made)}
        trail.record(
            Event.DELIVERY_REPLAYED, integration, by=by, workspace=integration.workspace, detail=detail
        )
    last = changes[:CHUNK][-1:]
    left = [replace(asked, after=(one.at, one.pk)) for one in last if len(changes) > CHUNK]
    return len(made), left[0] if left else None


def _again(delivery: Delivery, now: datetime) -> Delivery:
    """A delivery of an old change, due as if it had come just now."""
    waits = delivery.due_at - delivery.created_at
    delivery.created_at, delivery.due_at = now, now + waits
    return delivery


def _draft(integration: Integration, change: Change) -> ChangeDraft:
    return ChangeDraft(
        integration=integration,
        event=ChangeEvent(change.event),
        resource_type=change.resource_type,
        resource_id=change.resource_id,
        resource_label=change.resource_label,
        version=change.version,
        actor=change.actor,
        trace_id=change.trace_id,
        delta=change.delta,
        added=change.members.get("added", []),
        removed=change.members.get("removed", []),
    )


def _lane(integration: Integration, event: Event, by: By, **values: Any) -> None:
    roles.require(by, Action.DELIVERY_MANAGE)
    with transactions.write():
        Lane.objects.get_or_create(integration=integration)
        Lane.objects.for_integration(integration).update(**values)
        trail.record(event, integration, by=by, workspace=integration.workspace)


def _each(
    deliveries: Sequence[Delivery],
    act: Callable[[Delivery], None],
    event: Event,
    *,
    by: By,
    detail: dict[str, Any] | None = None,
) -> int:
    """Does it to those that are open, not being carried and not held by the safety brake, in one transaction;
    how many they were."""
    roles.require(by, Action.DELIVERY_MANAGE)
    if not deliveries:
        return 0
    integration = deliveries[0].integration
    with transactions.write():
        lanes.lock(integration.pk)
        rows = Delivery.objects.select_for_update().for_integration(integration)
        current = rows.filter(pk__in=[one.pk for one in deliveries], place__isnull=False)
        free = current.exclude(status=Status.RUNNING).exclude(brake=Delivery.Brake.HELD)
        touched = list(free.order_by("number"))
        for one in touched:
            act(one)
        if touched:
            kept = {
                "number": len(touched),
                "deliveries": [one.number for one in touched[:50]],
                **(detail or {}),
            }
            trail.record(event, integration, by=by, workspace=integration.workspace, detail=kept)
    engine.wake_on_commit(integration.pk)
    return len(touched)
