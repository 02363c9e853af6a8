"""Looks at rows one by one where no column answers: in chunks, and never at more than a stated number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from scim.core import sorting
from scim.core.errors import TooMany
from scim.core.filters import evaluate
from scim.core.filters.tree import Node
from scim.core.sorting import Sort
from scim.models import ResourceQuerySet, ScimGroup, ScimUser

MOST_SIFTED = 20_000
CHUNK = 500
Row = TypeVar("Row", ScimUser, ScimGroup)
Json = dict[str, Any]
AsJson = Callable[[Sequence[Row]], list[Json]]


def sifted(
    rows: ResourceQuerySet[Row], as_json: AsJson[Row], node: Node, *, is_backwards: bool = False
) -> Iterator[Row]:
    """The rows that the core lets through, by their ids. TooMany after 20,000 that were looked at."""
    every = _shown(rows, as_json, is_backwards=is_backwards)
    return (row for row, shown in every if evaluate.matches(node, shown))


def in_order(
    rows: ResourceQuerySet[Row], as_json: AsJson[Row], sort: Sort, *, node: Node | None = None
) -> list[Row]:
    """The rows that the core lets through, in an order that no column has. TooMany beyond 20,000."""
    keyed = [
        (sorting.key(sort, shown), row)
        for row, shown in _shown(rows, as_json)
        if node is None or evaluate.matches(node, shown)
    ]
    keyed.sort(key=lambda pair: pair[0], reverse=sort.is_descending)
    return [row for _key, row in keyed]


def _shown(
    rows: ResourceQuerySet[Row], as_json: AsJson[Row], *, is_backwards: bool = False
) -> Iterator[tuple[Row, Json]]:
    """Rows with what an answer shows of them."""
    step, ordered = ("pk__lt", rows.order_by("-pk")) if is_backwards else ("pk__gt", rows.order_by("pk"))
    seen, last = 0, None
    while True:
        chunk = list((ordered.filter(**{step: last}) if last else ordered)[:CHUNK])
        yield from zip(chunk, as_json(chunk), strict=True)
        if len(chunk) < CHUNK:
            return
        seen, last = seen + len(chunk), chunk[-1].pk
        if seen >= MOST_SIFTED:
            raise TooMany(
                f"The search has to look at more than {MOST_SIFTED} resources one by one.",
                remedy='Add a comparison by userName, externalId, id or emails with "eq".',
            )
