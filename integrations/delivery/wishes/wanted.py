"""What the app shall have of a person or a group, now.

The rows belong to a room above, which registers itself as the source: whoever carries a delivery always
brings the newest, and nothing is kept twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from integrations.delivery.connector import Capability, Connector, Group, Person
from integrations.delivery.models import AppAccount, AppConnection
from integrations.delivery.wishes import entitlements, mapping

Json = dict[str, Any]
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A group that a person is in."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person as the IdP wants them; `groups` are those that exist."""

    id: UUID
    user_name: str
    external_id: str
    data: Json
    is_active: bool
    is_deleted: bool
    is_test: bool
    groups: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownGroup:
    id: UUID
    name: str
    external_id: str
    is_deleted: bool
    members: tuple[UUID, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Named:
    """A person or a group by name."""

    id: UUID
    name: str


class Source(Protocol):
    """Who knows people and groups; every call stays within the integration."""

    def people(self, integration_id: UUID, ids: Sequence[UUID]) -> dict[UUID, KnownPerson]:
        """Those of the ids that are known, deleted ones too. A few queries however many."""

    def tests(self, integration_id: UUID, ids: Collection[UUID]) -> set[UUID]:
        """Those of the ids whom a connection test of the IdP made. One query."""

    def page(self, integration_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
        """Ids of the people who are present and no test, in the order of their ids."""

    def groups(self, integration_id: UUID) -> Iterator[KnownGroup]:
        """The groups that are present, without members."""

    def group(self, integration_id: UUID, group_id: UUID) -> KnownGroup | None:
        """One group with its members, a deleted one too."""

    def emptied(self, integration_id: UUID, ids: Collection[UUID]) -> set[UUID]:
        """Those of the groups that are deleted, or that nobody is in. One query."""

    def ended(self, integration_id: UUID, people: Sequence[UUID]) -> dict[UUID, list[Held]]:
        """By person, the groups that were deleted while they were in them. One query."""

    def named(self, integration_id: UUID, beginning: str, limit: int) -> list[Named]:
        """People whose user name begins so, deleted ones too, in the order of their names. One query."""

    def present(self, integration_id: UUID, user_names: Collection[str]) -> dict[str, UUID]:
        """Those who are not deleted, inactive ones too, by case-folded user name. One query."""

    def departed(self, integration_id: UUID, user_names: Sequence[str]) -> dict[str, UUID]:
        """Those whom the IdP deleted, by case-folded user name; of several the latest. One query."""

    def groups_named(self, integration_id: UUID, beginning: str, limit: int) -> list[Named]:
        """Groups that are present and whose name begins so, in the order of their names. One query."""

    def members(self, integration_id: UUID, group_id: UUID, *, after: UUID | None, limit: int) -> list[UUID]:
        """Ids of the people in a group, of a deleted group too, in the order of their ids."""


_sources: list[Source] = []


def register(source: Source) -> None:
    """Called once, when the room that keeps people starts."""
    _sources[:] = [source]


def source() -> Source:
    if not _sources:
        raise LookupError("No source of people is registered.")
    return _sources[0]


def known(integration_id: UUID, person_id: UUID) -> KnownPerson | None:
    return source().people(integration_id, [person_id]).get(person_id)


def person(
    found: KnownPerson,
    connection: AppConnection,
    connector: type[Connector],
    *,
    account: AppAccount | None = None,
    kept: Sequence[Held] = (),
) -> Person:
    """The person as the app shall have them; `kept` are groups whose loss has not settled yet."""
    groups = {group.id: group for group in (*found.groups, *kept)}
    takes_groups = Capability.GROUPS in connector.capabilities
    return Person(
        id=str(found.id),
        user_name=found.user_name,
        external_id=found.external_id,
        data=found.data,
        attributes=mapping.of(found.data, connection.attributes),
        is_active=found.is_active,
        is_deleted=found.is_deleted,
        entitlements=entitlements.of(connection, tuple(groups.values()), as_groups=takes_groups),
        ref=account.ref if account else "",
    )


def group(found: KnownGroup, accounts: dict[UUID, str], ref: str) -> Group:
    """The group as the app shall have it; `accounts` gives the app's ids of its people."""
    return Group(
        id=str(found.id),
        name=found.name,
        external_id=found.external_id,
        is_deleted=found.is_deleted,
        members=tuple((str(pk), accounts.get(pk, "")) for pk in found.members),
        ref=ref,
    )
