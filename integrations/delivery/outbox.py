"""Where a change is written down: in the transaction that makes it."""

from __future__ import annotations

from django.db import connection

from integrations.delivery.change import ChangeDraft
from integrations.delivery.models import Change
from integrations.kit.prepared import Insert

_insert = Insert(Change)


def record(draft: ChangeDraft) -> Change:
    """Keeps the change. Call it inside the writer's own transaction; one query."""
    if not connection.in_atomic_block:
        raise RuntimeError("A change is recorded in the transaction that makes it.")
    change = _insert.new(
        integration_id=draft.integration_id,
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
    _insert.one(change)
    return change
