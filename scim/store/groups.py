"""Groups: find, create, replace, patch, delete. Call the writing ones inside a write transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from integrations.delivery.queue.change import ChangeEvent
from integrations.models import Integration
from scim.core.errors import NotFound, Uniqueness
from scim.core.patch import engine
from scim.core.patch.request import PatchRequest
from scim.core.resource import Reading
from scim.models import ScimGroup
from scim.store import counts, members, recording, statements, types
from scim.store.delta import Delta
from scim.store.origin import Origin

Json = dict[str, Any]


def find(integration: Integration, group_id: UUID, *, locked: bool = False) -> ScimGroup:
    """The group; NotFound for every other id. One query."""
    statement = statements.group_locked if locked else statements.group
    row = statement.first(integration=integration.pk, pk=group_id)
    if row is None:
        raise NotFound(f"There is no Group {group_id} here.")
    row.integration = integration
    return row


def create(origin: Origin, reading: Reading) -> ScimGroup:
    """A new group. Uniqueness when its name is taken."""
    row = ScimGroup(integration=origin.integration)
    row.updated_at = row.created_at
    _set(row, reading.data)
    _save(row)
    delta = Delta()
    if reading.members:
        delta = members.set_to(row, reading.members)
        statements.update_group.one(row)
    recording.group(row, ChangeEvent.GROUP_CREATED, origin, before=None, delta=delta)
    counts.add(row.integration_id, groups=1)
    return row


def replace(row: ScimGroup, reading: Reading, origin: Origin) -> ScimGroup:
    """PUT: what is absent is unassigned, members too (RFC 7644 3.5.1)."""
    held = row.member_rows
    delta = members.set_to(row, reading.members or ())
    _apply(row, reading.data, origin, delta=delta, held=held)
    return row


def patch(row: ScimGroup, request: PatchRequest, origin: Origin) -> tuple[engine.Patched, Delta]:
    """Applies a PATCH; its member operations touch the rows they name, and the delta says what came of
    them."""
    patched = engine.apply(row.data, request, types.group(origin.integration), own_id=str(row.pk))
    held = row.member_rows
    delta = members.apply(row, patched.member_operations)
    _apply(row, patched.data, origin, delta=delta, held=held)
    return patched, delta


def delete(row: ScimGroup, origin: Origin) -> None:
    """Leaves a tombstone: the cost does not depend on the number of members."""
    row.deleted_at = timezone.now()
    row.version += 1
    statements.update_group.one(row)
    recording.group(row, ChangeEvent.GROUP_DELETED, origin, before=row.data)
    counts.add(row.integration_id, groups=-1, pending=-members.forget_pending(row))


def _apply(row: ScimGroup, data: Json, origin: Origin, *, delta: Delta, held: int) -> None:
    """Brings the row to `data`, with what came of its members; `held` is how many rows they were before."""
    before = row.data
    if before == data and not delta.added and not delta.removed:
        if held != row.member_rows:  # rows of deleted people went, which nobody saw
            statements.update_group.one(row)
        return
    _set(row, data)
    row.version += 1
    row.updated_at = timezone.now()
    _save(row)
    event = ChangeEvent.GROUP_UPDATED if before != data else ChangeEvent.GROUP_MEMBERS_CHANGED
    recording.group(row, event, origin, before=before, delta=delta)


def _set(row: ScimGroup, data: Json) -> None:
    row.data = data
    row.display_name = data["displayName"]
    row.display_name_key = data["displayName"].casefold()
    row.external_id = data.get("externalId", "")


def _save(row: ScimGroup) -> None:
    try:
        if row._state.adding:
            statements.insert_group.one(row)
        else:
            statements.update_group.one(row)
    except IntegrityError as error:
        raise Uniqueness(
            f'A Group with the displayName "{row.display_name}" is here already.',
            remedy="Match the group on displayName, or rename one of the two.",
        ) from error
