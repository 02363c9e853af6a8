"""Rows of two words each, such as a group and its role: typed, moved and added to without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

MOST_ROWS = 200
LONGEST = 512
BLANK_ROWS = 3


@dataclass(slots=True)
class Row:
    """`error` is a sentence about this row."""

    left: str = ""
    right: str = ""
    error: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.left or self.right)


@dataclass(slots=True)
class Pairs:
    """The rows as they stand in the form."""

    rows: list[Row]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Pairs:
        """What is kept, with a blank row to fill in."""
        return cls([*(Row(left, right) for left, right in pairs), Row()])

    @classmethod
    def read(cls, data: QueryDict) -> Pairs:
        """What was typed; PostgreSQL takes no NUL."""
        sides = [[_clean(text) for text in data.getlist(name)[:MOST_ROWS]] for name in ("left", "right")]
        return cls([Row(left, right) for left, right in zip(*sides, strict=False)])

    @property
    def filled(self) -> list[Row]:
        return [row for row in self.rows if not row.is_blank]

    def check(self, judge: Callable[[Sequence[tuple[str, str]]], Mapping[int, str]]) -> bool:
        """Whether `judge` finds no fault with the rows that are begun; else rows carry errors."""
        begun = self.filled
        faults = judge([(row.left, row.right) for row in begun])
        for place, words in faults.items():
            begun[place].error = words
        return not faults

    def obey(self, command: str) -> None:
        """ "add" makes blank rows; "up-2" and "down-2" move the row of that place, counted from 0."""
        verb, _dash, place = command.partition("-")
        self.rows = self.filled
        at = int(place) if place.isascii() and place.isdecimal() and len(place) < 4 else -1
        to = at + {"up": -1, "down": 1}.get(verb, 0)
        if 0 <= at < len(self.rows) and 0 <= to < len(self.rows):
            self.rows[at], self.rows[to] = self.rows[to], self.rows[at]
        self.rows += [Row() for _number in range(BLANK_ROWS if verb == "add" else 1)]

    def shown(self, notes: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        """The rows for the template; `notes` says something of a row by its right word."""
        last = len(self.filled) - 1
        return [
            {
                "place": place,
                "number": place + 1,
                "row": row,
                "note": (notes or {}).get(row.right, ""),
                "may_rise": 0 < place <= last,
                "may_sink": place < last,
            }
            for place, row in enumerate(self.rows)
        ]


def _clean(text: str) -> str:
    return text.replace("\0", "").strip()[:LONGEST]
