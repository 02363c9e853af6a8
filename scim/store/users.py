"""People: find, create, replace, patch, delete. Call the writing ones inside a write transaction."""

from __future__ import annotations

from dataclasses import dataclass
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
from scim.models import ScimUser, UserEmail
from scim.store import counts, members, recording, rehire, statements, trials, types
from scim.store.origin import Origin

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A person after a create. `may_be_in_groups` False: nobody has to look for their groups."""

    row: ScimUser
    may_be_in_groups: bool


def find(integration: Integration, user_id: UUID, *, locked: bool = False) -> ScimUser:
    """The person, deleted ones not; NotFound for every other id. One query."""
    statement = statements.user_locked if locked else statements.user
    row = statement.first(integration=integration.pk, pk=user_id)
    if row is None:
        raise NotFound(f"There is no User {user_id} here.")
    row.integration = integration
    return row


def create(origin: Origin, reading: Reading) -> Arrived:
    """A new person, or the same one back after deactivation or deletion (DESIGN: rehire). Uniqueness for
    one who is here."""
    data = {**reading.data, "active": reading.data.get("active", True)}
    known = rehire.find(origin.integration, data)
    if known is not None:
        bring_back = _apply if known.deleted_at is None else _restore
        return Arrived(bring_back(known, data, origin), may_be_in_groups=True)
    row = statements.insert_user.new(
        integration_id=origin.integration.pk, test_only=trials.is_named(origin.integration, data)
    )
    row.integration = origin.integration
    row.updated_at = row.created_at
    _set(row, data)
    _save(row)
    _keep_emails(row, data)
    recording.user(row, ChangeEvent.USER_CREATED, origin, before=None, after=data)
    return Arrived(row, may_be_in_groups=_count(row, origin, added=_counted(row), may_be_awaited=True))


def replace(row: ScimUser, reading: Reading, origin: Origin) -> ScimUser:
    """PUT: what is absent is unassigned (RFC 7644 3.5.1). An absent `active` is not asserted: nobody comes
    back by omission."""
    return _apply(row, {**reading.data, "active": reading.data.get("active", row.active)}, origin)


def patch(row: ScimUser, request: PatchRequest, origin: Origin) -> engine.Patched:
    """Applies a PATCH to the row; the result carries quirks and names set aside."""
    patched = engine.apply(row.data, request, types.user(origin.integration), own_id=str(row.pk))
    _apply(row, {"active": row.active, **patched.data}, origin)
    return patched


def delete(row: ScimUser, origin: Origin) -> None:
    """Leaves a tombstone, by which the person is known when they come back."""
    before, was = row.data, _counted(row)
    row.deleted_at = timezone.now()
    row.version += 1
    row.test_only = row.test_only or trials.is_passing(row, origin)
    statements.update_user.one(row)
    recording.user(row, ChangeEvent.USER_DELETED, origin, before=before, after=None)
    _count(row, origin, removed=was)


def _apply(row: ScimUser, data: Json, origin: Origin) -> ScimUser:
    """Brings the row to `data`; where nothing differs, nothing is written."""
    before = row.data
    if before == data:
        return row
    event, was = _event(before, data), _counted(row)
    row.test_only = _is_test(row, event, origin, data=data)
    _set(row, data)
    row.version += 1
    row.updated_at = timezone.now()
    _save(row)
    if before.get("emails") != data.get("emails"):
        _keep_emails(row, data, anew=True)
    recording.user(row, event, origin, before=before, after=data)
    renamed = before.get("externalId") != data.get("externalId")
    if renamed or was != _counted(row):
        _count(row, origin, removed=was, added=_counted(row), may_be_awaited=renamed)
    return row


def _restore(row: ScimUser, data: Json, origin: Origin) -> ScimUser:
    """Makes a deleted person present again, as `data` says."""
    # An app that is told of somebody restored may let them in: who comes back inactive is not told of so.
    event = ChangeEvent.USER_RESTORED if data["active"] else ChangeEvent.USER_DEACTIVATED
    before = row.data
    row.test_only = _is_test(row, event, origin, data=data)
    row.deleted_at = None
    _set(row, data)
    row.version += 1
    row.updated_at = timezone.now()
    _save(row)
    _keep_emails(row, data, anew=True)
    recording.user(row, event, origin, before=before, after=data)
    _count(row, origin, added=_counted(row), may_be_awaited=True)
    return row


def _counted(row: ScimUser) -> str:
    """Which of the integration's counts the person is in."""
    return "test_people" if row.test_only else "people"


def _count(
    row: ScimUser, origin: Origin, *, removed: str = "", added: str = "", may_be_awaited: bool = False
) -> bool:
    """Moves the person from one count to another, and into the groups that wait for them; True for any."""
    changes = {name: (name == added) - (name == removed) for name in ("people", "test_people")}
    waiting = counts.add(row.integration_id, **changes)
    return bool(waiting and may_be_awaited and members.welcome(row, origin))


def _event(before: Json, after: Json) -> ChangeEvent:
    if before.get("active") and not after.get("active"):
        return ChangeEvent.USER_DEACTIVATED
    if after.get("active") and not before.get("active"):
        return ChangeEvent.USER_REACTIVATED
    return ChangeEvent.USER_UPDATED


def _is_test(row: ScimUser, event: ChangeEvent, origin: Origin, *, data: Json) -> bool:
    if event is ChangeEvent.USER_DEACTIVATED:
        return row.test_only or trials.is_passing(row, origin)
    if event in {ChangeEvent.USER_REACTIVATED, ChangeEvent.USER_RESTORED}:
        return trials.is_named(origin.integration, data)
    return row.test_only


def _set(row: ScimUser, data: Json) -> None:
    """The data, and the columns that filters and constraints stand on."""
    row.data = data
    row.user_name = data["userName"]
    row.user_name_key = data["userName"].casefold()
    row.external_id = data.get("externalId", "")
    row.display_name = (data.get("displayName") or data.get("name", {}).get("formatted") or "")[:512]
    row.display_name_key = row.display_name.casefold()[:512]
    row.active = data["active"]


def _save(row: ScimUser) -> None:
    try:
        if row._state.adding:
            statements.insert_user.one(row)
        else:
            statements.update_user.one(row)
    except IntegrityError as error:
        raise Uniqueness(
            f'The userName "{row.user_name}" belongs to another User here.',
            remedy="Match on userName, or change one of the two.",
        ) from error


def _keep_emails(row: ScimUser, data: Json, *, anew: bool = False) -> None:
    if anew:
        UserEmail.objects.for_integration(row.integration_id).filter(user=row).delete()
    statements.insert_email.many(
        [
            statements.insert_email.new(
                integration_id=row.integration_id,
                user_id=row.pk,
                type=entry.get("type", "").casefold(),
                value_key=entry["value"].casefold(),
            )
            for entry in data.get("emails", [])
            if "value" in entry
        ]
    )
