"""What a connector is told of a delivery."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.delivery.connector import (
    LEAVING,
    OF_GROUPS,
    Capability,
    Connector,
    Entitlement,
    Event,
    Group,
    Intent,
    Mode,
    Order,
    Person,
)
from integrations.delivery.errands import claims
from integrations.delivery.errands.claims import Others
from integrations.delivery.models import AppAccount, AppConnection, Change, Delivery
from integrations.delivery.queue import emptied, lanes
from integrations.delivery.wishes import wanted
from integrations.delivery.wishes.wanted import Held, KnownPerson
from integrations.kit.prepared import Among

Leaving = AppConnection.Leaving


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to carry; `words` say why. `status`: how the delivery ends."""

    words: str
    status: Delivery.Status = Delivery.Status.DELIVERED


@dataclass(frozen=True, slots=True)
class Expand:
    """Everybody who holds the group has to be looked at, each in their own line."""

    intent: Intent


@dataclass(frozen=True, slots=True)
class _Known:
    """What the orders of a batch need, read in a few queries however many there are."""

    people: dict[UUID, KnownPerson]
    accounts: dict[UUID, AppAccount]
    # Their losses of groups that are not to be carried yet; the numbers of those kept for somebody's word.
    losses: dict[UUID, list[Delivery]] = field(default_factory=dict)
    kept: Set[int] = frozenset()
    groups: tuple[Group, ...] = ()
    # Large groups that were deleted, by person, whose loss is not in the person's line yet.
    ending: dict[UUID, list[Held]] = field(default_factory=dict)
    # Who has the accounts of those who have left.
    others: Others = field(default_factory=Others)
    apart: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Way:
    """How an integration's changes reach its app."""

    connection: AppConnection
    connector: type[Connector]


def prepare(deliveries: Sequence[Delivery], way: Way) -> list[Order | Nothing | Expand]:
    """The orders of some deliveries of one integration: from what is wanted now (state) or from the changes
    themselves (event)."""
    integration_id = way.connection.integration_id
    if way.connector.mode is Mode.EVENT:
        tests = wanted.source().tests(integration_id, {delivery.line for delivery in deliveries})
        return [_of_test() if one.line in tests else _event(one) for one in deliveries]
    lines = [delivery.line for delivery in deliveries if Intent(delivery.intent) not in OF_GROUPS]
    known = _Known({}, {})
    if lines:
        losses, kept = _losses(integration_id, lines)
        ending = _ending(integration_id, lines, way.connector)
        found = _known(wanted.source().people(integration_id, lines), way)
        known = replace(found, losses=losses, kept=kept, ending=ending)
    return [
        _group(delivery, way) if Intent(delivery.intent) in OF_GROUPS else _person(delivery, known, way)
        for delivery in deliveries
    ]


def for_person(found: KnownPerson, way: Way) -> Order | Nothing:
    """What would be carried for a person now: for the plan that an admin asks for."""
    integration_id = way.connection.integration_id
    delivery = Delivery(integration_id=integration_id, line=found.id, intent=Intent.UPDATE, version=1)
    return _person(delivery, _known({found.id: found}, way), way)


def _known(people: dict[UUID, KnownPerson], way: Way) -> _Known:
    """What is known of these people besides what waits for them."""
    integration_id = way.connection.integration_id
    theirs = accounts(integration_id, list(people))
    return _Known(
        people,
        theirs,
        groups=_groups(integration_id, way.connector),
        others=_others(people, theirs, way),
        apart=claims.kept_apart(integration_id, way.connector),
    )


def accounts(integration_id: UUID, lines: Sequence[UUID]) -> dict[UUID, AppAccount]:
    """What is known of the accounts of these people and groups in the app."""
    rows = AppAccount.objects.for_integration(integration_id).filter(Among("line", list(lines)))
    return {row.line: row for row in rows if row.line}


def _person(delivery: Delivery, known: _Known, way: Way) -> Order | Nothing:
    found = known.people.get(delivery.line)
    if found is None:
        return Nothing(_("The person is not known any more."))
    if found.is_test:
        return _of_test()
    losses = known.losses.get(delivery.line, ())
    kept = [
        Held(str(one.group_id), one.group_name) for one in losses if not _takes(delivery, one, known.kept)
    ]
    kept += known.ending.get(delivery.line, ())
    account = known.accounts.get(delivery.line)
    person = wanted.person(found, way.connection, way.connector, account=account, kept=kept)
    person = replace(person, known_groups=known.groups)
    leaves = person.is_deleted or not person.is_active
    intent = _leaving(delivery, person, way) if leaves else _staying(delivery, account)
    if isinstance(intent, Nothing):
        return intent
    if leaves and found.id in known.others.owners:
        return Nothing(claims.sentence(known.others.owners[found.id]), Delivery.Status.CANCELLED)
    person = replace(
        person,
        has_namesake=found.id in known.others.namesakes,
        not_theirs=frozenset(known.apart - {person.ref}),
    )
    if leaves and intent is Intent.REVOKE:
        # The policy: the account stays, without any role.
        person = replace(person, entitlements=(), is_active=True, is_deleted=False)
    return Order(
        intent=intent,
        key=delivery.key,
        sequence=delivery.number or 0,
        person=person,
        is_repeat=delivery.attempts > 0,
        is_leaving=leaves,
        override=delivery.override,
    )


def _of_test() -> Nothing:
    return Nothing(_("Made by a connection test of the identity provider."))


def _staying(delivery: Delivery, account: AppAccount | None) -> Intent | Nothing:
    """What is to be done now for somebody who is there."""
    if lanes.is_put_off(delivery):
        return Nothing(_("The person came back before the account was to be deleted."))
    if account is None or not account.ref:
        return Intent.CREATE
    intent = Intent(delivery.intent)
    return Intent.ACTIVATE if intent in LEAVING or not account.is_active else intent


