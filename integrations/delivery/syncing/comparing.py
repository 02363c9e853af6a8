"""What is otherwise in the app than it is wanted, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.delivery.connector import Capability, Connector, Entitlement, Person
from integrations.delivery.models import AppAccount, AppConnection
from integrations.delivery.syncing import shown
from integrations.delivery.wishes import wanted
from integrations.delivery.wishes.wanted import KnownPerson
from integrations.models import Integration

Leaving = AppConnection.Leaving
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Measure:
    """What accounts are held against. `ours`: the case-folded roles that may be missed as well as found too
    many; None where that is any role, since the connector gives and takes them all. `reader`: who has read
    the accounts, and compares their attributes; None: those are left out."""

    connection: AppConnection
    connector: type[Connector]
    ours: Set[str] | None
    reader: Connector | None = None


def measure(
    integration: Integration,
    connection: AppConnection,
    connector: type[Connector],
    *,
    reader: Connector | None = None,
) -> Measure:
    """Reads the groups once: of a connector that keeps groups, those of the app's own are not ours."""
    if Capability.GROUPS not in connector.capabilities:
        return Measure(connection, connector, None, reader)
    names = {group.name.casefold() for group in wanted.source().groups(integration.pk)}
    return Measure(connection, connector, names, reader)


def stays(found: KnownPerson) -> bool:
    return found.is_active and not found.is_deleted


def missing() -> str:
    return _("There is no account in the app.")


def differences(account: AppAccount, found: KnownPerson, by: Measure) -> list[str]:
    """Of an account that is in the app; [] where all is as wanted."""
    person = wanted.person(found, by.connection, by.connector, account=account)
    if stays(found):
        inactive = [] if account.is_active else [_("The account is not active in the app.")]
        return [*inactive, *_attributes(account, person, by), *_roles(account, person, by)][:MOST_TOLD]
    choice = by.connection.on_delete if found.is_deleted else by.connection.on_deactivate
    if choice == Leaving.DELETE:
        return [_("The account is still in the app.")]
    if choice == Leaving.DEACTIVATE:
        return [_("The account is still active in the app.")] if account.is_active else []
    if choice == Leaving.REMOVE_ROLES:
        return _surplus(account, (), by)[:MOST_TOLD]
    return []


def settle(account: AppAccount, found: Iterable[str]) -> None:
    """Notes the differences; those that somebody has accepted are told again only once they have gone."""
    new = list(found)
    account.accepted = [one for one in account.accepted if one in new]
    account.differences = [one for one in new if one not in account.accepted]
    account.is_out_of_step = bool(account.differences)


def _attributes(account: AppAccount, person: Person, by: Measure) -> Sequence[str]:
    listed = shown.listed(account)
    return () if by.reader is None or listed is None else by.reader.otherwise(person, listed)


def _roles(account: AppAccount, person: Person, by: Measure) -> list[str]:
    if not account.shows_roles or Capability.GRANT not in by.connector.capabilities:
        return []
    has = {str(role).casefold() for role in account.roles}
    lacking = [one.name for one in person.entitlements if not _names(one) & has]
    words = _("The role %(role)s is missing in the app.")
    return [*(words % {"role": name} for name in lacking), *_surplus(account, person.entitlements, by)]


def _surplus(account: AppAccount, entitled: Iterable[Entitlement], by: Measure) -> list[str]:
    if not account.shows_roles:
        return []
    due = {name for one in entitled for name in _names(one)}
    more = [role for role in account.roles if str(role).casefold() not in due]
    words = _("In the app there is also the role %(role)s.")
    return [words % {"role": role} for role in more if by.ours is None or str(role).casefold() in by.ours]


def _names(entitlement: Entitlement) -> set[str]:
    """An app may tell a role by its value or by its name."""
    return {entitlement.value.casefold(), entitlement.name.casefold()}
