"""People: find, create, replace, patch, delete. Call the writing ones inside a write transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from integrations.delivery.change import ChangeEvent
from integrations.models import Integration
from scim.core.errors import NotFound, Uniqueness
from scim.core.patch import engine
from scim.core.patch.request import PatchRequest
from scim.core.resource import Reading
from scim.core.resource_types import USER
from scim.models import ScimUser, UserEmail
from scim.store import counts, members, recording, rehire, test_people
from scim.store.origin import Origin

Json = dict[str, Any]


def find(integration: Integration, user_id: UUID, *, locked: bool = False) -> ScimUser:
    """The person, deleted ones not; NotFound for every other id."""
    rows = ScimUser.objects.for_integration(integration).present()
    row = (rows.select_for_update() if locked else rows).filter(pk=user_id).first()
    if row is None:
        raise NotFound(f"There is no User {user_id} here.")
    return row


def create(origin: Origin, reading: Reading) -> ScimUser:
    """A new person, or the same one back after deactivation or deletion (DESIGN: rehire). Uniqueness for
    one who is here."""
    data = {**reading.data, "active": reading.data.get("active", True)}
    known = rehire.find(origin.integration, data)
    if known is not None:
        return _bring_back(known, data, origin)
    row = ScimUser(integration=origin.integration, test_only=test_people.is_named(origin.integration, data))
    _set(row, data)
    _save(row)
    _keep_emails(row, data)
    counts.add_people(row.integration_id, 0 if row.test_only else 1)
    recording.user(row, ChangeEvent.USER_CREATED, origin, before=None, after=data)
    members.welcome(row, origin)
    return row


def replace(row: ScimUser, reading: Reading, origin: Origin) -> ScimUser:
    """PUT: what is absent is unassigned (RFC 7644 3.5.1). An absent `active` is not asserted: nobody comes
    back by omission."""
    return _apply(row, {**reading.data, "active": reading.data.get("active", row.active)}, origin)


def patch(row: ScimUser, request: PatchRequest, origin: Origin) -> engine.Patched:
    """Applies a PATCH to the row; the result carries quirks and names set aside."""
    patched = engine.apply(row.data, request, USER, own_id=str(row.pk))
    _apply(row, {"active": row.active, **patched.data}, origin)
    return patched


def delete(row: ScimUser, origin: Origin) -> None:
    """Leaves a tombstone, by which the person is known when they come back."""
    before, was_counted = row.data, not row.test_only
    row.deleted_at = timezone.now()
    row.version += 1
    row.test_only = row.test_only or test_people.is_passing(row, origin)
    row.save(update_fields=["deleted_at", "version", "test_only"])
    counts.add_people(row.integration_id, -1 if was_counted else 0)
    recording.user(row, ChangeEvent.USER_DELETED, origin, before=before, after=None)


def _apply(row: ScimUser, data: Json, origin: Origin) -> ScimUser:
    """Brings the row to `data`; where nothing differs, nothing is written."""
    before = row.data
    if before == data:
        return row
    event = _event(before, data)
    was_test = row.test_only
    row.test_only = _is_test(row, event, origin)
    _set(row, data)
    row.version += 1
    row.updated_at = timezone.now()
    _save(row)
    if before.get("emails") != data.get("emails"):
        _keep_emails(row, data, anew=True)
    counts.add_people(row.integration_id, int(was_test) - int(row.test_only))
    recording.user(row, event, origin, before=before, after=data)
    if before.get("externalId") != data.get("externalId"):
        members.welcome(row, origin)
    return row


def _bring_back(row: ScimUser, data: Json, origin: Origin) -> ScimUser:
    before, was_deleted, was_counted = row.data, row.deleted_at is not None, not row.test_only
    row.deleted_at = None
    row.test_only = test_people.is_named(origin.integration, data)
    _set(row, data)
    row.version += 1
    row.updated_at = timezone.now()
    _save(row)
    _keep_emails(row, data, anew=True)
    counts.add_people(row.integration_id, int(not row.test_only) - int(was_counted and not was_deleted))
    event = ChangeEvent.USER_RESTORED if was_deleted else ChangeEvent.USER_REACTIVATED
    recording.user(row, event, origin, before=before, after=data)
    members.welcome(row, origin)
    return row


def _event(before: Json, after: Json) -> ChangeEvent:
    if before.get("active") and not after.get("active"):
        return ChangeEvent.USER_DEACTIVATED
    if after.get("active") and not before.get("active"):
        return ChangeEvent.USER_REACTIVATED
    return ChangeEvent.USER_UPDATED


def _is_test(row: ScimUser, event: ChangeEvent, origin: Origin) -> bool:
    if event is ChangeEvent.USER_DEACTIVATED:
        return row.test_only or test_people.is_passing(row, origin)
    if event is ChangeEvent.USER_REACTIVATED:
        return test_people.is_named(origin.integration, row.data)
    return row.test_only


def _set(row: ScimUser, data: Json) -> None:
    """The data, and the columns that filters and constraints stand on."""
    row.data = data
    row.user_name = data["userName"]
    row.user_name_key = data["userName"].casefold()
    row.external_id = data.get("externalId", "")
    row.display_name = (data.get("displayName") or data.get("name", {}).get("formatted") or "")[:512]
    row.active = data["active"]


def _save(row: ScimUser) -> None:
    try:
        row.save(force_insert=row._state.adding)
    except IntegrityError as error:
        raise Uniqueness(
            f'The userName "{row.user_name}" belongs to another User here.',
            remedy="Match on userName, or change one of the two.",
        ) from error


def _keep_emails(row: ScimUser, data: Json, *, anew: bool = False) -> None:
    if anew:
        UserEmail.objects.for_integration(row.integration_id).filter(user=row).delete()
    entries: Sequence[Json] = data.get("emails", [])
    UserEmail.objects.bulk_create(
        UserEmail(
            integration_id=row.integration_id,
            user=row,
            type=entry.get("type", "").casefold()[:64],
            value_key=entry["value"].casefold()[:1024],
        )
        for entry in entries
        if entry.get("value")
    )
