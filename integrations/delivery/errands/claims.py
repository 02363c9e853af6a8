"""Whose an account in the app is, where it was one person's and has become another's.

An identity provider that hires somebody again may make a new person, who finds the account under their name
and takes it over. Whoever had it before has no say about it any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from integrations.delivery.connector import LEAVING, Capability, Connector
from integrations.delivery.models import AppAccount, Delivery
from integrations.delivery.queue import lanes
from integrations.delivery.wishes import wanted
from integrations.delivery.wishes.wanted import KnownPerson


@dataclass(frozen=True, slots=True)
class Others:
    """Of those who have left, by id: the user name of who is there and has their account by now (`owners`);
    and who has another account while somebody who is there has their user name (`namesakes`)."""

    owners: Mapping[UUID, str] = field(default_factory=dict)
    namesakes: Set[UUID] = frozenset()


def of_others(
    integration_id: UUID,
    people: Iterable[KnownPerson],
    accounts: Mapping[UUID, AppAccount],
    *,
    by_name: bool = False,
) -> Others:
    """The app's id says whose an account is; where none is known, or whoever carries it goes `by_name`, the
    user name does. No query without leavers, five more at most."""
    gone = [one for one in people if not is_present(one)]
    leavers = [one.id for one in gone]
    refs = {pk: accounts[pk].ref for pk in leavers if pk in accounts and accounts[pk].ref}
    names = {one.id: one.user_name.casefold() for one in gone}
    holders = _by_ref(integration_id, set(refs.values()))
    named = _by_name(integration_id, set(names.values()))
    alike = {pk: named[names[pk]] - {pk} for pk in leavers}
    same = {pk: holders[refs.get(pk, "")] - {pk} for pk in leavers}
    there = _present(integration_id, set().union(*alike.values(), *same.values()))
    having = {pk: same[pk] | (alike[pk] if by_name or pk not in refs else set()) for pk in leavers}
    found = {pk: [there[line] for line in some if line in there] for pk, some in having.items()}
    owners = {pk: some[0].user_name for pk, some in found.items() if some}
    return Others(owners, {pk for pk in leavers if pk not in owners and not alike[pk].isdisjoint(there)})


def take(integration_id: UUID, taken: Mapping[str, UUID]) -> None:
    """These accounts, by the app's ids, are these people's: who had one before gives it up, and what was to
    become of it as they left is called off. Call it while writing; one query where nobody had one."""
    rows = AppAccount.objects.for_integration(integration_id).filter(ref__in=set(taken) - {""})
    older = {row.line: taken[row.ref] for row in rows if row.line and row.line != taken[row.ref]}
    # Groups are no people: in the app one may have the same id.
    known = _people(integration_id, {*older, *older.values()})
    for line, owner in older.items():
        if line in known and owner in known and is_present(known[owner]):
            give_up(integration_id, [line])
            leaving = Delivery.objects.for_integration(integration_id).filter(line=line, intent__in=LEAVING)
            idle = leaving.exclude(status=Delivery.Status.RUNNING)
            lanes.call_off(idle, sentence(known[owner].user_name))


def give_up(integration_id: UUID, lines: Collection[UUID]) -> None:
    """No account of the app is known as theirs any more. Call it while writing."""
    rows = AppAccount.objects.for_integration(integration_id).filter(line__in=lines)
    rows.update(ref="", is_active=False, differences=[], accepted=[], is_out_of_step=False)


def kept_apart(integration_id: UUID, connector: type[Connector]) -> Set[str]:
    """The app's ids of accounts that are to be left alone: few, for each was decided by hand. One query where
    the connector finds accounts. Index: account_found."""
    if Capability.LIST not in connector.capabilities:
        return frozenset()
    rows = AppAccount.objects.for_integration(integration_id).filter(line=None, is_kept_apart=True)
    return set(rows.values_list("ref", flat=True))


def sentence(user_name: str) -> str:
    return _("This account is %(name)s's by now.") % {"name": user_name}


def is_present(person: KnownPerson) -> bool:
    return person.is_active and not person.is_deleted


def _by_ref(integration_id: UUID, refs: Collection[str]) -> dict[str, set[UUID]]:
    """Who has each account. Index: account_by_ref."""
    found: dict[str, set[UUID]] = defaultdict(set)
    rows = AppAccount.objects.for_integration(integration_id).filter(ref__in=refs)
    for ref, line in rows.values_list("ref", "line") if refs else ():
        found[ref] |= {line} if line else set()
    return found


def _by_name(integration_id: UUID, names: Collection[str]) -> dict[str, set[UUID]]:
    """Who has each user name, and an account. Indexes: user_name_unique, account_once."""
    found: dict[str, set[UUID]] = defaultdict(set)
    named = wanted.source().present(integration_id, names) if names else {}
    rows = AppAccount.objects.for_integration(integration_id).filter(line__in=named.values(), is_gone=False)
    having = set(rows.values_list("line", flat=True)) if named else set()
    found.update({name: {line} for name, line in named.items() if line in having})
    return found


def _people(integration_id: UUID, lines: Collection[UUID]) -> dict[UUID, KnownPerson]:
    return wanted.source().people(integration_id, list(lines)) if lines else {}


def _present(integration_id: UUID, lines: Collection[UUID]) -> dict[UUID, KnownPerson]:
    return {pk: one for pk, one in _people(integration_id, lines).items() if is_present(one)}
