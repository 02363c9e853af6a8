"""What an answer of the app means for the order, with the app's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import Failed, Kind, Retry
from integrations.delivery.telling import http_outcomes
from integrations.kit import redact

Json = dict[str, Any]
SHOWN_CHARACTERS = 300
NOT_IMPLEMENTED = 501
REASONS = {
    Kind.AUTH: gettext_lazy("The app does not accept the gateway's sign-in (401)."),
    Kind.PERMISSION: gettext_lazy("The gateway's sign-in may not do this in the app (403)."),
    Kind.LICENCE: gettext_lazy("The app asks for another licence (402)."),
    Kind.NOT_FOUND: gettext_lazy("The app does not know what was asked for (404)."),
    Kind.CONFLICT: gettext_lazy("The app has something that is in the way (409)."),
    Kind.GONE: gettext_lazy("The app no longer offers this (410)."),
}
FIXES = {
    Kind.AUTH: gettext_lazy("Make a new token in the app and enter it in the delivery settings."),
    Kind.PERMISSION: gettext_lazy(
        "Give the token's account the right to manage users and groups in the app."
    ),
    Kind.LICENCE: gettext_lazy("Get a licence in the app, then retry."),
    Kind.NOT_FOUND: gettext_lazy("Look whether the SCIM address in the delivery settings is right."),
    Kind.CONFLICT: gettext_lazy("Look in the app who has this name, free it, then retry."),
    Kind.GONE: gettext_lazy("Ask the maker of the app for the new SCIM address."),
    Kind.INVALID: gettext_lazy("Correct it at the identity provider or in the mapping, then retry."),
}


class Halted(Exception):
    """The order cannot go on; `outcome` says why."""

    def __init__(self, outcome: Retry | Failed) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


def of_status(status: int, headers: Mapping[str, str], body: Json) -> Retry | Failed:
    """What a status other than 2xx means."""
    if status == NOT_IMPLEMENTED:
        # Patience does not help.
        words = _("The app does not support this (%(status)d).") % {"status": status}
        return Failed(Kind.INVALID, _with_detail(words, body), str(FIXES[Kind.INVALID]), status)
    found = http_outcomes.of_answer(status, headers)
    if found is None:
        return not_scim(status)
    if 300 <= status < 400:
        return found
    if isinstance(found, Retry):
        return replace(found, reason=_with_detail(found.reason, body))
    words = str(REASONS.get(found.kind, found.reason))
    return replace(found, reason=_with_detail(words, body), fix=str(FIXES[found.kind]))


def not_scim(status: int) -> Failed:
    words = _("What answered is not SCIM (%(status)d).") % {"status": status}
    return Failed(Kind.GONE, words, str(FIXES[Kind.NOT_FOUND]), status)


def _with_detail(words: str, body: Json) -> str:
    """RFC 7644 3.12: `detail` is for people."""
    detail = redact.text(str(body.get("detail") or ""))
    if not detail:
        return words
    cut = detail if len(detail) <= SHOWN_CHARACTERS else f"{detail[:SHOWN_CHARACTERS]}…"
    return _("%(words)s It says: %(detail)s") % {"words": words, "detail": cut}
