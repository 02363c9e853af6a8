"""Pages of long lists by key, so that page 1,000 costs what page 1 costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Page:
    """`rows` newest first; `older` and `newer` are cursors for the query string, "" where there is no such
    page."""

    rows: list[Any]
    older: str = ""
    newer: str = ""


def by_age(queryset: QuerySet[Any], cursor: str, *, size: int = 50) -> Page:
    """One page of rows with time-ordered ids, newest first.

    A cursor is "before:<id>" or "after:<id>"; others mean the newest.
    """
    side, _colon, key = cursor.partition(":")
    edge = _uuid(key)
    if edge is not None and side == "after":
        rows = list(queryset.filter(pk__gt=edge).order_by("pk")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return Page(rows, _cursor("before", rows, -1), _cursor("after", rows, 0) if more else "")
    if edge is not None and side == "before":
        queryset = queryset.filter(pk__lt=edge)
    else:
        edge = None
    rows = list(queryset.order_by("-pk")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    return Page(rows, _cursor("before", rows, -1) if more else "", _cursor("after", rows, 0) if edge else "")


def _cursor(side: str, rows: list[Any], index: int) -> str:
    return f"{side}:{rows[index].pk}" if rows else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
