"""Pages of people and groups of one integration."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

from integrations.models import Integration
from scim.models import ScimGroup, ScimUser
from scim.store import members, ordering, query, resources, statements, types
from scim.store.shelf import Page, Place, Shelf, Wanted, Window
from scim.store.sifting import MEMBERS_A_RESOURCE, Names

Json = dict[str, Any]


def users(
    integration: Integration, wanted: Wanted, at: Window | Place, *, base_url: str = ""
) -> Page[ScimUser]:
    """A page of people. `base_url` is where the addresses in an answer begin, for filters on them."""
    shelf = Shelf(
        integration=integration,
        rows=functools.partial(ScimUser.objects.listed, integration),
        held=integration.people_count + integration.test_people_count,
        columns=query.user_columns,
        named={"userName": statements.users_named, "externalId": statements.users_known_as},
        whole=statements.users_page,
        order=ordering.of_users,
        as_json=functools.partial(_users_as_json, integration=integration, base_url=base_url),
    )
    return shelf.page(wanted, at)


def groups(
    integration: Integration, wanted: Wanted, at: Window | Place, *, base_url: str = ""
) -> Page[ScimGroup]:
    """As `users`, for groups."""
    shelf = Shelf(
        integration=integration,
        rows=functools.partial(ScimGroup.objects.listed, integration),
        held=integration.group_count,
        columns=query.group_columns,
        named={"displayName": statements.groups_named, "externalId": statements.groups_known_as},
        whole=statements.groups_page,
        order=ordering.of_groups,
        as_json=functools.partial(_groups_as_json, base_url=base_url),
        weight=_weight,
        fitting=members.fitting,
    )
    return shelf.page(wanted, at)


def _users_as_json(
    rows: Sequence[ScimUser], looked_at: Names, *, integration: Integration, base_url: str
) -> list[Json]:
    resource_type = types.user(integration)
    groups_of = members.groups_of(rows, base_url) if "groups" in looked_at else {}
    return [resources.user(row, resource_type, base_url, groups=groups_of.get(row.pk, ())) for row in rows]


def _groups_as_json(rows: Sequence[ScimGroup], looked_at: Names, *, base_url: str) -> Iterator[Json]:
    """Their members are read only if they are looked at, and only so many of them at a time as an answer
    holds."""
    has_members = "members" in looked_at
    while rows:
        number = members.fitting(rows) if has_members else len(rows)
        members_of = members.of_groups(rows[:number], base_url) if has_members else {}
        yield from (resources.group(row, base_url, members_of.get(row.pk)) for row in rows[:number])
        rows = rows[number:]


def _weight(row: ScimGroup, looked_at: Names) -> int:
    return 1 + row.member_rows // MEMBERS_A_RESOURCE if "members" in looked_at else 1
