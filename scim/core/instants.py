"""Reads SCIM's dateTime (RFC 7643 2.3.5, xsd:dateTime) as an instant."""

from __future__ import annotations

from datetime import UTC, datetime


def parse(text: str) -> datetime | None:
    """An aware datetime; text without an offset is taken as UTC. None for what is not a date and a time."""
    if "T" not in text:  # fromisoformat would take a bare date
        return None
    try:
        instant = datetime.fromisoformat(text)
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # an offset may lead beyond the first or the last year
        return None
