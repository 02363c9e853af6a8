"""Turns what was done to a row into a change."""

from __future__ import annotations

from typing import Any

from integrations.delivery.queue import outbox
from integrations.delivery.queue.change import ChangeDraft, ChangeEvent
from integrations.models import Integration
from scim.core.difference import difference
from scim.models import ScimGroup, ScimUser
from scim.store import trials
from scim.store.delta import Delta
from scim.store.origin import Origin

Json = dict[str, Any]
_ARRIVALS = frozenset({ChangeEvent.USER_CREATED, ChangeEvent.USER_REACTIVATED, ChangeEvent.USER_RESTORED})


def user(
    row: ScimUser, event: ChangeEvent, origin: Origin, *, before: Json | None, after: Json | None
) -> None:
    """Keeps the change of one person; `before` and `after` are their data."""
    outbox.record(
        ChangeDraft(
            integration=origin.integration,
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
            is_test=row.test_only,
            may_be_test=_may_be_test(row, event, origin),
        )
    )


def _may_be_test(row: ScimUser, event: ChangeEvent, origin: Origin) -> bool:
    """Whether a delivery of somebody who arrives has to wait for a connection test to show itself."""
    is_live = origin.integration.mode == Integration.Mode.LIVE
    return is_live and event in _ARRIVALS and trials.is_passing(row, origin)


def group(
    row: ScimGroup, event: ChangeEvent, origin: Origin, *, before: Json | None, delta: Delta | None = None
) -> None:
    """Keeps the change of one group, whose data after it is the row's; `delta` says who came and who went."""
    after = None if event is ChangeEvent.GROUP_DELETED else row.data
    outbox.record(
        ChangeDraft(
            integration=origin.integration,
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
