"""Who is in which group: rows of their own and set arithmetic in the database, whatever the group's size."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from integrations.delivery.queue.change import ChangeEvent
from integrations.kit.prepared import Among
from scim.core.errors import InvalidValue
from scim.core.members import Member
from scim.core.patch.member_edits import MemberOperation
from scim.core.patch.request import Kind
from scim.core.resource_types import GROUP, USER
from scim.models import GroupMember, PendingMember, ResourceQuerySet, ScimGroup, ScimUser
from scim.store import counts, recording, resources, statements
from scim.store.delta import Delta
from scim.store.origin import Origin

MOST_PENDING = 1_000
MOST_LISTED = 50_000
# Parameters a statement: SQLite takes 32,766.
CHUNK = 5_000
T = TypeVar("T")


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


def welcome(user: ScimUser, origin: Origin) -> bool:
    """Makes the memberships that waited for this person, known by id or externalId; True if there were any.

    The integration's row is locked by the caller, and groups are locked before it elsewhere: so a group that
    someone else holds is not waited for, and the whole transaction is done again (kit/transactions.py).
    """
    names = [str(user.pk), user.external_id] if user.external_id else [str(user.pk)]
    waiting = PendingMember.objects.for_integration(user.integration_id).filter(value__in=names)
    group_ids = sorted(set(waiting.values_list("group_id", flat=True)))
    for group in _locked(user.integration_id, group_ids):
        counts.add(user.integration_id, pending=-waiting.filter(group=group).delete()[0])
        if not _is_in(group, user):
            _insert(group, [user.pk])
            group.version += 1
            group.updated_at = timezone.now()
            statements.update_group.one(group)
            delta = Delta(added={user.pk})
            event = ChangeEvent.GROUP_MEMBERS_CHANGED
            recording.group(group, event, origin, before=group.data, delta=delta)
    return bool(group_ids)


def forget_pending(group: ScimGroup) -> int:
    """Nobody is awaited any more by a group that goes; returns how many were."""
    waiting = PendingMember.objects.for_integration(group.integration_id).filter(group=group)
    return waiting.delete()[0]


def of_groups(groups: Sequence[ScimGroup], base_url: str) -> dict[UUID, list[dict[str, Any]]]:
    """The members of each group as a SCIM value, by the time they were made, in one query for all."""
    rows = (
        # all-tenants: the groups are the tenant's
        GroupMember.objects.filter(group__in=groups, user__deleted_at=None)
        .order_by("group_id", "user_id")
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


def fitting(groups: Sequence[ScimGroup]) -> int:
    """How many of the groups, from the first, have no more members than one answer may hold; the first
    always fits."""
    together = itertools.accumulate(group.member_rows for group in groups)
    return max(1, sum(number <= MOST_LISTED for number in together)) if groups else 0


def groups_of(users: Sequence[ScimUser], base_url: str) -> dict[UUID, list[dict[str, Any]]]:
    """The groups of each person as a SCIM value, in one query for all. People of one group share its value:
    it is not to be changed in place."""
    if len(users) == 1:
        rows = statements.groups_of_user.all(user=users[0].pk)
    else:
        rows = statements.groups_of_users.all(people=[user.pk for user in users])
    values: dict[UUID, dict[str, Any]] = {}
    found: dict[UUID, list[dict[str, Any]]] = {}
    for user_id, group_id, display_name in rows:
        if group_id not in values:
            values[group_id] = _group_value(group_id, display_name, base_url)
        found.setdefault(user_id, []).append(values[group_id])
    return found


def _group_value(group_id: UUID, display_name: str, base_url: str) -> dict[str, Any]:
    return {
        "value": str(group_id),
        "$ref": resources.location(GROUP, group_id, base_url),
        "display": display_name,
        "type": "direct",
    }


def _is_in(group: ScimGroup, user: ScimUser) -> bool:
    return GroupMember.objects.filter(group=group, user=user).exists()  # all-tenants: of the group


def _locked(integration_id: UUID, group_ids: Sequence[UUID]) -> list[ScimGroup]:
    rows = ScimGroup.objects.for_integration(integration_id).present().filter(Among("pk", list(group_ids)))
    is_shared = connection.features.has_select_for_update_nowait
    return list(rows.select_for_update(no_key=True, nowait=is_shared).order_by("pk"))


def _add(group: ScimGroup, values: list[str], delta: Delta) -> None:
    known, unknown = _resolve(group, values)
    delta.add(_insert(group, {pk for pk, is_in in known.items() if not is_in}))
    _await(group, unknown, delta)


def _remove(group: ScimGroup, values: list[str], delta: Delta) -> None:
    """A member is in the group or awaited by it, never both: only who was not in it is looked for there."""
    ids = {user_id: value for value in values if (user_id := _uuid(value))}
    went = _delete(group, ids)
    others = set(values) - {ids[pk] for pk in went}
    for names in _chunks(others):
        went |= _delete(group, _people(group).filter(external_id__in=names).values_list("pk", flat=True))
    delta.remove(went)
    if others and group.integration.pending_count:
        waiting = PendingMember.objects.for_integration(group.integration_id).filter(group=group)
        _forget(group, waiting.filter(Among("value", list(others))))


def _replace(group: ScimGroup, values: list[str], delta: Delta) -> None:
    known, unknown = _resolve(group, values)
    # Also those of deleted people, which nobody sees: they are not in the set that was sent.
    # all-tenants: of the group
    held = set(GroupMember.objects.filter(group=group).values_list("user_id", flat=True))
    delta.remove(_delete(group, held - known.keys()))
    delta.add(_insert(group, known.keys() - held))
    waiting = PendingMember.objects.for_integration(group.integration_id).filter(group=group)
    _forget(group, waiting.exclude(Among("value", unknown)))
    _await(group, unknown, delta)


def _resolve(group: ScimGroup, values: Iterable[str]) -> tuple[dict[UUID, bool], list[str]]:
    """The people who are here, with whether the group has them, and the values that name nobody here.

    A value names a person by id, else by externalId, as it does when the person comes after it.
    """
    by_id = {user_id: value for value in values if (user_id := _uuid(value))}
    held = GroupMember.objects.filter(group=group, user=OuterRef("pk"))  # all-tenants: of the group
    people = _people(group).annotate(held=Exists(held))
    known: dict[UUID, bool] = {}
    for ids in _chunks(by_id):
        known.update(people.filter(pk__in=ids).values_list("pk", "held"))
    named = {by_id[pk] for pk in known}
    unknown = [value for value in values if value not in named]
    for names in _chunks(unknown):
        for pk, name, is_in in people.filter(external_id__in=names).values_list("pk", "external_id", "held"):
            known[pk] = is_in
            named.add(name)
    return known, [value for value in unknown if value not in named]


def _people(group: ScimGroup) -> ResourceQuerySet[ScimUser]:
    return ScimUser.objects.for_integration(group.integration_id).present()


def _insert(group: ScimGroup, fresh: Iterable[UUID]) -> set[UUID]:
    """Adds rows for people who are not in the group; the group's row is locked, so nobody else adds them."""
    rows = [GroupMember(group=group, user_id=pk) for pk in sorted(fresh)]
    group.member_rows += len(rows)
    for start in range(0, len(rows), CHUNK):
        statements.insert_member.many(rows[start : start + CHUNK])
    return {row.user_id for row in rows}


