"""Who is in which group of the app: only of the groups that this gateway keeps there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from integrations.delivery.connector import Group, Person
from integrations.delivery.connectors.scim_push import app as apps
from integrations.delivery.connectors.scim_push import groups
from integrations.delivery.connectors.scim_push.app import App
from integrations.delivery.connectors.scim_push.client import Reply, address, equals
from integrations.delivery.connectors.scim_push.groups import GROUPS

Json = dict[str, Any]
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Left:
    """A group of the app that a person shall not be in any more."""

    ref: str
    name: str


@dataclass(frozen=True, slots=True)
class Memberships:
    """What a person shall join and leave."""

    joins: tuple[Group, ...] = ()
    leaves: tuple[Left, ...] = ()


def differences(app: App, person: Person, account: Json | None) -> Memberships:
    """A membership in a group that is not known here is nobody's business here."""
    ids = {one.group_id for one in person.entitlements}
    wanted = [group for group in person.known_groups if group.id in ids]
    others = [group for group in person.known_groups if group.id not in ids]
    # What an account shows of its groups has no external ids: it will do where all ids in the app are known.
    is_enough = all(group.ref for group in person.known_groups)
    held = _held(app, account, as_shown=is_enough) if account else {}
    joins = [group for group in wanted if not any(_is(group, ref, one) for ref, one in held.items())]
    leaves = [
        Left(ref, str(one.get("displayName") or one.get("display") or ref))
        for ref, one in held.items()
        if any(_is(group, ref, one) for group in others) and not any(_is(group, ref, one) for group in wanted)
    ]
    return Memberships(tuple(joins), tuple(leaves))


def join(app: App, group: Group, account_ref: str) -> None:
    """Puts one person into a group, which is made where it is not there."""
    if group.ref and add(app, group.ref, [account_ref], bears={404}).is_good:
        return
    shown, _made = groups.ensure(app, group)
    add(app, apps.ref_of(shown), [account_ref])


def leave(app: App, ref: str, account_ref: str) -> None:
    """Takes one person out; where the group or the membership is gone, it is as wanted."""
    if not app.service.patches:
        groups.put(app, ref, lambda whole: _without(whole, account_ref))
        return
    remove = {"op": "remove", "path": f"members[{equals('value', account_ref)}]"}
    reply = app.client.patch(address(GROUPS, ref), remove, bears={400, 404})
    if reply.status == 400 and reply.body.get("scimType") != "noTarget":
        # As apps want it that know no filter in a path.
        listed = {"op": "remove", "path": "members", "value": [{"value": account_ref}]}
        app.client.patch(address(GROUPS, ref), listed)


def fill(app: App, group: Group, ref: str) -> int:
    """Puts in those of its people who are missing and have an account; how many.

    Nobody is taken out: who leaves has an order of their own, and who else is in it is not ours.
    """
    reply = app.client.get(address(GROUPS, ref), may_cut=True)
    shown = {str(one.get("value")) for one in _members(reply.body)}
    missing = [account for _person, account in group.members if account and account not in shown]
    if missing and not app.service.patches:
        add(app, ref, missing)
        return len(missing)
    return sum(_add_some(app, ref, missing[at : at + CHUNK]) for at in range(0, len(missing), CHUNK))


def add(app: App, ref: str, accounts: Sequence[str], *, bears: set[int] | None = None) -> Reply:
    entries = [{"value": account} for account in accounts]
    if app.service.patches:
        operation = {"op": "add", "path": "members", "value": entries}
        return app.client.patch(address(GROUPS, ref), operation, bears=bears or ())
    return groups.put(app, ref, lambda whole: _with(whole, entries))


def _add_some(app: App, ref: str, accounts: Sequence[str]) -> int:
    """How many were put in. One account that the app has lost does not keep the others out."""
    if add(app, ref, accounts, bears={400}).is_good:
        return len(accounts)
    if len(accounts) == 1:
        return 0
    half = len(accounts) // 2
    return _add_some(app, ref, accounts[:half]) + _add_some(app, ref, accounts[half:])


def _held(app: App, account: Json, *, as_shown: bool) -> dict[str, Json]:
    """The groups that an account is in, by the app's ids: as the account shows them, as a filter finds them,
    or by reading through every group."""
    shown = account.get("groups")
    if as_shown and isinstance(shown, list) and shown:
        # RFC 7643 4.1.2: an indirect membership comes from another group, and cannot be ended here.
        direct = [one for one in shown if isinstance(one, dict) and one.get("type") != "indirect"]
        return {str(one["value"]): one for one in direct if one.get("value")}
    ref = apps.ref_of(account)
    if app.service.member_filter:
        condition = equals(app.service.member_filter, ref)
        found = app.client.search(GROUPS, condition, excludedAttributes="members") or []
    else:
        every = app.all_of(GROUPS)
        found = [one for one in every if any(str(member.get("value")) == ref for member in _members(one))]
    return {apps.ref_of(one): one for one in found if one.get("id")}


def _is(group: Group, ref: str, shown: Json) -> bool:
    """Whether what the app shows is this group. By name only while its id in the app is not known."""
    external_id = shown.get("externalId")
    if group.ref == ref or external_id in groups.own_ids(group):
        return True
    name = str(shown.get("displayName") or shown.get("display") or "")
    return not group.ref and not external_id and name.casefold() == group.name.casefold()


def _members(body: Json) -> list[Json]:
    found = body.get("members")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _with(whole: Json, entries: Sequence[Json]) -> None:
    there = {str(one.get("value")) for one in _members(whole)}
    whole["members"] = [*_members(whole), *(one for one in entries if one["value"] not in there)]


def _without(whole: Json, account_ref: str) -> None:
    whole["members"] = [one for one in _members(whole) if str(one.get("value")) != account_ref]
