"""What an answer of the app, or none, means for the order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import Failed, Kind, Retry
from integrations.kit import outbound, redact

Json = dict[str, Any]
SHOWN_CHARACTERS = 300
NOT_NOW = frozenset({408, 425, 429})
NOT_IMPLEMENTED = 501
KINDS = {
    401: Kind.AUTH,
    402: Kind.LICENCE,
    403: Kind.PERMISSION,
    404: Kind.NOT_FOUND,
    409: Kind.CONFLICT,
    410: Kind.GONE,
}
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
    if 300 <= status < 400:
        return _moved(status, headers.get("location", ""))
    if status in NOT_NOW or (status >= 500 and status != NOT_IMPLEMENTED):
        words = _("The app cannot take it now (%(status)d).") % {"status": status}
        after = retry_after(headers.get("retry-after", ""))
        return Retry(_with_detail(words, body), after=after, status=status)
    kind = KINDS.get(status, Kind.INVALID)
    words = str(REASONS.get(kind, "")) or _("The app does not take it (%(status)d).") % {"status": status}
    return Failed(kind, _with_detail(words, body), str(FIXES[kind]), status)


def of_failure(error: outbound.Failed) -> Retry | Failed:
    """What it means that there was no answer."""
    if isinstance(error, outbound.Refused):
        # So it is for everybody: a right that is missing holds the lane, and nobody's delivery is dead of it.
        return Failed(Kind.PERMISSION, str(error), _("Mend the SCIM address in the delivery settings."))
    if isinstance(error, outbound.TooLarge):
        return Failed(Kind.UNKNOWN, str(error), _("Ask the maker of the app for shorter answers."))
    return Retry(str(error), timed_out=isinstance(error, outbound.TimedOut))


def not_scim(status: int) -> Failed:
    words = _("What answered is not SCIM (%(status)d).") % {"status": status}
    return Failed(Kind.GONE, words, str(FIXES[Kind.NOT_FOUND]), status)


def retry_after(text: str) -> timedelta | None:
    """RFC 9110 10.2.3: seconds or a date; None for anything else."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:9]))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(until - timezone.now(), timedelta()) if until.tzinfo else None


def _moved(status: int, to: str) -> Failed:
    words = _("The address moved to %(address)s (%(status)d).") % {
        "address": redact.text(to[:SHOWN_CHARACTERS]) or _("an address that the app does not name"),
        "status": status,
    }
    return Failed(Kind.GONE, words, _("Enter the new address in the delivery settings."), status)


def _with_detail(words: str, body: Json) -> str:
    """RFC 7644 3.12: `detail` is for people."""
    detail = redact.text(str(body.get("detail") or ""))
    if not detail:
        return words
    cut = detail if len(detail) <= SHOWN_CHARACTERS else f"{detail[:SHOWN_CHARACTERS]}…"
    return _("%(words)s It says: %(detail)s") % {"words": words, "detail": cut}
