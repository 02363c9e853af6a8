"""Looks at rows one by one where no column answers: in chunks, and never at more than a stated number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from integrations.models import Integration
from scim.core import sorting
from scim.core.errors import TooMany
from scim.core.filters import evaluate, tree
from scim.core.filters.tree import Node
from scim.core.sorting import Sort
from scim.models import ResourceQuerySet, ScimGroup, ScimUser

MOST_SIFTED = 20_000
# What looking at one resource costs, in memberships.
MEMBERS_A_RESOURCE = 10
CHUNK = 500
Row = TypeVar("Row", ScimUser, ScimGroup)
Json = dict[str, Any]
# Of attributes that a filter or an order looks at.
Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class Sieve(Generic[Row]):
    """Rows in the order of their ids, or against it, and of what answers show of them what is looked at.

    Its methods raise TooMany where more than 20,000 rows would be; `weight` says for how many one counts.
    """

    integration: Integration
    rows: ResourceQuerySet[Row]
    as_json: Callable[[Sequence[Row], Names], Iterable[Json]]
    weight: Callable[[Row, Names], int]
    is_backwards: bool = False

    def sifted(self, node: Node) -> Iterator[Row]:
        """The rows that the core lets through."""
        looked_at = frozenset(tree.names(node))
        return (row for row, shown in self._shown(looked_at) if evaluate.matches(node, shown))

    def in_order(self, sort: Sort, node: Node | None) -> list[Row]:
        """The rows that the core lets through, in an order that no column has."""
        looked_at = frozenset([sort.path.top.name, *(tree.names(node) if node else ())])
        keyed = [
            (sorting.key(sort, shown), row)
            for row, shown in self._shown(looked_at)
            if node is None or evaluate.matches(node, shown)
        ]
        keyed.sort(key=lambda pair: pair[0], reverse=sort.is_descending)
        return [row for _key, row in keyed]

    def _shown(self, looked_at: Names) -> Iterator[tuple[Row, Json]]:
        rows = self.rows.reverse() if self.is_backwards else self.rows
        beyond = rows.ahead_of if self.is_backwards else rows.behind
        seen, chunk = 0, list(rows[:CHUNK])
        while True:
            seen += sum(self.weight(row, looked_at) for row in chunk)
            if seen > MOST_SIFTED:
                raise TooMany(
                    f"The search has to look at more than {MOST_SIFTED} resources one by one.",
                    remedy='Add a comparison by userName, externalId, id or emails with "eq".',
                )
            yield from zip(chunk, self.as_json(chunk, looked_at), strict=True)
            if len(chunk) < CHUNK:
                return
            chunk = list(beyond(self.integration, chunk[-1].pk)[:CHUNK])
