"""People and groups for whoever delivers them (delivery/wishes/wanted.py): read, and never written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from integrations.delivery.wishes import wanted
from integrations.delivery.wishes.wanted import Held, KnownGroup, KnownPerson, Named
from integrations.kit.key_field import begins_with
from integrations.kit.prepared import Among
from scim.models import GroupMember, ScimGroup, ScimUser

# Entra ID puts the object id, 32 hex digits, before the name of whom it deletes: so the name is free again.
_FREED = re.compile(r"\A[0-9a-f]{32}(?=[^@\s]+@)", re.IGNORECASE)


class Rows:
    """The rows of this room."""

    def people(self, integration_id: UUID, ids: Sequence[UUID]) -> dict[UUID, KnownPerson]:
        rows = list(ScimUser.objects.for_integration(integration_id).filter(pk__in=ids))
        # all-tenants: of these people
        held = GroupMember.objects.filter(user__in=rows, group__deleted_at=None)
        groups = _groups_in(held)
        names = {row.pk: _name_in_app(row) for row in rows}
        return {
            row.pk: KnownPerson(
                id=row.pk,
                user_name=names[row.pk],
                external_id=row.external_id,
                data=row.data if names[row.pk] == row.user_name else row.data | {"userName": names[row.pk]},
                is_active=row.active,
                is_deleted=row.deleted_at is not None,
                is_test=row.test_only,
                groups=tuple(groups.get(row.pk, ())),
            )
            for row in rows
        }

    def tests(self, integration_id: UUID, ids: Collection[UUID]) -> set[UUID]:
        people = ScimUser.objects.for_integration(integration_id).filter(pk__in=ids, test_only=True)
        return set(people.values_list("pk", flat=True))

    def page(self, integration_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
        people = ScimUser.objects.listed(integration_id).filter(test_only=False)
        if after is not None:
            people = people.filter(pk__gt=after)
        return list(people.values_list("pk", flat=True)[:limit])

    def groups(self, integration_id: UUID) -> Iterator[KnownGroup]:
        for row in ScimGroup.objects.listed(integration_id).iterator(chunk_size=500):
            yield _group(row)

    def group(self, integration_id: UUID, group_id: UUID) -> KnownGroup | None:
        row = ScimGroup.objects.for_integration(integration_id).filter(pk=group_id).first()
        if row is None:
            return None
        present = GroupMember.objects.filter(group=row, user__deleted_at=None)  # all-tenants: of the group
        return _group(row, tuple(present.order_by("user_id").values_list("user_id", flat=True)))

    def emptied(self, integration_id: UUID, ids: Collection[UUID]) -> set[UUID]:
        # all-tenants: of the groups in hand
        members = GroupMember.objects.filter(group=OuterRef("pk"), user__deleted_at=None)
        groups = ScimGroup.objects.for_integration(integration_id).filter(Among("pk", list(ids)))
        empty = groups.filter(~Q(deleted_at=None) | ~Exists(members))
        return set(empty.values_list("pk", flat=True))

    def ended(self, integration_id: UUID, people: Sequence[UUID]) -> dict[UUID, list[Held]]:
        # all-tenants: held to the integration by the group
        rows = GroupMember.objects.filter(user__in=people, group__integration=integration_id)
        return _groups_in(rows.exclude(group__deleted_at=None))

    def named(self, integration_id: UUID, beginning: str, limit: int) -> list[Named]:
        people = ScimUser.objects.for_integration(integration_id)
        found = people.filter(begins_with("user_name_key", beginning.casefold()), test_only=False)
        rows = found.order_by("user_name_key", "pk").values_list("pk", "user_name")
        return [Named(pk, name) for pk, name in rows[:limit]]

    def present(self, integration_id: UUID, user_names: Collection[str]) -> dict[str, UUID]:
        people = ScimUser.objects.for_integration(integration_id).present()
        named = people.filter(user_name_key__in=user_names, test_only=False)
        return dict(named.order_by("pk").values_list("user_name_key", "pk"))

    def departed(self, integration_id: UUID, user_names: Sequence[str]) -> dict[str, UUID]:
        people = ScimUser.objects.for_integration(integration_id)
        gone = people.filter(user_name_key__in=user_names, test_only=False).exclude(deleted_at=None)
        return dict(gone.order_by("pk").values_list("user_name_key", "pk"))

    def groups_named(self, integration_id: UUID, beginning: str, limit: int) -> list[Named]:
        groups = ScimGroup.objects.for_integration(integration_id).present()
        found = groups.filter(begins_with("display_name_key", beginning.casefold()))
        rows = found.order_by("display_name_key", "pk").values_list("pk", "display_name")
        return [Named(pk, name) for pk, name in rows[:limit]]

    def members(self, integration_id: UUID, group_id: UUID, *, after: UUID | None, limit: int) -> list[UUID]:
        rows = GroupMember.objects.filter(  # all-tenants: held to the integration by the group
            group_id=group_id, group__integration=integration_id, user__deleted_at=None, user__test_only=False
        )
        if after is not None:
            rows = rows.filter(user_id__gt=after)
        return list(rows.order_by("user_id").values_list("user_id", flat=True)[:limit])


def _name_in_app(row: ScimUser) -> str:
    """By what an app knows the person, whatever the IdP has made of the name as they left."""
    is_present = row.active and row.deleted_at is None
    return row.user_name if is_present else _FREED.sub("", row.user_name)


def _groups_in(rows: QuerySet[GroupMember]) -> dict[UUID, list[Held]]:
    found: dict[UUID, list[Held]] = defaultdict(list)
    names = rows.order_by("group_id").values_list("user_id", "group_id", "group__display_name")
    for user_id, group_id, name in names:
        found[user_id].append(Held(str(group_id), name))
    return found


def _group(row: ScimGroup, members: tuple[UUID, ...] = ()) -> KnownGroup:
    return KnownGroup(
        id=row.pk,
        name=row.display_name,
        external_id=row.external_id,
        is_deleted=row.deleted_at is not None,
        members=members,
    )


wanted.register(Rows())
