"""Pages of long lists by key, so that page 1,000 costs what page 1 costs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

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
    return _by_key(queryset, cursor, size, order=(key,), read=_uuid)


def by_number(
    queryset: QuerySet[Any], cursor: str, *, size: int = 50, key: str = "number", within: str = ""
) -> Page:
    """As `by_age`, of rows that are numbered as they are made.

    `within`: a column that is the same in all of them, told as a range. Then the order is that of an index
    that begins with it: told by equality, PostgreSQL may walk the primary key instead.
    """
    return _by_key(queryset, cursor, size, order=(within, key) if within else (key,), read=_number)


def merged(pages: Sequence[Page], cursor: str, *, size: int, key: str = "number") -> Page:
    """One page out of those of the parts of a list, each read by `by_number` from the same cursor."""
    every = sorted((row for page in pages for row in page.rows), key=attrgetter(key), reverse=True)
    is_back = cursor.startswith("after:")
    rows = every[-size:] if is_back else every[:size]
    is_cut = len(every) > size
    older = any(page.older for page in pages) or (is_cut and not is_back)
    newer = any(page.newer for page in pages) or (is_cut and is_back)
    return Page(
        rows,
        _cursor("before", rows[-1:], key) if older else "",
        _cursor("after", rows[:1], key) if newer else "",
    )


def _by_key(
    queryset: QuerySet[Any], cursor: str, size: int, *, order: Sequence[str], read: Callable[[str], Any]
) -> Page:
    side, _colon, text = cursor.partition(":")
    edge, key = read(text), order[-1]
    if edge is not None and side == "after":
        rows = list(queryset.filter(**{f"{key}__gt": edge}).order_by(*order)[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return Page(rows, _cursor("before", rows[-1:], key), _cursor("after", rows[:1], key) if more else "")
    if edge is not None and side == "before":
        queryset = queryset.filter(**{f"{key}__lt": edge})
    else:
        edge = None
    rows = list(queryset.order_by(*(f"-{each}" for each in order))[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    older, newer = _cursor("before", rows[-1:], key), _cursor("after", rows[:1], key)
    return Page(rows, older if more else "", newer if edge else "")


def by_moment(
    queryset: QuerySet[Any], cursor: str, *, key: str, newest_first: bool = False, size: int = 50
) -> Page:
    """One page of rows in the order of a moment and their ids; `older` leads on and `newer` back, whichever
    end comes first.

    A cursor is "after:<moment>|<id>" or "before:<moment>|<id>"; others mean the first page.
    """
    side, _colon, text = cursor.partition(":")
    edge = _edge(text) if side in {"after", "before"} else None
    back = edge is not None and side == "before"
    down = newest_first != back
    if edge is not None:
        beyond, (at, pk) = "lt" if down else "gt", edge
        queryset = queryset.filter(Q(**{f"{key}__{beyond}": at}) | Q(**{key: at, f"pk__{beyond}": pk}))
    sign = "-" if down else ""
    rows = list(queryset.order_by(f"{sign}{key}", f"{sign}pk")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if back:
        rows.reverse()
    first, last = (f"{getattr(row, key).isoformat()}|{row.pk}" if row else "" for row in _ends(rows))
    return Page(
        rows,
        f"after:{last}" if last and (more or back) else "",
        f"before:{first}" if first and (more if back else edge is not None) else "",
    )


def _ends(rows: list[Any]) -> tuple[Any, Any]:
    return (rows[0], rows[-1]) if rows else (None, None)


def _edge(text: str) -> tuple[datetime, UUID] | None:
    moment, _bar, key = text.partition("|")
    pk = _uuid(key)
    try:
        at = datetime.fromisoformat(moment)
        return (at.astimezone(UTC), pk) if pk is not None and at.tzinfo is not None else None
    except (ValueError, OverflowError):  # the second: in UTC it would be before the year 1, or after 9999
        return None


def _cursor(side: str, at: list[Any], key: str) -> str:
    return f"{side}:{getattr(at[0], key)}" if at else ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None
