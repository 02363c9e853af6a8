"""How many values one request may have compared by the filters and lists of its PATCH operations."""

from __future__ import annotations

from scim.core.errors import TooMany

MOST_COMPARISONS = 200_000


class Budget:
    """What a request may still compare: a value of a list with one term of a filter, or with what is added.

    An operation is short and a list is long, so that neither the size of a body nor the number of its
    operations bounds the work.
    """

    def __init__(self) -> None:
        self._left = MOST_COMPARISONS

    @property
    def left(self) -> int:
        return self._left

    def give_back(self, left: int) -> None:
        """What was left before a part of the work that is to be done again."""
        self._left = left

    def spend(self, comparisons: int) -> None:
        """To be called before the work; TooMany beyond the limit."""
        self._left -= comparisons
        if self._left < 0:
            raise TooMany(
                f"The request compares more than {MOST_COMPARISONS} values one by one.",
                remedy="Send it in parts, or with shorter filters.",
            )
