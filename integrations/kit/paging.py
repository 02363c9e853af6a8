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


def by_age(queryset: QuerySet[Any], cursor: str, *, size: int = 50, key: str = "pk") -> Page:
    """One page of rows with time-ordered ids in `key`, newest first.

    A cursor is "before:<id>" or "after:<id>"; others mean the newest.
    """
    side, _colon, text = cursor.partition(":")
    edge = _uuid(text)
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
