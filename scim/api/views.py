"""People and groups that an identity provider keeps. Read only: they are the identity provider's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from integrations import addresses
from integrations.api.fields import Listed
from integrations.api.paging import ByKey, Page
from integrations.api.resource import Call, Resource, operation
from integrations.delivery.provisioning_state import Standing
from integrations.models import ApiKey, Integration
from integrations.roles import Action
from scim.api.serializers import GroupRow, GroupsAsked, MemberRow, UserDetail, UserRow, UsersAsked
from scim.models import GroupMember, ResourceQuerySet, ScimGroup, ScimUser, UserQuerySet
from scim.store import members, resources, standings, types

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A person, where they stand on the way into the app, and their SCIM resource where it was asked for."""

    row: ScimUser
    standing: Standing
    resource: Json | None = None


class Listing:
    """Rows of one integration that are present, in the order of their ids: an index holds them so."""

    def __init__(self, integration: Integration) -> None:
        self.integration = integration

    def first(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.order_by("integration_id", "pk")

    def beyond(self, rows: QuerySet[Any], place: Sequence[str]) -> QuerySet[Any]:
        return cast("ResourceQuerySet[Any]", rows).behind(self.integration, UUID(place[0]))

    def place(self, row: Any) -> list[str]:
        return [str(row.pk)]


class InState(Listing):
    """As `Listing`, of people who are active, or who are not: the rows come in their order."""

    def __init__(self, integration: Integration, *, active: bool) -> None:
        super().__init__(integration)
        self.active = active

    def first(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows

    def beyond(self, rows: QuerySet[Any], place: Sequence[str]) -> QuerySet[Any]:
        people = cast("UserQuerySet", rows)
        return people.behind_in_state(self.integration, UUID(place[0]), active=self.active)


def find_user(_key: ApiKey, found: Mapping[str, Any], pk: UUID) -> ScimUser:
    user: ScimUser = _one(ScimUser.objects.for_integration(found["integration"]), pk)
    return user


def find_group(_key: ApiKey, found: Mapping[str, Any], pk: UUID) -> ScimGroup:
    group: ScimGroup = _one(ScimGroup.objects.for_integration(found["integration"]), pk)
    return group


class Users(Resource):
    finders = {"user_id": find_user}

    @operation(action=Action.INTEGRATION_VIEW, summary="List users", gives=UserRow, asks=UsersAsked)
    def list(self, call: Call, integration: Integration) -> Page:
        """The people whom the identity provider has not deleted, in the order in which they came."""
        rows, order = ScimUser.objects.listed(integration), Listing(integration)
        if "active" in call.query:
            active = call.query["active"]
            rows, order = (
                ScimUser.objects.in_state(integration, active=active),
                InState(integration, active=active),
            )
        if "user_name" in call.query:
            rows = rows.filter(user_name_key=call.query["user_name"].casefold())
        if "external_id" in call.query:
            rows = rows.filter(external_id=call.query["external_id"])
        page = call.page(rows, order)
        standing = standings.of(integration, page.rows)
        return replace(page, rows=[Seen(row, standing[row.pk]) for row in page.rows])

    @operation(action=Action.INTEGRATION_VIEW, summary="Read a user", gives=UserDetail)
    def retrieve(self, call: Call, integration: Integration, user: ScimUser) -> Seen:
        """Also one whom the identity provider has deleted, with the SCIM resource."""
        base_url = addresses.scim_gateway_url(integration, call.request)
        groups = members.groups_of([user], base_url).get(user.pk, [])
        shown = resources.user(user, types.user(integration), base_url, groups=groups)
        return Seen(user, standings.of(integration, [user])[user.pk], shown)


class Groups(Resource):
    finders = {"group_id": find_group}

    @operation(action=Action.INTEGRATION_VIEW, summary="List groups", gives=GroupRow, asks=GroupsAsked)
    def list(self, call: Call, integration: Integration) -> Page:
        """Without members."""
        rows = ScimGroup.objects.listed(integration)
        if "display_name" in call.query:
            rows = rows.filter(display_name_key=call.query["display_name"].casefold())
        if "external_id" in call.query:
            rows = rows.filter(external_id=call.query["external_id"])
        return call.page(rows, Listing(integration))

    @operation(action=Action.INTEGRATION_VIEW, summary="Read a group", gives=GroupRow)
    def retrieve(self, _call: Call, integration: Integration, group: ScimGroup) -> ScimGroup:
        """Also one that the identity provider has deleted."""
        del integration
        return group

    @operation(action=Action.INTEGRATION_VIEW, summary="List a group's members", gives=MemberRow, asks=Listed)
    def members(self, call: Call, integration: Integration, group: ScimGroup) -> Page:
        """Those who are present, in the order of their ids."""
        del integration
        rows = GroupMember.objects.filter(group=group, user__deleted_at=None)  # all-tenants: of the group
        return call.page(rows.select_related("user"), ByKey("user_id"))


def _one(rows: Any, pk: UUID) -> Any:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
