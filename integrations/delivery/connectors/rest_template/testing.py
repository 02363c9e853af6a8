"""Looks whether the app can be reached and what the credential may do; reads only."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from integrations.delivery.connector import Failed, Finding, Kind, Person
from integrations.delivery.connectors.rest_template import answers, looking, rendering, wording
from integrations.delivery.connectors.rest_template.calling import App
from integrations.delivery.connectors.rest_template.judging import Stopped
from integrations.delivery.connectors.rest_template.recipe import Rights

# Nobody: a search for them shows whether searching works.
NOBODY = Person(
    id="connection-test",
    user_name="connection-test@nobody.invalid",
    external_id="connection-test",
    attributes={"email": "connection-test@nobody.invalid"},
)


def findings(app: App) -> list[Finding]:
    recipe, nobody = app.recipe, rendering.of_person(NOBODY)
    found = list(_of_rights(app, recipe.rights)) if recipe.rights else []
    if recipe.listing is not None:
        found.append(_tried("list", lambda: looking.sample(app)))
    for name, request in recipe.find.items():
        found.append(_tried(f"find.{name}", functools.partial(app.read, request, nobody)))
    if recipe.roles is not None:
        found.append(_tried("roles", lambda: list(looking.roles(app))))
    return found


def _tried(name: str, look: Callable[[], object]) -> Finding:
    words = wording.of_request(name)
    try:
        look()
    except Stopped as stop:
        return _problem(words, stop)
    return Finding(ok=True, words=_("%s: it works.") % words)


def _problem(words: str, stop: Stopped) -> Finding:
    said = {"what": words, "reason": stop.reason}
    outcome = stop.outcome
    if not isinstance(outcome, Failed):
        return Finding(ok=False, words=_("%(what)s: %(reason)s") % said)
    if outcome.kind is Kind.PERMISSION and outcome.status:
        return Finding(
            ok=False, words=_("%(what)s: the credential lacks this right. %(reason)s") % said, fix=outcome.fix
        )
    return Finding(ok=False, words=_("%(what)s: %(reason)s") % said, fix=outcome.fix)


def _of_rights(app: App, rights: Rights) -> Iterator[Finding]:
    try:
        held = answers.roles(app.read(rights.request, {}).reply.document, rights.at)
    except Stopped as stop:
        yield _problem(wording.of_request("rights"), stop)
        return
    except answers.NotUnderstood as error:
        yield Finding(ok=False, words=str(error))
        return
    for right, purpose in rights.needs.items():
        words = {"right": right, "purpose": purpose}
        if right in held:
            yield Finding(ok=True, words=_("The credential may: %(purpose)s (%(right)s).") % words)
        else:
            yield Finding(
                ok=False,
                words=_("The credential may not: %(purpose)s.") % words,
                fix=_("Give it the right %(right)s in the app.") % words,
            )
