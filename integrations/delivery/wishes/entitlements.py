"""What a person holds in the app because of the groups that they are in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from integrations.delivery.connector import Entitlement
from integrations.delivery.models import AppConnection


class InGroup(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


def of(
    connection: AppConnection, groups: Sequence[InGroup], *, as_groups: bool = False
) -> tuple[Entitlement, ...]:
    """The entitlements, the highest first.

    Without rules each group is an entitlement of its name. With rules only what they name counts: all that
    match or the highest of them, and where none matches the default, if there is one.
    """
    if as_groups or not connection.roles:
        return tuple(Entitlement(group.name, group.name, group.id) for group in sorted(groups, key=_by_name))
    by_name = {group.name.casefold(): group for group in groups}
    found: dict[str, Entitlement] = {}
    for rule in connection.roles:
        group = by_name.get(str(rule["group"]).casefold())
        if group is not None:
            entitlement = Entitlement(rule["value"], rule.get("name") or rule["value"], group.id)
            found.setdefault(entitlement.value, entitlement)
    if not found and connection.default_role:
        return (Entitlement(connection.default_role, connection.default_role),)
    every = tuple(found.values())
    return every[:1] if connection.role_choice == AppConnection.RoleChoice.HIGHEST else every


def _by_name(group: InGroup) -> tuple[str, str]:
    return group.name.casefold(), group.id
