"""Who asks: an API key of a workspace, within its rate."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from limits import RateLimitItemPerMinute
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from integrations import api_keys
from integrations.api.problems import Problem
from integrations.api_keys import KeyRefused, Verified
from integrations.kit import context, rates
from integrations.models import ApiKey

CHALLENGE = 'Bearer realm="api"'
REFUSED_PER_ADDRESS = RateLimitItemPerMinute(60)
# The caller learns about the header's form alone.
SAID = {
    "missing": "There is no Authorization header. Send the API key as: Authorization: Bearer <key>.",
    "malformed": "The Authorization header holds no whole API key. Copy it again, to its end.",
}
NOT_VALID = "The API key is not valid."


class KeyAuthentication(BaseAuthentication):
    """`request.auth` is the key as it was verified, `request.user` its row."""

    def authenticate(self, request: Request) -> tuple[ApiKey, Verified]:
        try:
            verified = api_keys.verify(request.META.get("HTTP_AUTHORIZATION", ""))
        except KeyRefused as refused:
            self._slow_down()
            raise AuthenticationFailed(SAID.get(refused.cause, NOT_VALID), "key") from refused
        _check_rate(verified.key)
        here = context.current.get()
        api_keys.note_use(verified.key, at=timezone.now(), ip=here.ip, user_agent=here.user_agent)
        return verified.key, verified

    def authenticate_header(self, _request: Request) -> str:
        return CHALLENGE

    def _slow_down(self) -> None:
        """Asked only after a key was refused: a true one never meets it."""
        if wait_s := rates.wait_s(REFUSED_PER_ADDRESS, "api-refused", context.current.get().ip or ""):
            raise _too_many(_("Too many requests with a refused key."), wait_s)


def _check_rate(key: ApiKey) -> None:
    if not settings.API_RATE_LIMIT:
        return
    item = RateLimitItemPerMinute(settings.API_RATE_LIMIT)
    if wait_s := rates.wait_s(item, "api", key.public_id):
        words = _("More than %(rate)s came with this API key.") % {"rate": rates.said(item)}
        raise _too_many(words, wait_s)


def _too_many(words: str, wait_s: int) -> Problem:
    return Problem(status.HTTP_429_TOO_MANY_REQUESTS, "rate", words, retry_after_s=wait_s)
