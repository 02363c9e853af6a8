"""Pages of a list by key: page 1,000 costs what page 1 costs, and nothing is shown twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Protocol
from uuid import UUID

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy
from rest_framework import serializers

LARGEST = 1_000
USUAL = 100
NOT_OURS = gettext_lazy("This cursor is not one of this list with these filters. Start without a cursor.")
Rows = QuerySet[Any]
Json = dict[str, Any]
_SIGNER = "integrations.api.cursor"


class Order(Protocol):
    """In what order rows are listed, and where one stands in it."""

    def first(self, rows: Rows) -> Rows: ...
    def beyond(self, rows: Rows, place: Sequence[str]) -> Rows: ...
    def place(self, row: Any) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class ByKey:
    """By one unique key; `read` makes its value of a text."""

    key: str = "pk"
    newest_first: bool = False
    read: Callable[[str], Any] = UUID

    def first(self, rows: Rows) -> Rows:
        return rows.order_by(f"-{self.key}" if self.newest_first else self.key)

    def beyond(self, rows: Rows, place: Sequence[str]) -> Rows:
        side = "lt" if self.newest_first else "gt"
        return rows.filter(**{f"{self.key}__{side}": self.read(place[0])})

    def place(self, row: Any) -> list[str]:
        return [str(getattr(row, self.key))]


@dataclass(frozen=True, slots=True)
class ByMoment:
    """The newest first by a moment, equal ones by their ids."""

    key: str = "at"

    def first(self, rows: Rows) -> Rows:
        return rows.order_by(f"-{self.key}", "-pk")

    def beyond(self, rows: Rows, place: Sequence[str]) -> Rows:
        at, pk = datetime.fromisoformat(place[0]), UUID(place[1])
        older = Q(**{f"{self.key}__lt": at}) | Q(**{self.key: at, "pk__lt": pk})
        # The last condition bounds the range in the index; the first alone would be looked for in all of it.
        return rows.filter(older, **{f"{self.key}__lte": at})

    def place(self, row: Any) -> list[str]:
        return [getattr(row, self.key).isoformat(), str(row.pk)]


@dataclass(frozen=True, slots=True)
class Page:
    """`next_cursor` None after the last page."""

    rows: list[Any]
    next_cursor: str | None


def page(rows: Rows, order: Order, *, limit: int, cursor: str, scope: str) -> Page:
    """One page of at most `limit` rows. `scope` says which list with which filters it is: a cursor is good
    for that one alone. Raises ValidationError for any other."""
    found = order.first(rows)
    if cursor:
        found = order.beyond(found, _opened(cursor, scope))
    shown = list(found[: limit + 1])
    more = len(shown) > limit
    return Page(shown[:limit], _sealed(order.place(shown[limit - 1]), scope) if more else None)


def page_of(rows: Sequence[Json], key: str, *, limit: int, cursor: str, scope: str) -> Page:
    """As `page`, of a list in memory, in the order of a text that each entry has under `key`."""
    last = _opened(cursor, scope)[0] if cursor else ""
    found = sorted((row for row in rows if row[key] > last), key=itemgetter(key))
    shown, more = found[:limit], len(found) > limit
    return Page(shown, _sealed([shown[-1][key]], scope) if more else None)


def _sealed(place: list[str], scope: str) -> str:
    return signing.dumps(place, salt=f"{_SIGNER}:{scope}")


def _opened(cursor: str, scope: str) -> list[str]:
    try:
        found: list[str] = signing.loads(cursor, salt=f"{_SIGNER}:{scope}")
    except signing.BadSignature as error:
        raise serializers.ValidationError({"cursor": [NOT_OURS]}, "cursor") from error
    return found
