"""The test of the connection: reads only, and names each right that is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from integrations.delivery.connector import Failed, Finding
from integrations.delivery.connectors.scim_push.answers import Halted
from integrations.delivery.connectors.scim_push.app import App
from integrations.delivery.connectors.scim_push.client import Client
from integrations.delivery.connectors.scim_push.groups import GROUPS
from integrations.delivery.connectors.scim_push.people import USERS
from integrations.delivery.connectors.scim_push.service import Service


def findings(app: App) -> Iterator[Finding]:
    """The first that says no to everything ends it."""
    try:
        found = app.renew()
    except Halted as halted:
        yield _missing(halted)
        return
    yield Finding(ok=True, words=_("The app answers, and accepts the gateway's sign-in."))
    yield _of_changes(found)
    yield _of_search(found)
    yield _right(lambda: _count(app.client, USERS), _("The gateway may read people: there are %(number)d."))
    if app.is_set("leaves_groups"):
        yield Finding(ok=True, words=_("Groups are left alone, as set."))
    elif found.has_groups:
        words = _("The gateway may read groups: there are %(number)d.")
        yield _right(lambda: _count(app.client, GROUPS), words)
    else:
        yield Finding(ok=True, words=_("The app has no groups. Only people are sent."))
    yield Finding(
        ok=True, words=_("Whether it may also write shows the first delivery: a test changes nothing.")
    )


def _of_changes(found: Service) -> Finding:
    if found.patches:
        return Finding(ok=True, words=_("The app takes single changes (PATCH)."))
    return Finding(ok=True, words=_("The app takes accounts and groups only as a whole (PUT)."))


def _of_search(found: Service) -> Finding:
    if found.searches:
        return Finding(ok=True, words=_("The app can be searched."))
    return Finding(
        ok=True, words=_("The app cannot be searched: who is not known yet is looked for in lists.")
    )


def _count(client: Client, path: str) -> int:
    return client.get(path, startIndex=1, count=1).total


def _right(read: Callable[[], int], words: str) -> Finding:
    try:
        return Finding(ok=True, words=words % {"number": read()})
    except Halted as halted:
        return _missing(halted)


def _missing(halted: Halted) -> Finding:
    outcome = halted.outcome
    return Finding(ok=False, words=outcome.reason, fix=outcome.fix if isinstance(outcome, Failed) else "")