def _delete(group: ScimGroup, ids: Iterable[UUID]) -> set[UUID]:
    """Deletes the rows of those who are in the group; returns whom people could see."""
    seen: set[UUID] = set()
    for chunk in _chunks(ids):
        rows = GroupMember.objects.filter(group=group, user_id__in=chunk)  # all-tenants: of the group
        seen.update(rows.filter(user__deleted_at=None).values_list("user_id", flat=True))
        group.member_rows -= rows.delete()[0]
    return seen


def _await(group: ScimGroup, values: Iterable[str], delta: Delta) -> None:
    """Keeps values that name nobody here, once each. InvalidValue beyond what a group may await."""
    wanted = set(values)
    if not wanted:
        return
    waiting = PendingMember.objects.for_integration(group.integration_id).filter(group=group)
    held = set(waiting.values_list("value", flat=True))
    if len(held | wanted) > MOST_PENDING:
        raise InvalidValue(
            f"The group would have more than {MOST_PENDING} members who are not known here.",
            remedy="Create the people first.",
        )
    # Behind this lock nobody who arrives is missed: whoever came before it is found now, whoever comes after
    # it finds what is kept here.
    counts.add(group.integration_id)
    come, unknown = _resolve(group, wanted - held)
    delta.add(_insert(group, [pk for pk, is_in in come.items() if not is_in]))
    group.integration.pending_count = counts.add(group.integration_id, pending=len(unknown))
    statements.insert_pending.many(
        [
            PendingMember(integration_id=group.integration_id, group=group, value=value)
            for value in sorted(unknown)
        ]
    )
    delta.pending |= (wanted & held) | set(unknown)


def _forget(group: ScimGroup, waiting: Any) -> None:
    if number := waiting.delete()[0]:
        counts.add(group.integration_id, pending=-number)


def _uuid(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


def _chunks(ids: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(ids)
    while chunk := list(itertools.islice(iterator, CHUNK)):
        yield chunk
