"""Pages of long lists by key, so that page 1,000 costs what page 1 costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

# A larger number is none that a database counts up to.
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Page:
    """`rows` newest first; `older` and `newer` are cursors for the query string, "" where there is no such
    page."""

    rows: list[Any]
    older: str = ""
    newer: str = ""


def by_age(queryset: QuerySet[Any], cursor: str, *, size: int = 50, key: str = "pk") -> Page:
    """One page of rows with time-ordered ids in `key`, newest first.

    A cursor is "before:<id>" or "after:<id>"; others mean the newest.
    """
    return _by_key(queryset, cursor, size, key=key, read=_uuid)


def by_number(queryset: QuerySet[Any], cursor: str, *, size: int = 50, key: str = "number") -> Page:
    """As `by_age`, of rows that are numbered as they are made."""
    return _by_key(queryset, cursor, size, key=key, read=_number)


def _by_key(queryset: QuerySet[Any], cursor: str, size: int, *, key: str, read: Callable[[str], Any]) -> Page:
    side, _colon, text = cursor.partition(":")
    edge = read(text)
    if edge is not None and side == "after":
        rows = list(queryset.filter(**{f"{key}__gt": edge}).order_by(key)[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return Page(rows, _cursor("before", rows[-1:], key), _cursor("after", rows[:1], key) if more else "")
    if edge is not None and side == "before":
        queryset = queryset.filter(**{f"{key}__lt": edge})
    else:
        edge = None
    rows = list(queryset.order_by(f"-{key}")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    older, newer = _cursor("before", rows[-1:], key), _cursor("after", rows[:1], key)
    return Page(rows, older if more else "", newer if edge else "")


def _cursor(side: str, at: list[Any], key: str) -> str:
    return f"{side}:{getattr(at[0], key)}" if at else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None
