"""Cursors of RFC 9865: signed, so that nobody can make one up or take one to another search."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from scim.core.errors import ExpiredCursor, InvalidCursor

MAX_AGE_S = 3_600
_MAX_CHARACTERS = 1_024
_MAC_BYTES = 16
_NOT_OURS = "The cursor is not one of this search."
_AGAIN = "Begin the search again without a cursor."


def issue(position: dict[str, Any], *, scope: str, key: bytes, now_s: float) -> str:
    """`position` as text of unreserved characters (RFC 9865 2).

    `scope` is all that the search is bound to: it is signed, not shown.
    """
    content = _encode(json.dumps([int(now_s), position], separators=(",", ":")).encode())
    return f"{content}.{_encode(_mac(content, scope, key))}"


def read(text: str, *, scope: str, key: bytes, now_s: float) -> dict[str, Any]:
    """The position; InvalidCursor for what was not issued for this scope, ExpiredCursor after an hour."""
    content, _, mac = text.partition(".")
    if len(text) > _MAX_CHARACTERS or not hmac.compare_digest(
        _encode(_mac(content, scope, key)).encode(), mac.encode("utf-8", "replace")
    ):
        raise InvalidCursor(_NOT_OURS, remedy=_AGAIN)
    try:
        issued_s, position = json.loads(_decode(content))
    except (ValueError, binascii.Error) as error:  # signed by us, yet unreadable: another version made it
        raise InvalidCursor(_NOT_OURS, remedy=_AGAIN) from error
    if now_s - issued_s > MAX_AGE_S:
        raise ExpiredCursor(f"The cursor is older than {MAX_AGE_S} seconds.", remedy=_AGAIN)
    return dict(position)


def _mac(content: str, scope: str, key: bytes) -> bytes:
    message = f"{content}\n{scope}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, hashlib.sha256)[:_MAC_BYTES]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
