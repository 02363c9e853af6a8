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
    """The entitlements, the highest first; of groups of one name, the first counts.

    Without rules each group is an entitlement of its name. With rules only what they name counts: all that
    match or the highest of them, and where none matches the default, if there is one.
    """
    by_name = {group.name.casefold(): group for group in reversed(groups)}
    if as_groups or not connection.roles:
        every = groups if as_groups else by_name.values()
        return tuple(Entitlement(group.name, group.name, group.id) for group in sorted(every, key=_by_name))
    found: dict[str, Entitlement] = {}
    for rule in connection.roles:
        group = by_name.get(str(rule["group"]).casefold())
        if group is not None:
            entitlement = Entitlement(rule["value"], rule.get("name") or rule["value"], group.id)
            found.setdefault(entitlement.value, entitlement)
    if not found and connection.default_role:
        return (Entitlement(connection.default_role, connection.default_role),)
    matching = tuple(found.values())
    return matching[:1] if connection.role_choice == AppConnection.RoleChoice.HIGHEST else matching


def _by_name(group: InGroup) -> tuple[str, str]:
    return group.name.casefold(), group.id
