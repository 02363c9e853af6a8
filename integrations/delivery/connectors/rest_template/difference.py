"""What stands between an account as the app shows it and as it shall be, and the requests that mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from integrations.delivery.connector import Entitlement, Failed, Intent, Kind, Order, Person
from integrations.delivery.connectors.rest_template import rendering, templates, wording
from integrations.delivery.connectors.rest_template.answers import Seen, as_text
from integrations.delivery.connectors.rest_template.judging import Stopped
from integrations.delivery.connectors.rest_template.recipe import Recipe, Request
from integrations.delivery.connectors.rest_template.templates import Values
from integrations.delivery.telling import unlike

# What an account does not show and need not: it is another person's word for the account itself.
NEVER_SHOWN = frozenset({"person.id", "account.ref"})


@dataclass(frozen=True, slots=True)
class Want:
    """What shall be: `is_active` None leaves that as it is."""

    intent: Intent
    person: Person
    values: Values
    is_active: bool | None

    @classmethod
    def of(cls, order: Order, person: Person) -> Want:
        intent = order.intent
        person = replace(person, attributes={**person.attributes, **(order.override or {})})
        active = {Intent.DEACTIVATE: False, Intent.DELETE: False, Intent.REVOKE: None}.get(intent, True)
        return cls(intent, person, rendering.of_person(person, is_active=active is not False), active)

    @property
    def roles(self) -> tuple[Entitlement, ...]:
        return self.person.entitlements


@dataclass(frozen=True, slots=True)
class Action:
    """A request to send, with the values that it has besides those of the person."""

    request: Request
    words: str
    values: Values


def creation(recipe: Recipe) -> Action:
    """Raises Stopped where the recipe knows no way."""
    return _action(recipe, "create")


def actions(seen: Seen, want: Want, recipe: Recipe) -> list[Action]:
    """The requests that bring the account to what is wanted, in their order. Raises Stopped where the recipe
    knows no way."""
    match want.intent:
        case Intent.DELETE:
            return [] if seen.is_deleted else [_action(recipe, "delete", seen)]
        case Intent.DEACTIVATE:
            gone = seen.is_deleted or seen.is_active is False
            return [] if gone else [_switch(recipe, "deactivate", seen)]
    return list(_steps(seen, want, recipe))


def roles_of_new(want: Want, recipe: Recipe) -> list[Action]:
    """The roles that a new account is given after it was made, for a plan."""
    return list(_roles(Seen(ref="new-account", roles=()), want, recipe))


def sentences(seen: Seen | None, want: Want, recipe: Recipe) -> tuple[str, ...]:
    """What is otherwise than it shall be, as far as the app shows it."""
    is_there = seen is not None and not seen.is_deleted
    if want.intent is Intent.DELETE:
        return (_("The account is still there."),) if is_there else ()
    if want.intent is Intent.DEACTIVATE:
        is_on = is_there and seen is not None and seen.is_active is True
        return (_("The account is still active."),) if is_on else ()
    if seen is None or not is_there:
        return () if want.intent is Intent.REVOKE else (_("The account is not there."),)
    return tuple(_otherwise(seen, want, recipe))


def may_restore(seen: Seen, recipe: Recipe) -> bool:
    """Whether an account that the app keeps as deleted can come back instead of a new one."""
    return seen.is_deleted and recipe.get("activate") is not None


def _steps(seen: Seen, want: Want, recipe: Recipe) -> Iterator[Action]:
    update = recipe.get("update")
    wakes = _must_wake(seen, want)
    by_update = update is not None and "person.active" in update.sends
    if wakes and not (by_update and recipe.get("activate") is None):
        yield _action(recipe, "activate", seen)
        wakes = False
    if update is not None and (wakes or _is_due(seen, want, recipe)):
        yield _action(recipe, "update", seen)
    yield from _roles(seen, want, recipe)


def _must_wake(seen: Seen, want: Want) -> bool:
    if not want.is_active:
        return False
    asleep = seen.is_deleted or seen.is_active is False
    # Where the app does not show it, the order alone says it.
    return asleep or (seen.is_active is None and want.intent is Intent.ACTIVATE)


def _is_due(seen: Seen, want: Want, recipe: Recipe) -> bool:
    if next(_fields(seen, want, recipe), None) is not None:
        return True
    missing, surplus = _role_changes(seen, want, recipe)
    if _sends_roles(recipe) and (missing or surplus):
        return True
    # What the app does not show is sent each time that the person changes.
    return bool(_unseen(recipe)) and want.intent not in {Intent.GRANT, Intent.REVOKE}


def _roles(seen: Seen, want: Want, recipe: Recipe) -> Iterator[Action]:
    missing, surplus = _role_changes(seen, want, recipe)
    # What is gained comes first: some apps take a seat from whoever has no role.
    for role in missing if recipe.get("grant") else ():
        yield _with_role(_action(recipe, "grant", seen), role)
    for value in surplus if recipe.get("revoke") else ():
        yield _with_role(_action(recipe, "revoke", seen), Entitlement(value, value))


def _otherwise(seen: Seen, want: Want, recipe: Recipe) -> Iterator[str]:
    if want.is_active and seen.is_active is False:
        yield _("The account is not active.")
    yield from of_values(seen, want, recipe)
    missing, surplus = _role_changes(seen, want, recipe)
    if recipe.get("grant") or _sends_roles(recipe):
        yield from (_("The role %s is missing.") % role.name for role in missing)
    if recipe.get("revoke") or _sends_roles(recipe):
        yield from (_("The role %s is still there.") % value for value in surplus)


def of_values(seen: Seen, want: Want, recipe: Recipe) -> Iterator[str]:
    """What is otherwise of the values that an update would set, in sentences."""
    for name, has, wants in _fields(seen, want, recipe):
        yield unlike.sentence(name, has, wants)


def _fields(seen: Seen, want: Want, recipe: Recipe) -> Iterator[tuple[str, str, str]]:
    """Name, what is there, what shall be: of each value that differs and that an update would set."""
    update = recipe.get("update")
    for name, field in recipe.read.fields.items() if update else ():
        if update is None or not field.shall_be.names & update.sends:
            continue
        has = _shown(seen, name)
        wants = as_text(field.shall_be.value(want.values))
        same = has.casefold() == wants.casefold() if name in {"user_name", "email"} else has == wants
        if not same:
            yield name, has, wants


def _shown(seen: Seen, name: str) -> str:
    if name in {"user_name", "email", "external_id"}:
        return str(getattr(seen, name))
    return as_text(seen.attributes.get(name))


def _role_changes(seen: Seen, want: Want, recipe: Recipe) -> tuple[list[Entitlement], list[str]]:
    """What is missing, and what is there without being wanted; nothing where roles are not shown."""
    if seen.roles is None:
        return [], []
    wanted = {role.value for role in want.roles}
    missing = [role for role in want.roles if role.value not in seen.roles]
    surplus = [value for value in seen.roles if value not in wanted | recipe.kept_roles]
    return missing, surplus


def _sends_roles(recipe: Recipe) -> bool:
    """Whether roles are set by the update itself."""
    update = recipe.get("update")
    apart = recipe.get("grant") or recipe.get("revoke")
    return update is not None and "roles" in update.sends and apart is None


def _unseen(recipe: Recipe) -> frozenset[str]:
    update = recipe.get("update")
    shown: frozenset[str] = frozenset()
    for field in recipe.read.fields.values():
        shown |= field.shall_be.names
    shown |= {"person.active"} if recipe.read.active else set()
    shown |= {"roles", *templates.OF_ROLE} if recipe.reads_roles else set()
    return update.sends - shown - NEVER_SHOWN if update else frozenset()


def _switch(recipe: Recipe, name: str, seen: Seen) -> Action:
    update = recipe.get("update")
    if recipe.get(name) is None and update is not None and "person.active" in update.sends:
        return Action(update, wording.of_request(name), {"account.ref": seen.ref})
    return _action(recipe, name, seen)


def _action(recipe: Recipe, name: str, seen: Seen | None = None) -> Action:
    request = recipe.get(name)
    if request is None:
        reason = _("The recipe has no request “%s”.") % name
        raise Stopped(Failed(Kind.INVALID, reason, fix=_("Add it, or choose another policy.")))
    values: dict[str, Any] = {"account.ref": seen.ref} if seen else {}
    return Action(request, wording.of_request(name), values)


def _with_role(action: Action, role: Entitlement) -> Action:
    words = wording.of_role(action.request.name, role.name)
    return Action(action.request, words, {**action.values, **rendering.of_role(role)})
