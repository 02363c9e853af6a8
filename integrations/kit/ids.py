"""Identifiers: time-ordered for rows, random for traces."""

from __future__ import annotations

import secrets
from uuid import UUID

from uuid_utils import compat


def new() -> UUID:
    """A version 7 UUID (RFC 9562): later rows sort after earlier ones, so indexes grow at one end."""
    return compat.uuid7()


def trace() -> str:
    """A W3C trace id: 16 random bytes as 32 hexadecimal digits."""
    return secrets.token_hex(16)
