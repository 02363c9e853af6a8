"""Turns what was done to a row into a change."""

from __future__ import annotations

from typing import Any

from integrations.delivery import outbox
from integrations.delivery.change import ChangeDraft, ChangeEvent
from scim.core.difference import difference
from scim.models import ScimGroup, ScimUser
from scim.store.delta import Delta
from scim.store.origin import Origin

Json = dict[str, Any]


def user(
    row: ScimUser, event: ChangeEvent, origin: Origin, *, before: Json | None, after: Json | None
) -> None:
    """Keeps the change of one person; `before` and `after` are their data."""
    outbox.record(
        ChangeDraft(
            integration_id=row.integration_id,
            event=event,
            resource_type="User",
            resource_id=row.pk,
            resource_label=row.user_name,
            version=row.version,
            actor=origin.actor,
            trace_id=origin.trace_id,
            before=before,
            after=after,
            delta=difference(before, after),
        )
    )


def group(
    row: ScimGroup, event: ChangeEvent, origin: Origin, *, before: Json | None, delta: Delta | None = None
) -> None:
    """Keeps the change of one group, whose data after it is the row's; `delta` says who came and who went."""
    after = None if event is ChangeEvent.GROUP_DELETED else row.data
    outbox.record(
        ChangeDraft(
            integration_id=row.integration_id,
            event=event,
            resource_type="Group",
            resource_id=row.pk,
            resource_label=row.display_name,
            version=row.version,
            actor=origin.actor,
            trace_id=origin.trace_id,
            before=before,
            after=after,
            delta=difference(before, after),
            added=sorted(map(str, delta.added)) if delta else [],
            removed=sorted(map(str, delta.removed)) if delta else [],
        )
    )
