"""Reads accounts and roles out of the app."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from integrations.delivery.connector import Entitlement, Failed, Kind, Retry
from integrations.delivery.connectors.rest_template import answers, paging, templates
from integrations.delivery.connectors.rest_template.answers import NotUnderstood, Seen
from integrations.delivery.connectors.rest_template.calling import Answered, App
from integrations.delivery.connectors.rest_template.judging import Said, Stopped
from integrations.delivery.connectors.rest_template.paging import Turn
from integrations.delivery.connectors.rest_template.recipe import Recipe, Request, RoleList
from integrations.delivery.connectors.rest_template.templates import Values
from integrations.delivery.telling import kept_apart

FIND_BY = ("external_id", "user_name", "email")


def account(
    app: App, values: Values, *, ref: str = "", claims: bool = True, apart: Set[str] = frozenset()
) -> Seen | None:
    """The person's account: by the app's id where one is known, else by upstream id, user name, e-mail. None
    where there is none.

    A user name whose account shows another upstream id, or is kept `apart`, stops who `claims` it; for a
    leaver that account is somebody else's. Such an e-mail alone says nothing. Raises Stopped.
    """
    found = _got(app, values, ref) if ref else None
    if found is None:
        found = _found(app, values, ref, claims=claims, apart=apart)
    return _with_roles(app, found) if found else None


def page(app: App, turn: Turn) -> tuple[list[Seen], Turn | None]:
    """One page of the accounts, and which comes next. Raises Stopped."""
    seen, following = _page(app, turn)
    return [_with_roles(app, one) for one in seen], following


def sample(app: App) -> None:
    """Two pages of the accounts, as Sync asks for them, and the roles of one account. Raises Stopped."""
    seen, following = _page(app, Turn())
    if following is not None:
        _page(app, following)
    for one in seen[:1]:
        _with_roles(app, one)


def roles(app: App) -> Iterator[Entitlement]:
    """The roles of the app. Raises Stopped."""
    if app.recipe.roles is None:
        return
    for entry in _entries(app, app.recipe.roles.request, {}):
        value = answers.text_at(entry, app.recipe.roles.value)
        if value:
            yield Entitlement(value, answers.text_at(entry, app.recipe.roles.name) or value)


def from_answer(app: App, answered: Answered, request: Request) -> Seen | None:
    """The account that an answer shows; None where it shows none."""
    try:
        return answers.account(answers.at(answered.reply.document, request.item), app.recipe.read)
    except NotUnderstood:
        return None


def _got(app: App, values: Values, ref: str) -> Seen | None:
    request = app.recipe.get("get")
    if request is None:
        return None
    answered = app.read(request, {**values, "account.ref": ref})
    if answered.said is Said.NOT_FOUND:
        return None
    return _account(_document(answered), request.item, app.recipe)


def _found(app: App, values: Values, ref: str, *, claims: bool, apart: Set[str]) -> Seen | None:
    # An app that cannot search is read whole.
    everybody = [] if app.recipe.find else list(_everybody(app))
    for name in FIND_BY:
        if templates.is_empty(values.get(f"person.{name}")):
            continue
        request = app.recipe.find.get(name)
        wanted = {name: str(values[f"person.{name}"])}
        if request is not None:
            found = _one(_search(app, request, values), wanted)
        elif not app.recipe.find and name in app.recipe.read.fields:
            found = _one(everybody, wanted)
        else:
            continue
        if found is None:
            continue
        is_apart = found.ref in apart
        if not is_apart and (found.ref == ref or not _is_others(app, found, values)):
            return found
        return _contested(app, found, is_apart=is_apart) if claims and name != "email" else None
    return None


def _contested(app: App, found: Seen, *, is_apart: bool) -> Seen:
    """The account, where it may be taken over all the same. Raises Stopped where it may not."""
    if is_apart:
        raise Stopped(kept_apart.refusal(found.user_name or found.ref))
    if app.takes_over:
        return found
    raise _belongs_to_another(found)


def _is_others(app: App, seen: Seen, values: Values) -> bool:
    """Whether it was made for somebody else, by the upstream id that it shows."""
    field = app.recipe.read.fields.get("external_id")
    own = {answers.as_text(values.get(f"person.{name}")) for name in ("id", "external_id")}
    own |= {answers.as_text(field.shall_be.value(values))} if field else set()
    return seen.external_id not in {"", *own}


def _belongs_to_another(seen: Seen) -> Stopped:
    words = _("%(name)s is in the app already, and belongs to somebody else: its external id is %(id)s.")
    fix = _(
        "Rename or delete it in the app, or allow the gateway to take over what another system made in the "
        "delivery settings. Then retry."
    )
    reason = words % {"name": seen.user_name, "id": seen.external_id[:100]}
    return Stopped(Failed(Kind.CONFLICT, reason, fix=fix))


def _search(app: App, request: Request, values: Values) -> list[Seen]:
    if not request.item:
        return [_account(entry, (), app.recipe) for entry in _entries(app, request, values)]
    answered = app.read(request, values)
    if answered.said is Said.NOT_FOUND or answers.at(_document(answered), request.item) is None:
        return []
    return [_account(_document(answered), request.item, app.recipe)]


def _everybody(app: App) -> Iterator[Seen]:
    turn: Turn | None = Turn()
    while turn is not None:
        seen, turn = _page(app, turn)
        yield from seen


def _one(found: Iterable[Seen], wanted: Mapping[str, str]) -> Seen | None:
    """The one of them that has this value: a search may answer with what is only alike."""
    ((name, value),) = wanted.items()
    same = {one.ref: one for one in found if _is_same(name, getattr(one, name), value)}
    present = [one for one in same.values() if not one.is_deleted] or list(same.values())[:1]
    if len(present) > 1:
        reason = _("The app has %(count)d accounts with %(value)s.") % {"count": len(present), "value": value}
        fix = _("Leave one of them in the app, or change the others.")
        raise Stopped(Failed(Kind.CONFLICT, reason, fix=fix))
    return present[0] if present else None


def _is_same(name: str, there: str, wanted: str) -> bool:
    return there == wanted if name == "external_id" else there.casefold() == wanted.casefold()


def _page(app: App, turn: Turn) -> tuple[list[Seen], Turn | None]:
    request = app.recipe.listing
    if request is None:
        return [], None
    entries, following = _entries_of(app, request, {}, turn=turn)
    return [_account(entry, (), app.recipe) for entry in entries], following


def _with_roles(app: App, seen: Seen) -> Seen:
    """With the roles that the app tells by a request of their own."""
    if app.recipe.roles_of is None or seen.is_deleted:
        return seen
    entries = _entries(app, app.recipe.roles_of.request, {"account.ref": seen.ref})
    return replace(seen, roles=_names(entries, app.recipe.roles_of))


def _names(entries: Iterable[Any], where: RoleList) -> tuple[str, ...]:
    return tuple(filter(None, (answers.text_at(entry, where.value) for entry in entries)))


def _entries(app: App, request: Request, values: Values) -> Iterator[Any]:
    """Of every page."""
    turn: Turn | None = Turn()
    while turn is not None:
        entries, turn = _entries_of(app, request, values, turn=turn)
        yield from entries


def _entries_of(
    app: App, request: Request, values: Values, *, turn: Turn
) -> tuple[Sequence[Any], Turn | None]:
    url = turn.word if request.paging.kind == "link" else ""
    parameters = paging.parameters(request.paging, turn)
    try:
        answered = app.read(request, values, parameters=parameters, url=url)
    except Stopped as stop:
        if _says_past(stop, request, turn):
            return [], None
        raise
    if answered.said is Said.NOT_FOUND:
        if request.name.startswith("find.") or paging.may_be_past(request.paging, turn):
            return [], None
        raise Stopped(Retry(_("The app does not find “%s”.") % request.name, status=answered.reply.status))
    entries = _listed(_document(answered), request)
    try:
        return entries, paging.after(request.paging, turn, answered, entries=entries)
    except NotUnderstood as error:
        raise Stopped(Retry(str(error))) from error


def _says_past(stop: Stopped, request: Request, turn: Turn) -> bool:
    """Some apps refuse a page after the last."""
    is_refused = isinstance(stop.outcome, Failed) and stop.outcome.kind in {Kind.INVALID, Kind.NOT_FOUND}
    return is_refused and paging.is_guess(request.paging, turn)


def _document(answered: Answered) -> Any:
    """What cannot be read at all is the app's trouble, not a person's: a page of maintenance, for one."""
    if answered.reply.problem:
        raise Stopped(Retry(answered.reply.problem, status=answered.reply.status))
    return answered.reply.document


def _listed(document: Any, request: Request) -> list[Any]:
    try:
        return answers.items(document, request.items)
    except NotUnderstood as error:
        raise Stopped(Retry(str(error))) from error


def _account(document: Any, item: tuple[str, ...], recipe: Recipe) -> Seen:
    try:
        return answers.account(answers.at(document, item), recipe.read)
    except NotUnderstood as error:
        raise Stopped(Retry(str(error), of_app=False)) from error
