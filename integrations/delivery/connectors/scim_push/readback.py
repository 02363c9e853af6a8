"""Whether the app shows what an order wants, in sentences."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from integrations.delivery.connector import Group, Intent, Order, Person, Verdict, Verified
from integrations.delivery.connectors.scim_push import attributes, groups, members, people
from integrations.delivery.connectors.scim_push.app import App

Json = dict[str, Any]


def of_person(app: App, order: Order, person: Person) -> Verified:
    user = attributes.wanted(person, order.override, app.service)
    leaves = order.intent in {Intent.DEACTIVATE, Intent.DELETE}
    account = people.find(app, person, user, claims=not (leaves or order.is_leaving))
    if account is None:
        words = _("The app has no account %(name)s.") % {"name": user["userName"]}
        return _match(words) if leaves or order.intent is Intent.REVOKE else _drift(words)
    name = {"name": str(account.get("userName") or user["userName"])}
    if order.intent is Intent.DELETE:
        return _drift(_("The app still has the account %(name)s.") % name)
    if order.intent is Intent.DEACTIVATE:
        if people.is_active(account):
            return _drift(_("The app shows %(name)s as active.") % name)
        return _match(_("The app shows %(name)s as inactive.") % name)
    differences = [*_of_account(order, user, account), *_of_groups(app, person, account)]
    return _drift(*differences) if differences else _match(_("The app shows %(name)s as wanted.") % name)


def of_group(app: App, order: Order, group: Group) -> Verified:
    shown = groups.find(app, group)
    if order.intent is Intent.GROUP_DELETE:
        still = _("The app still has the group %(group)s.") % {"group": group.name}
        return _drift(still) if shown else _match(_("The group is not in the app any more."))
    if shown is None:
        return _drift(_("The app has no group %(group)s.") % {"group": group.name})
    if shown.get("displayName") != group.name:
        words = _("In the app the group is called %(shown)s, not %(wanted)s.")
        return _drift(words % {"shown": shown.get("displayName"), "wanted": group.name})
    return _match(_("The app shows the group %(group)s.") % {"group": group.name})


def _of_account(order: Order, user: Json, account: Json) -> list[str]:
    found = []
    if order.intent is not Intent.REVOKE and not people.is_active(account):
        found.append(_("The app shows %(name)s as inactive.") % {"name": account.get("userName")})
    if str(account.get("userName", "")).casefold() != user["userName"].casefold():
        words = _("In the app the account is called %(shown)s, not %(wanted)s.")
        found.append(words % {"shown": account.get("userName"), "wanted": user["userName"]})
    return found


def _of_groups(app: App, person: Person, account: Json) -> list[str]:
    if not app.keeps_groups():
        return []
    seen = members.differences(app, person, account)
    missing = [_("Not in group %(group)s yet.") % {"group": group.name} for group in seen.joins]
    return [*missing, *(_("Still in group %(group)s.") % {"group": left.name} for left in seen.leaves)]


def _match(words: str) -> Verified:
    return Verified(Verdict.MATCH, words)


def _drift(*differences: str) -> Verified:
    return Verified(Verdict.DRIFT, " ".join(differences), differences)
