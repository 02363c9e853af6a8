"""What there is to do for one person: worked out by reading, told in words, and done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from integrations.delivery.connector import Intent, Order, Person, Step
from integrations.delivery.connectors.scim_push import app as apps
from integrations.delivery.connectors.scim_push import attributes, members, people
from integrations.delivery.connectors.scim_push.app import App
from integrations.delivery.connectors.scim_push.attributes import Change
from integrations.delivery.connectors.scim_push.members import Memberships

Json = dict[str, Any]
SHOWN_CHARACTERS = 120
NO_MEMBERSHIPS = Memberships()


@dataclass(frozen=True, slots=True)
class Work:
    """`account` is None where there is none; `ends`: it is to be deleted, and nothing else is done."""

    person: Person
    user: Json
    account: Json | None
    creates: bool = False
    ends: bool = False
    changes: tuple[Change, ...] = ()
    memberships: Memberships = NO_MEMBERSHIPS

    @property
    def name(self) -> str:
        return str((self.account or self.user).get("userName") or self.user["userName"])

    @property
    def is_found(self) -> bool:
        """Whether the account was in the app before the gateway came."""
        if self.account is None or self.person.ref:
            return False
        return bool(self.account.get("externalId") != self.user["externalId"])

    @property
    def is_nothing(self) -> bool:
        moves = (self.creates, self.ends, self.changes, self.memberships.joins, self.memberships.leaves)
        return not any(moves)


def work_out(app: App, order: Order, person: Person) -> Work:
    """Reads, and sends nothing. Halts where the app does not go along."""
    user = attributes.wanted(person, order.override, app.service)
    leaves = order.intent in {Intent.DEACTIVATE, Intent.DELETE}
    account = people.find(app, person, user, claims=not (leaves or order.is_leaving))
    if order.intent is Intent.DELETE:
        return Work(person, user, account, ends=account is not None)
    if order.intent is Intent.DEACTIVATE:
        is_on = account is not None and people.is_active(account)
        off = (Change("active", value=False, shown=True),) if is_on else ()
        return Work(person, user, account, changes=off)
    if account is None and order.intent is Intent.REVOKE:
        return Work(person, user, None)
    if order.intent is Intent.REVOKE:
        # A policy may have left the account of somebody who is gone, inactive perhaps: it stays as it is.
        user = {name: value for name, value in user.items() if name != "active"}
    return Work(
        person,
        user,
        account,
        creates=account is None,
        changes=_changes(app, user, account) if account else (),
        memberships=members.differences(app, person, account) if app.keeps_groups() else NO_MEMBERSHIPS,
    )


def do(app: App, work: Work) -> str:
    """Does it, step by step; the app's id of the account, "" where there is none."""
    if work.ends and work.account:
        people.delete(app, apps.ref_of(work.account))
        return ""
    account = work.account
    if work.creates:
        account, is_made = people.create(app, work.person, work.user)
        if not is_made:
            people.change(app, account, _changes(app, work.user, account))
    elif account:
        people.change(app, account, work.changes)
    if account is None:
        return ""
    ref = apps.ref_of(account)
    for left in work.memberships.leaves:
        members.leave(app, left.ref, ref)
    for group in work.memberships.joins:
        members.join(app, group, ref)
    return ref


def steps(work: Work) -> list[Step]:
    """In plain words, in the order in which it is done."""
    name = {"name": work.name}
    if work.ends:
        return [Step(_("Delete the account %(name)s.") % name)]
    found = []
    if work.creates:
        found.append(Step(_("Create the account %(name)s.") % name, detail=_facts(work.user)))
    elif work.is_found:
        words = _("The account %(name)s is there already, and is taken over.")
        found.append(Step(words % name, effect=False))
    found += [_change(work, change) for change in work.changes]
    found += [Step(_("Take from group %(group)s.") % {"group": one.name}) for one in work.memberships.leaves]
    found += [Step(_("Add to group %(group)s.") % {"group": one.name}) for one in work.memberships.joins]
    if work.is_nothing:
        words = (
            _("Nothing to do: %(name)s is as wanted.") if work.account else _("Nothing to do: no account.")
        )
        found.append(Step(words % name, effect=False))
    return found


def _changes(app: App, user: Json, account: Json) -> tuple[Change, ...]:
    return tuple(attributes.differences(user, account, clears=app.is_set("clears")))


def _change(work: Work, change: Change) -> Step:
    path = change.path.rpartition(":")[2]
    if path == "active":
        words = _("Activate the account %(name)s.") if change.value else _("Deactivate the account %(name)s.")
        return Step(words % {"name": work.name})
    if path == "userName":
        words = _("Rename the account %(old)s to %(new)s.")
        return Step(words % {"old": work.name, "new": change.value})
    if change.value is None:
        return Step(_("Empty %(attribute)s.") % {"attribute": path})
    words = _("Set %(attribute)s to %(value)s.")
    return Step(words % {"attribute": path, "value": _text(change.value)[:SHOWN_CHARACTERS]})


def _facts(user: Json) -> str:
    return "\n".join(f"{name.rpartition(':')[2]}: {_text(value)}" for name, value in user.items())


def _text(value: Any) -> str:
    """Several values, and parts of one, beside each other."""
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, dict):
        shown = value.get("value") or value.get("formatted")
        return str(shown) if shown else ", ".join(f"{name} {_text(one)}" for name, one in value.items())
    return str(value)
