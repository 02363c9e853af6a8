"""Who came into a group and who went, in one change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(slots=True)
class Delta:
    """The people who came and who went, by id; nobody is in both. `pending`: values that name nobody here."""

    added: set[UUID] = field(default_factory=set)
    removed: set[UUID] = field(default_factory=set)
    pending: set[str] = field(default_factory=set)

    def add(self, ids: Iterable[UUID]) -> None:
        came = set(ids)
        self.added |= came - self.removed
        self.removed -= came

    def remove(self, ids: Iterable[UUID]) -> None:
        went = set(ids)
        self.removed |= went - self.added
        self.added -= went
