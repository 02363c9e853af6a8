"""A column of names to be found by their beginning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Q

# Generic for the type checker alone: Django's classes cannot be subscripted when they run.
if TYPE_CHECKING:
    Text = CharField[str, str]
else:
    Text = CharField

LAST = 0x10FFFF
SURROGATES = range(0xD800, 0xE000)


class KeyField(Text):
    """Text in the order of its code points on every database, so that an index serves ranges and prefixes.

    SQLite compares so by itself; PostgreSQL would ask the locale, whose order knows no prefix.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        parameters: dict[str, Any] = {**super().db_parameters(connection)}
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


def begins_with(column: str, prefix: str, *, behind: str | None = None, before: str | None = None) -> Q:
    """As `startswith`, as a range that an index of a KeyField serves on every database.

    `behind` or `before`: only what follows, or precedes, this text. It takes the place of the range's end: of
    two ends, SQLite may choose the one further away.
    """
    low = {f"{column}__gte": prefix} if behind is None else {f"{column}__gt": behind}
    above = before or _next(prefix)
    return Q(**low, **({f"{column}__lt": above} if above else {}))


def _next(prefix: str) -> str:
    """The least text behind all that begin with the prefix; "" where there is none."""
    kept = prefix.rstrip(chr(LAST))
    if not kept:
        return ""
    point = ord(kept[-1]) + 1
    return kept[:-1] + chr(SURROGATES.stop if point in SURROGATES else point)
