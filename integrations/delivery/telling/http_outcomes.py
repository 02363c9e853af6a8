"""What an app's HTTP answer, or the lack of one, means for a delivery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import Failed, Kind, Retry
from integrations.kit import outbound

# These say "not now", as every 5xx does.
PATIENCE = frozenset({408, 425, 429})
KINDS = {
    401: Kind.AUTH,
    402: Kind.LICENCE,
    403: Kind.PERMISSION,
    404: Kind.NOT_FOUND,
    409: Kind.CONFLICT,
    410: Kind.GONE,
}
REASONS = {
    Kind.AUTH: gettext_lazy("The app does not accept who sends (%(status)s)."),
    Kind.LICENCE: gettext_lazy("The app says that it is not paid for (%(status)s)."),
    Kind.PERMISSION: gettext_lazy("The app does not allow it (%(status)s)."),
    Kind.NOT_FOUND: gettext_lazy("The app knows nothing at this address (%(status)s)."),
    Kind.CONFLICT: gettext_lazy("The app has something that stands against it (%(status)s)."),
    Kind.GONE: gettext_lazy("The app wants no more messages at this address (%(status)s)."),
    Kind.INVALID: gettext_lazy("The app does not take it (%(status)s)."),
}
FIXES = {
    Kind.AUTH: gettext_lazy("Set the same secrets here and in the app."),
    Kind.LICENCE: gettext_lazy("Ask whoever pays for the app."),
    Kind.PERMISSION: gettext_lazy("Allow it in the app, then retry."),
    Kind.NOT_FOUND: gettext_lazy("Check the address in the delivery settings."),
    Kind.CONFLICT: gettext_lazy("Look at what the app has, then retry or skip."),
    Kind.GONE: gettext_lazy("Switch the receiver on again, or enter its new address."),
    Kind.INVALID: gettext_lazy("Read what the app answered, then edit, retry or skip."),
}


def of_answer(status: int, headers: Mapping[str, str]) -> Retry | Failed | None:
    """None for 2xx: the app has taken it."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return _moved(status, headers.get("location", ""))
    if status in PATIENCE or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        words = _("The app cannot take it now (%(status)s).") % {"status": status}
        return Retry(words, after=retry_after(headers.get("retry-after", "")), status=status)
    kind = KINDS.get(status, Kind.INVALID)
    return Failed(kind, str(REASONS[kind]) % {"status": status}, str(FIXES[kind]), status)


def of_failure(error: outbound.Failed) -> Retry | Failed:
    """The app as a whole cannot be reached. An answer that is too large has a status: see `of_answer`."""
    if isinstance(error, outbound.Refused):
        # Of everything that is sent there: the lane is held rather than each delivery dead.
        return Failed(Kind.PERMISSION, str(error), _("Check the address in the delivery settings."))
    return Retry(str(error), timed_out=isinstance(error, outbound.TimedOut))


def retry_after(text: str) -> timedelta | None:
    """RFC 9110 10.2.3: seconds, or a date. None where it is neither."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text[:9]))
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the second: an offset from UTC without end
        return None
    if at.tzinfo is None:  # "-0000": a date without a zone
        return None
    return max(at - timezone.now(), timedelta())


def _moved(status: int, to: str) -> Failed:
    """Never followed. It is so for everything that is sent there, as with an address that is gone."""
    words = (
        _("The address moved to %(address)s (%(status)s).")
        if to
        else _("The address moved, and the app does not say where to (%(status)s).")
    )
    reason = words % {"address": to[:500], "status": status}
    return Failed(Kind.GONE, reason, _("Enter the new address in the delivery settings."), status)
