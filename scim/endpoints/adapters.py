"""What django-scim2's verbs work on: a row of ours behind the adapter's contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest
from django_scim.adapters import SCIMMixin

from scim.core import projection, resource
from scim.core.patch import request as patch_request
from scim.core.schema import ResourceType
from scim.endpoints import exchange as exchanges
from scim.endpoints.exchange import Exchange
from scim.models import ScimGroup, ScimUser
from scim.store import freshness, groups, members, resources, users

Json = dict[str, Any]


def user_model() -> type[ScimUser]:
    return ScimUser


class Adapter(SCIMMixin):  # type: ignore[misc]  # django-scim2 is not typed
    """`obj` is a row, or None until POST has made one.

    Each writing method runs inside the view's transaction.
    """

    id_field = "pk"
    resource_type: ClassVar[str]
    obj: Any

    @property
    def scim_type(self) -> ResourceType:
        raise NotImplementedError

    @property
    def exchange(self) -> Exchange:
        return exchanges.of(self.request)

    @property
    def location(self) -> str:
        return resources.location(self.scim_type, self.obj.pk, self.exchange.base_url)

    @property
    def version(self) -> str:
        return resources.version(self.obj)

    def validate_dict(self, d: Json) -> None:
        self.reading = resource.read(d, self.scim_type)
        self.exchange.note(self.reading.quirks, self.reading.set_aside)

    def from_dict(self, d: Json) -> None:
        """Nothing is left to do: `validate_dict` has read it, `save` writes it."""

    def read_patch(self, body: Json) -> patch_request.PatchRequest:
        return patch_request.parse(body, self.scim_type, budget=self.exchange.budget)

    def patched(self) -> Json | None:
        """What a PATCH answers; None for no body."""
        shown: Json = self.to_dict()
        return shown

    def is_as_it_was(self) -> bool:
        """Whether an answer shows nothing that changed without the version."""
        raise NotImplementedError

    def projected(self, resources: Iterable[Json]) -> list[Json]:
        """What the answer shows of them."""
        wish, scim_type = self.exchange, self.scim_type
        return [
            projection.project(one, scim_type, attributes=wish.attributes, excluded=wish.excluded)
            for one in resources
        ]

    def shows(self, name: str) -> bool:
        wish = self.exchange
        return projection.wants(self.scim_type, name, attributes=wish.attributes, excluded=wish.excluded)


class UserAdapter(Adapter):
    resource_type = "User"
    may_be_in_groups = True

    @property
    def scim_type(self) -> ResourceType:
        return self.exchange.user_type

    @classmethod
    def find(cls, request: HttpRequest, row_id: UUID, *, locked: bool) -> ScimUser:
        return users.find(exchanges.of(request).integration, row_id, locked=locked)

    def save(self) -> None:
        if self.obj is None:
            arrived = users.create(self.exchange.origin, self.reading)
            self.obj, self.may_be_in_groups = arrived.row, arrived.may_be_in_groups
        else:
            users.replace(self.obj, self.reading, self.exchange.origin)

    def delete(self) -> None:
        users.delete(self.obj, self.exchange.origin)

    def patch(self, body: Json) -> None:
        patched = users.patch(self.obj, self.read_patch(body), self.exchange.origin)
        self.exchange.note(patched.quirks, patched.set_aside)

    def to_dict(self) -> Json:
        return self.many([self.obj])[0]

    def is_as_it_was(self) -> bool:
        return not self.shows("groups") or freshness.are_groups_as_they_were(self.obj)

    def many(self, rows: Sequence[ScimUser]) -> list[Json]:
        """A page of people; their groups in one query, and in none when they are not asked for."""
        base_url, scim_type = self.exchange.base_url, self.scim_type
        has_groups = rows and self.may_be_in_groups and self.shows("groups")
        groups_of = members.groups_of(rows, base_url) if has_groups else {}
        return self.projected(
            resources.user(row, scim_type, base_url, groups=groups_of.get(row.pk, ())) for row in rows
        )


class GroupAdapter(Adapter):
    resource_type = "Group"
    # RFC 7644 3.5.2 lets a PATCH answer 204: a large group is not sent back for each new member.
    MOST_SENT_BACK = 1_000

    @property
    def scim_type(self) -> ResourceType:
        return self.exchange.group_type

    @classmethod
    def find(cls, request: HttpRequest, row_id: UUID, *, locked: bool) -> ScimGroup:
        return groups.find(exchanges.of(request).integration, row_id, locked=locked)

    def save(self) -> None:
        if self.obj is None:
            self.obj = groups.create(self.exchange.origin, self.reading)
        else:
            groups.replace(self.obj, self.reading, self.exchange.origin)

    def delete(self) -> None:
        groups.delete(self.obj, self.exchange.origin)

    def patch(self, body: Json) -> None:
        patched, delta = groups.patch(self.obj, self.read_patch(body), self.exchange.origin)
        self.exchange.note(patched.quirks, patched.set_aside)
        self.exchange.pending = len(delta.pending)

    def to_dict(self) -> Json:
        return self.many([self.obj])[0]

    def is_as_it_was(self) -> bool:
        return not self.shows("members") or freshness.are_members_as_they_were(self.obj)

    def many(self, rows: Sequence[ScimGroup]) -> list[Json]:
        """A page of groups; their members in one query, and in none when they are not asked for."""
        base_url = self.exchange.base_url
        members_of = members.of_groups(rows, base_url) if rows and self.shows("members") else {}
        return self.projected(resources.group(row, base_url, members_of.get(row.pk)) for row in rows)

    def patched(self) -> Json | None:
        """The group after a PATCH; None where it is too large, or where members still wait whom it cannot
        show. RFC 7644 3.5.2: whoever asks for attributes gets them."""
        if self.exchange.attributes:
            return self.to_dict()
        if self.exchange.pending:
            return None
        if self.shows("members") and self.obj.member_rows > self.MOST_SENT_BACK:
            return None
        return self.to_dict()
