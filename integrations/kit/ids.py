"""Identifiers: time-ordered for rows, random for traces."""

from __future__ import annotations

from uuid import UUID

from uuid_utils import compat


def new() -> UUID:
    """A version 7 UUID (RFC 9562): later rows sort after earlier ones, so indexes grow at one end."""
    return compat.uuid7()


def trace() -> str:
    """A W3C trace id: 32 hexadecimal digits, random but for the 6 bits that mark a version 4 UUID."""
    return compat.uuid4().hex
