"""What each part of a recipe may leave open, but all parts together may not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from integrations.delivery.connectors.rest_template.parts import Problems
from integrations.delivery.connectors.rest_template.recipe import Recipe


def check(recipe: Recipe, problems: Problems) -> None:
    _check_looking(recipe, problems)
    _check_roles(recipe, problems)
    _check_addresses(recipe, problems)


def _check_looking(recipe: Recipe, problems: Problems) -> None:
    if not recipe.find and recipe.listing is None:
        words = _("“find” or “list” is missing: without one no account can be looked for.")
        problems.add(("requests",), words)
    for name in recipe.find:
        # A search may answer with what is only alike.
        if name not in recipe.read.fields:
            words = _("“read” does not say where %s lies, so what is found by it cannot be checked.")
            problems.add(("requests", "find", name), words % name)
    if recipe.listing is not None and not recipe.find and not recipe.read.fields:
        words = _("“read” names neither external_id, user_name nor email: nobody can be found in the list.")
        problems.add(("read",), words)


def _check_roles(recipe: Recipe, problems: Problems) -> None:
    for name in ("grant", "revoke"):
        request = recipe.get(name)
        if request is None:
            continue
        if not recipe.reads_roles:
            words = _("“read” does not say where roles lie, so it is not known which to give and to take.")
            problems.add(("requests", name), words)


def _check_addresses(recipe: Recipe, problems: Problems) -> None:
    """A request about one account that does not name it would be about all of them."""
    for name, request in recipe.requests.items():
        sent = request.path.names | request.sends
        for template in (*request.query.values(), *request.headers.values()):
            sent |= template.names
        if name != "create" and "account.ref" not in sent and not sent & {"person.user_name", "person.email"}:
            words = _("Nothing in this request says which account is meant, such as {{ account.ref }}.")
            problems.add(("requests", name), words)
        if name in {"grant", "revoke"} and not sent & {"role.value", "role.name"}:
            words = _("Nothing in this request says which role is meant, such as {{ role.value }}.")
            problems.add(("requests", name), words)