def _leaving(delivery: Delivery, person: Person, way: Way) -> Intent | Nothing:
    """What leaving means here: the policies say. An account may be in the app that nobody here has seen."""
    choice = way.connection.on_delete if person.is_deleted else way.connection.on_deactivate
    if lanes.is_put_off(delivery) and person.is_deleted:
        deletes = choice == Leaving.DELETE
        deletes |= choice == Leaving.DEACTIVATE and way.connection.delete_after_days > 0
        return Intent.DELETE if deletes else Nothing(_("The deprovision policy deletes nobody any more."))
    if choice == Leaving.NOTHING:
        return Nothing(_("The deprovision policy says to do nothing."))
    intents = {
        Leaving.DEACTIVATE: Intent.DEACTIVATE,
        Leaving.DELETE: Intent.DELETE,
        Leaving.REMOVE_ROLES: Intent.REVOKE,
    }
    return intents[Leaving(choice)]


def _others(people: Mapping[UUID, KnownPerson], known: Mapping[UUID, AppAccount], way: Way) -> Others:
    by_name = Capability.ATTENDED in way.connector.capabilities
    return claims.of_others(way.connection.integration_id, people.values(), known, by_name=by_name)


def _groups(integration_id: UUID, connector: type[Connector]) -> tuple[Group, ...]:
    """Every group that is there, for connectors that keep groups. Two queries for each 500."""
    if Capability.GROUPS not in connector.capabilities:
        return ()
    found = list(wanted.source().groups(integration_id))
    refs: dict[UUID, AppAccount] = {}
    for at in range(0, len(found), wanted.CHUNK):
        refs |= accounts(integration_id, [one.id for one in found[at : at + wanted.CHUNK]])
    return tuple(wanted.group(one, {}, refs[one.id].ref if one.id in refs else "") for one in found)


def _losses(integration_id: UUID, lines: Sequence[UUID]) -> tuple[dict[UUID, list[Delivery]], Set[int]]:
    """The losses of groups, by person, that wait for their settle window, or that the safety brake holds or
    is going to hold; and the numbers of the latter."""
    free = Q(place__lte=Delivery.Place.HEAD, brake=Delivery.Brake.NONE)
    braked = Q(place=Delivery.Place.PARKED, brake=Delivery.Brake.HELD)
    rows = Delivery.objects.for_integration(integration_id).filter(line__in=lines, intent=Intent.REVOKE)
    losses = list(rows.filter(free | braked).order_by("number"))
    kept = emptied.kept(integration_id, losses)
    found: dict[UUID, list[Delivery]] = defaultdict(list)
    for one in losses:
        if one.number in kept or one.due_at > timezone.now():
            found[one.line].append(one)
    return found, kept


def _ending(
    integration_id: UUID, lines: Sequence[UUID], connector: type[Connector]
) -> dict[UUID, list[Held]]:
    """A connector that keeps groups carries the end of one by itself, and the safety brake holds that."""
    return {} if Capability.GROUPS in connector.capabilities else emptied.ending(integration_id, lines)


def _takes(delivery: Delivery, loss: Delivery, kept: Set[int]) -> bool:
    """Whether the loss goes with the delivery: its own, or one that settles and is taken by a gain."""
    is_gain = delivery.intent == Intent.GRANT and loss.number not in kept
    return is_gain or delivery.number == loss.number


def _group(delivery: Delivery, way: Way) -> Order | Nothing | Expand:
    if Capability.GROUPS not in way.connector.capabilities:
        # Also by an older change that is delivered once more. Where nobody is in it, nobody loses it.
        is_end = delivery.line in wanted.source().emptied(delivery.integration_id, {delivery.line})
        return Expand(Intent.REVOKE if is_end else Intent.UPDATE)
    found = wanted.source().group(delivery.integration_id, delivery.line)
    if found is None:
        return Nothing(_("The group is not known any more."))
    known = accounts(delivery.integration_id, [delivery.line, *found.members])
    refs = {line: account.ref for line, account in known.items()}
    return Order(
        intent=Intent.GROUP_DELETE if found.is_deleted else Intent(delivery.intent),
        key=delivery.key,
        sequence=delivery.number,
        group=wanted.group(found, refs, refs.get(delivery.line, "")),
        is_repeat=delivery.attempts > 0,
        override=delivery.override,
    )


def _event(delivery: Delivery) -> Order | Nothing:
    change = delivery.change
    if change is None:  # planned while a state connector was chosen
        return Nothing(_("It came from no change, and this connector tells changes alone."))
    entitlement = None
    if delivery.group_id:
        entitlement = Entitlement(delivery.group_name, delivery.group_name, str(delivery.group_id))
    return Order(
        intent=Intent(delivery.intent),
        key=delivery.key,
        sequence=delivery.number,
        event=Event(
            type=_event_type(delivery, change),
            id=str(delivery.line),
            at=change.at,
            trace_id=change.trace_id,
            actor=change.actor,
            before=None if entitlement else change.before,
            after=None if entitlement else change.after,
            delta=[] if entitlement else change.delta,
            entitlement=entitlement,
        ),
        is_repeat=delivery.attempts > 0,
        is_leaving=delivery.intent in LEAVING,
        override=delivery.override,
    )


def _event_type(delivery: Delivery, change: Change) -> str:
    if delivery.intent == Intent.GRANT:
        return "group.member_added"
    if delivery.intent == Intent.REVOKE:
        return "group.member_removed"
    return change.event
