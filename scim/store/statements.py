"""The statements of the hot paths, compiled once (kit/prepared.py).

Each starts from the integration or from a row of it, so that its plan is one look into one index: the primary
key, user_name_unique, group_name_unique, user_external_id, group_external_id, user_listed, group_listed,
member_once.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from integrations.kit.prepared import Among, Insert, Select, Update
from scim.models import GroupMember, PendingMember, ScimGroup, ScimUser, UserEmail


def _users(integration: Any) -> QuerySet[ScimUser]:
    return ScimUser.objects.for_integration(integration).present()


def _groups(integration: Any) -> QuerySet[ScimGroup]:
    return ScimGroup.objects.for_integration(integration).present()


# A lock that leaves the key alone, so that nobody who only refers to the row waits for it.
user = Select[ScimUser](lambda integration, pk: _users(integration).filter(pk=pk), "integration", "pk")
user_locked = Select[ScimUser](
    lambda integration, pk: _users(integration).select_for_update(no_key=True).filter(pk=pk),
    *("integration", "pk"),
)
group = Select[ScimGroup](lambda integration, pk: _groups(integration).filter(pk=pk), "integration", "pk")
group_locked = Select[ScimGroup](
    lambda integration, pk: _groups(integration).select_for_update(no_key=True).filter(pk=pk),
    *("integration", "pk"),
)

# How much of a table a range and a limit take, a plan without their values could only guess.
users_page = Select[ScimUser](ScimUser.objects.listed, "integration", is_limited=True, is_planned_anew=True)
groups_page = Select[ScimGroup](
    ScimGroup.objects.listed, "integration", is_limited=True, is_planned_anew=True
)
# More than a name or an externalId has in a directory that is in order; beyond it the general way is taken.
# The number stands in the SQL: with a limit that is not known PostgreSQL would plan each time anew.
MOST_NAMESAKES = 500
users_named = Select[ScimUser](
    lambda integration, value: _users(integration).filter(user_name_key=value)[:MOST_NAMESAKES],
    *("integration", "value"),
)
users_known_as = Select[ScimUser](
    lambda integration, value: _users(integration).filter(external_id=value)[:MOST_NAMESAKES],
    *("integration", "value"),
)
groups_named = Select[ScimGroup](
    lambda integration, value: _groups(integration).filter(display_name_key=value)[:MOST_NAMESAKES],
    *("integration", "value"),
)
groups_known_as = Select[ScimGroup](
    lambda integration, value: _groups(integration).filter(external_id=value)[:MOST_NAMESAKES],
    *("integration", "value"),
)

# Those who are here first, then the newest tombstones. A tombstone beyond the hundredth says nothing new.
_NEWEST = (F("deleted_at").desc(nulls_first=True), "-pk")
_MOST_KNOWN = 100
known_by_name = Select[ScimUser](
    lambda integration, key: (
        ScimUser.objects.for_integration(integration)
        .select_for_update(no_key=True)
        .filter(user_name_key=key)
        .order_by(*_NEWEST)[:_MOST_KNOWN]
    ),
    *("integration", "key"),
)
known_by_both = Select[ScimUser](
    lambda integration, key, external_id: (
        ScimUser.objects.select_for_update(no_key=True)
        # all-tenants: each side names the integration, or SQLite would read all of its people by that alone
        .filter(
            Q(integration=integration, user_name_key=key)
            | Q(integration=integration, external_id=external_id)
        )
        .order_by(*_NEWEST)[:_MOST_KNOWN]
    ),
    *("integration", "key", "external_id"),
)

# user, group and the group's name
groups_of_user = Select[tuple[UUID, UUID, str]](
    lambda user: (
        GroupMember.objects.filter(user=user, group__deleted_at=None)  # all-tenants: of the person
        .order_by("group_id")
        .values_list("user_id", "group_id", "group__display_name")
    ),
    "user",
)
groups_of_users = Select[tuple[UUID, UUID, str]](
    lambda people: (
        GroupMember.objects.filter(Among("user_id", people), group__deleted_at=None)  # all-tenants: of people
        .order_by("user_id", "group_id")
        .values_list("user_id", "group_id", "group__display_name")
    ),
    "people",
)

insert_user = Insert(ScimUser)
insert_group = Insert(ScimGroup)
insert_email = Insert(UserEmail)
insert_member = Insert(GroupMember)
insert_pending = Insert(PendingMember)
update_user = Update(
    ScimUser,
    *("user_name", "user_name_key", "external_id", "display_name", "display_name_key", "active"),
    *("test_only", "data", "version", "updated_at", "deleted_at"),
)
update_group = Update(
    ScimGroup,
    *("display_name", "display_name_key", "external_id", "data", "member_rows"),
    *("version", "updated_at", "deleted_at"),
)
