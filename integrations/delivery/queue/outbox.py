"""Where a change is written down, and the duty to carry it: in the transaction that makes it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.delivery import registry
from integrations.delivery.connector import Connector
from integrations.delivery.models import Change, Delivery
from integrations.delivery.queue import duties, engine, lanes
from integrations.delivery.queue.change import ChangeDraft
from integrations.kit.prepared import Insert
from integrations.models import Integration

# Whether the integration delivers as the change is written, not as it did when the request came. The lock is
# the weakest that keeps a FOR UPDATE out until the commit: whoever switches delivery on waits for the writers
# that saw it observe, and then plans their people. SQLite has one writer anyway. Plan: primary key.
_MODE = "SELECT mode FROM integrations_integration WHERE id = delivery_change.integration_id"
_insert = Insert(Change, returning={"sqlite": f"({_MODE})", "postgresql": f"({_MODE} FOR KEY SHARE)"})
_insert_delivery = Insert(Delivery)


def record(draft: ChangeDraft) -> Change:
    """Keeps the change and its deliveries. Call it inside the writer's own transaction; one query while the
    integration observes."""
    if not connection.in_atomic_block:
        raise RuntimeError("A change is recorded in the transaction that makes it.")
    change = _insert.new(
        integration_id=draft.integration.pk,
        trace_id=draft.trace_id,
        event=draft.event,
        resource_type=draft.resource_type,
        resource_id=draft.resource_id,
        resource_label=draft.resource_label[:512],
        version=draft.version,
        actor=draft.actor,
        before=draft.before,
        after=draft.after,
        delta=draft.delta,
        members={"added": draft.added, "removed": draft.removed} if draft.added or draft.removed else {},
    )
    mode = _insert.asking(change)
    if mode == Integration.Mode.LIVE:
        _deliver(draft, change)
    return change


def add(deliveries: list[Delivery]) -> None:
    """Keeps deliveries, and wakes a worker once they are committed: at once, or when the first is due."""
    _insert_delivery.many(deliveries)
    now = timezone.now()
    first_due: dict[UUID, datetime] = {}
    for one in deliveries:
        first_due[one.integration_id] = min(one.due_at, first_due.get(one.integration_id, one.due_at))
    for integration_id, due_at in first_due.items():
        engine.wake_on_commit(integration_id, at=due_at if due_at > now else None)


def _deliver(draft: ChangeDraft, change: Change) -> None:
    if draft.is_test:
        _call_off(draft)
    else:
        add(duties.of(draft, change, _connector(draft.integration)))


def _connector(integration: Integration) -> type[Connector]:
    """It was switched on since the request came: by what way, the request may not know."""
    if integration.mode != Integration.Mode.LIVE:
        integration.refresh_from_db(fields=["mode", "connector"])
    return registry.get(integration.connector)


def _call_off(draft: ChangeDraft) -> None:
    """What an IdP's connection test made never reaches the app."""
    theirs = Delivery.objects.for_integration(draft.integration).filter(line=draft.resource_id, attempts=0)
    idle = theirs.exclude(status=Delivery.Status.RUNNING)
    lanes.call_off(idle, _("Made by a connection test of the identity provider."))
