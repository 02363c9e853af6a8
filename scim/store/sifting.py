"""Looks at rows one by one where no column answers: in chunks, and never at more than a stated number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from integrations.models import Integration
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


@dataclass(frozen=True, slots=True)
class Sieve(Generic[Row]):
    """Rows in the order of their ids, or against it, and what answers show of them.

    Its methods raise TooMany after 20,000 rows that were looked at.
    """

    integration: Integration
    rows: ResourceQuerySet[Row]
    as_json: Callable[[Sequence[Row]], list[Json]]
    is_backwards: bool = False

    def sifted(self, node: Node) -> Iterator[Row]:
        """The rows that the core lets through."""
        return (row for row, shown in self._shown() if evaluate.matches(node, shown))

    def in_order(self, sort: Sort, node: Node | None) -> list[Row]:
        """The rows that the core lets through, in an order that no column has."""
        keyed = [
            (sorting.key(sort, shown), row)
            for row, shown in self._shown()
            if node is None or evaluate.matches(node, shown)
        ]
        keyed.sort(key=lambda pair: pair[0], reverse=sort.is_descending)
        return [row for _key, row in keyed]

    def _shown(self) -> Iterator[tuple[Row, Json]]:
        rows = self.rows.reverse() if self.is_backwards else self.rows
        beyond = rows.ahead_of if self.is_backwards else rows.behind
        seen, chunk = 0, list(rows[:CHUNK])
        while True:
            yield from zip(chunk, self.as_json(chunk), strict=True)
            if len(chunk) < CHUNK:
                return
            seen += len(chunk)
            if seen >= MOST_SIFTED:
                raise TooMany(
                    f"The search has to look at more than {MOST_SIFTED} resources one by one.",
                    remedy='Add a comparison by userName, externalId, id or emails with "eq".',
                )
            chunk = list(beyond(self.integration, chunk[-1].pk)[:CHUNK])
