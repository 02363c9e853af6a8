"""Who is in which group: rows of their own and set arithmetic in the database, whatever the group's size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.utils import timezone

from integrations.delivery.change import ChangeEvent
from scim.core.errors import InvalidValue
from scim.core.members import Member
from scim.core.patch.member_edits import MemberOperation
from scim.core.patch.request import Kind
from scim.core.resource_types import GROUP, USER
from scim.models import GroupMember, PendingMember, ScimGroup, ScimUser
from scim.store import recording, resources
from scim.store.delta import Delta
from scim.store.origin import Origin

MOST_PENDING = 1_000
# Parameters a statement: SQLite takes 32,766.
CHUNK = 5_000


def apply(group: ScimGroup, operations: Sequence[MemberOperation]) -> Delta:
    """Carries out member operations in order; the group's row is locked by the caller."""
    delta = Delta()
    for operation in operations:
        values = [member.value for member in operation.values]
        match operation.kind:
            case Kind.ADD:
                _add(group, values, delta)
            case Kind.REMOVE:
                _remove(group, values, delta)
            case Kind.REPLACE:
                _replace(group, values, delta)
    return delta


def set_to(group: ScimGroup, wanted: Sequence[Member]) -> Delta:
    """Exactly these members, no others."""
    return apply(group, [MemberOperation(Kind.REPLACE, tuple(wanted))])


def welcome(user: ScimUser, origin: Origin) -> None:
    """Makes the memberships that waited for this person, known by id or externalId."""
    names = [str(user.pk), user.external_id] if user.external_id else [str(user.pk)]
    waiting = PendingMember.objects.for_integration(user.integration_id).filter(value__in=names)
    for pending in waiting.select_related("group").order_by("group_id", "pk"):
        group = (
            ScimGroup.objects.for_integration(user.integration_id)
            .select_for_update()
            .get(pk=pending.group_id)
        )
        pending.delete()
        if group.deleted_at is None and _insert(group, {user.pk}):
            group.version += 1
            group.updated_at = timezone.now()
            group.save(update_fields=["version", "updated_at"])
            delta = Delta(added={user.pk})
            event = ChangeEvent.GROUP_MEMBERS_CHANGED
            recording.group(group, event, origin, before=group.data, delta=delta)


def of_group(group: ScimGroup, base_url: str, *, most: int | None = None) -> list[dict[str, Any]]:
    """The members as a SCIM value, in the order they came; at most `most`."""
    rows = (
        # all-tenants: the group is the tenant's
        GroupMember.objects.filter(group=group, user__deleted_at=None)
        .order_by("pk")
        .values_list("user_id", "user__display_name", "user__user_name")
    )
    return [
        {
            "value": str(user_id),
            "$ref": resources.location(USER, user_id, base_url),
            "display": display_name or user_name,
            "type": "User",
        }
        for user_id, display_name, user_name in (rows[:most] if most else rows.iterator(CHUNK))
    ]


def of_groups(groups: Sequence[ScimGroup], base_url: str) -> dict[UUID, list[dict[str, Any]]]:
    """As `of_group`, for a page of groups in one query."""
    rows = (
        # all-tenants: the groups are the tenant's
        GroupMember.objects.filter(group__in=groups, user__deleted_at=None)
        .order_by("pk")
        .values_list("group_id", "user_id", "user__display_name", "user__user_name")
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for group_id, user_id, display_name, user_name in rows.iterator(CHUNK):
        found.setdefault(group_id, []).append(
            {
                "value": str(user_id),
                "$ref": resources.location(USER, user_id, base_url),
                "display": display_name or user_name,
                "type": "User",
            }
        )
    return found


def groups_of(users: Sequence[ScimUser], base_url: str) -> dict[UUID, list[dict[str, Any]]]:
    """The groups of each person as a SCIM value, in one query for all."""
    rows = (
        # all-tenants: the people are the tenant's
        GroupMember.objects.filter(user__in=users, group__deleted_at=None)
        .order_by("pk")
        .values_list("user_id", "group_id", "group__display_name")
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for user_id, group_id, display_name in rows:
        found.setdefault(user_id, []).append(
            {
                "value": str(group_id),
                "$ref": resources.location(GROUP, group_id, base_url),
                "display": display_name,
                "type": "direct",
            }
        )
    return found


def _add(group: ScimGroup, values: list[str], delta: Delta) -> None:
    known, unknown = _resolve(group, values)
    delta.add(_insert(group, known))
    delta.pending |= _keep_pending(group, unknown)


def _remove(group: ScimGroup, values: list[str], delta: Delta) -> None:
    ids = {user_id for value in values if (user_id := _uuid(value))}
    delta.remove(_delete(group, ids))
    PendingMember.objects.for_integration(group.integration_id).filter(group=group, value__in=values).delete()


def _replace(group: ScimGroup, values: list[str], delta: Delta) -> None:
    known, unknown = _resolve(group, values)
    # Also those of deleted people, which nobody sees: they are not in the set that was sent.
    # all-tenants: of the group
    held = set(GroupMember.objects.filter(group=group).values_list("user_id", flat=True))
    delta.remove(_delete(group, held - known))
    delta.add(_insert(group, known - held))
    waiting = PendingMember.objects.for_integration(group.integration_id).filter(group=group)
    waiting.exclude(value__in=unknown).delete()
    delta.pending |= _keep_pending(group, unknown)


def _resolve(group: ScimGroup, values: list[str]) -> tuple[set[UUID], list[str]]:
    """The ids of people who are here, and the values that name nobody here."""
    by_id = {user_id: value for value in values if (user_id := _uuid(value))}
    people = ScimUser.objects.for_integration(group.integration_id).present()
    known = {pk for ids in _chunks(by_id) for pk in people.filter(pk__in=ids).values_list("pk", flat=True)}
    named = {by_id[pk] for pk in known}
    return known, [value for value in values if value not in named]


def _insert(group: ScimGroup, ids: set[UUID]) -> set[UUID]:
    """Adds rows for those who are not in the group yet; returns them."""
    present = {pk for chunk in _chunks(ids) for pk in _rows(group, chunk).values_list("user_id", flat=True)}
    fresh = ids - present
    GroupMember.objects.bulk_create(
        (GroupMember(group=group, user_id=pk) for pk in sorted(fresh)),
        batch_size=CHUNK,
        ignore_conflicts=True,
    )
    return fresh


def _delete(group: ScimGroup, ids: set[UUID]) -> set[UUID]:
    """Deletes the rows of those who are in the group; returns whom people could see."""
    seen: set[UUID] = set()
    for chunk in _chunks(ids):
        rows = _rows(group, chunk)
        seen.update(rows.filter(user__deleted_at=None).values_list("user_id", flat=True))
        rows.delete()
    return seen


def _rows(group: ScimGroup, ids: list[UUID]) -> Any:
    return GroupMember.objects.filter(group=group, user_id__in=ids)  # all-tenants: of the group


def _keep_pending(group: ScimGroup, values: list[str]) -> set[str]:
    wanted = set(values)
    if not wanted:
        return wanted
    waiting = PendingMember.objects.for_integration(group.integration_id).filter(group=group)
    if waiting.exclude(value__in=wanted).count() + len(wanted) > MOST_PENDING:
        raise InvalidValue(
            f"The group would have more than {MOST_PENDING} members who are not known here.",
            remedy="Create the people first.",
        )
    rows = (
        PendingMember(integration_id=group.integration_id, group=group, value=value)
        for value in sorted(wanted)
    )
    PendingMember.objects.bulk_create(rows, ignore_conflicts=True)
    return wanted


def _uuid(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


def _chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    iterator = iter(ids)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
