"""How much one client may ask: per token, and for those who come without a true one."""

from __future__ import annotations

from django.conf import settings
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond

from integrations.kit import rates
from scim.core.errors import PayloadTooLarge, TooManyRequests

REFUSED_PER_ADDRESS = RateLimitItemPerMinute(60)
REFUSED_PER_TOKEN = RateLimitItemPerMinute(10)


class Slower(TooManyRequests):
    """Too many requests (RFC 6585 4), with the seconds after which it is worth trying again."""

    def __init__(self, detail: str, *, retry_after_s: int) -> None:
        super().__init__(detail, remedy=f"Try again in {retry_after_s} s.")
        self.retry_after_s = retry_after_s


def check_token(public_id: str) -> None:
    """Raises Slower when a true token asks too much: by the minute, or in one second."""
    if not settings.TOKEN_RATE_LIMIT:
        return
    for item in (
        RateLimitItemPerSecond(settings.TOKEN_BURST_LIMIT),
        RateLimitItemPerMinute(settings.TOKEN_RATE_LIMIT),
    ):
        if wait_s := rates.wait_s(item, "token", public_id):
            raise Slower(f"More than {rates.said(item)} came with this token.", retry_after_s=wait_s)


def check_refused(address: str, public_id: str) -> None:
    """Raises Slower for whoever keeps coming with tokens that are refused.

    Asked only after a token was refused.
    """
    pairs = [(REFUSED_PER_ADDRESS, f"address:{address}"), (REFUSED_PER_TOKEN, f"refused:{public_id}")]
    for item, key in pairs[: 2 if public_id else 1]:
        if wait_s := rates.wait_s(item, key):
            raise Slower("Too many requests with a refused token.", retry_after_s=wait_s)


def check_size(length: str, most: int) -> None:
    """Raises PayloadTooLarge by Content-Length, before anything is read."""
    if length.isdecimal() and int(length) > most:
        raise PayloadTooLarge(
            f"The body has {length} bytes; at most {most} are taken here.", remedy="Send it in parts."
        )
