"""All that an integration has of one type, page by page: by index, by cursor, in any order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Generic, TypeVar
from uuid import UUID

from integrations.kit.prepared import Select
from integrations.models import Integration
from scim.core.filters.tree import Comparison, Node, Operator
from scim.core.sorting import Sort
from scim.models import ResourceQuerySet, ScimGroup, ScimUser
from scim.store import query, statements
from scim.store.sifting import Names, Sieve

Row = TypeVar("Row", ScimUser, ScimGroup)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Window:
    """A page by index: `start` counts from 1; `count` rows at most."""

    start: int
    count: int

    @property
    def offset(self) -> int:
        return self.start - 1


@dataclass(frozen=True, slots=True)
class Place:
    """A page by cursor: behind the row `after`, or before the row `before`, or from the beginning.

    In an order of its own a place is a number of rows, `skipped`.
    """

    count: int
    after: UUID | None = None
    before: UUID | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """`total` is None where counting would cost more than the page.

    `behind` and `ahead` are where the next and the previous page by cursor begin, None at the ends.
    """

    rows: Sequence[Row]
    total: int | None
    behind: Place | None = None
    ahead: Place | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which resources, in which order; by their ids, oldest first, where none is asked for.

    `shows_members`: the answer shows who is in them, so that a page ends where those would be too many.
    """

    filter: Node | None = None
    sort: Sort | None = None
    shows_members: bool = False


@dataclass(frozen=True, slots=True)
class _Asked(Generic[Row]):
    """A search as the database sees it: rows, and what the core still has to look at, if anything."""

    rows: ResourceQuerySet[Row]
    sift: Node | None
    sort: Sort | None


def _one_each(_row: Any, _looked_at: Names) -> int:
    return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf(Generic[Row]):
    """`rows` gives all there are, in the order of their ids, `held` is their number, `columns` are those that
    filters look at, `named` the statements for one comparison by a name, `whole` that for a page of
    everything, `order` the columns of a sort, `as_json` what answers show of rows, `weight` what it costs to
    look at one, `fitting` how many of rows fit into one answer with their members.

    What the searches that are sent most do not need is made when it is asked for.
    """

    integration: Integration
    rows: Callable[[], ResourceQuerySet[Row]]
    held: int
    columns: Callable[[Integration], dict[str, query.Column]]
    named: dict[str, Select[Row]]
    whole: Select[Row]
    order: Callable[[Sort], list[Any] | None]
    as_json: Callable[[Sequence[Row], Names], Iterable[Json]]
    weight: Callable[[Row, Names], int] = _one_each
    fitting: Callable[[Sequence[Row]], int] = len

    def page(self, wanted: Wanted, at: Window | Place) -> Page[Row]:
        """One page. TooMany where one request would have to look at too many rows one by one."""
        page = self._page(wanted, at)
        return self._fitted(page, at, wanted) if wanted.shows_members else page

    def _fitted(self, page: Page[Row], at: Window | Place, wanted: Wanted) -> Page[Row]:
        """RFC 7644 3.4.2.4: a page may have fewer than asked for. The next one goes on where it ends."""
        rows, is_backwards = page.rows, isinstance(at, Place) and at.before is not None
        number = self.fitting(rows[::-1] if is_backwards else rows)
        if number == len(rows):
            return page
        if isinstance(at, Window):
            return replace(page, rows=rows[:number])
        if is_backwards:
            kept = rows[-number:]
            return replace(page, rows=kept, ahead=Place(at.count, before=kept[0].pk))
        kept = rows[:number]
        if wanted.sort is not None:
            return replace(page, rows=kept, behind=Place(at.count, skipped=at.skipped + number))
        return replace(page, rows=kept, behind=Place(at.count, after=kept[-1].pk))

    def _page(self, wanted: Wanted, at: Window | Place) -> Page[Row]:
        if isinstance(at, Window) and (quick := self._quickly(wanted, at)) is not None:
            return quick
        asked = self._asked(wanted)
        if asked.sort is not None:
            return self._sorted(asked, asked.sort, at)
        return self._by_index(asked, at) if isinstance(at, Window) else self._by_cursor(asked, at)

    def _asked(self, wanted: Wanted) -> _Asked[Row]:
        if wanted.filter is None:
            return _Asked(self.rows(), None, wanted.sort)
        found = query.translate(wanted.filter, self.columns(self.integration), self.integration)
        sift = None if found.is_exact else wanted.filter
        return _Asked(self.rows().filter(found.rows), sift, wanted.sort)

    def _quickly(self, wanted: Wanted, window: Window) -> Page[Row] | None:
        """The two searches that IdPs send most, by statements that are compiled already."""
        if wanted.sort is not None:
            return None
        if wanted.filter is None:
            rows = self.whole.all(integration=self.integration.pk, limit=window.count, offset=window.offset)
            # The total is kept, not counted; a page that was read later may know of more.
            seen = window.offset + len(rows) if rows else 0
            return Page(rows, _total(rows, window, lambda: max(self.held, seen)))
        found = self._namesakes(wanted.filter)
        return Page(found[window.offset :][: window.count], len(found)) if found is not None else None

    def _namesakes(self, node: Node) -> list[Row] | None:
        """What a single `name eq "text"` finds; None for other filters, and where it finds very many."""
        if not (isinstance(node, Comparison) and node.operator is Operator.EQ and node.value):
            return None
        statement = self.named.get(str(node.path))
        if statement is None:
            return None
        value = node.path.attribute.fold(node.value)
        rows = statement.all(integration=self.integration.pk, value=value)
        # Sorted here: for an order of its own the database might walk all people in that order instead.
        return sorted(rows, key=lambda row: row.pk) if len(rows) < statements.MOST_NAMESAKES else None

    def _sieve(self, rows: ResourceQuerySet[Row], *, is_backwards: bool = False) -> Sieve[Row]:
        return Sieve(self.integration, rows, self.as_json, self.weight, is_backwards)

    def _by_index(self, asked: _Asked[Row], window: Window) -> Page[Row]:
        if asked.sift is not None:
            found = list(self._sieve(asked.rows).sifted(asked.sift))
            return Page(found[window.offset :][: window.count], len(found))
        shown = list(asked.rows[window.offset : window.offset + window.count])
        return Page(shown, _total(shown, window, asked.rows.count))

    def _by_cursor(self, asked: _Asked[Row], place: Place) -> Page[Row]:
        """By key: the thousandth page costs what the first does. One row more tells whether any follow."""
        found = self._from(asked, place)
        shown, has_more = found[: place.count], len(found) > place.count
        if place.before is not None:
            shown, has_behind, has_ahead = shown[::-1], True, has_more
        else:
            has_behind, has_ahead = has_more, place.after is not None
        behind = Place(place.count, after=shown[-1].pk) if shown and has_behind else None
        if place.before is not None and place.count and not shown:  # they are gone: behind them all begins
            behind = Place(place.count)
        ahead = Place(place.count, before=shown[0].pk) if shown and has_ahead else None
        is_all = place.after is None and place.before is None and not has_more
        return Page(shown, len(shown) if is_all else None, behind, ahead)

    def _from(self, asked: _Asked[Row], place: Place) -> list[Row]:
        """The rows of a page and one more, in the direction in which it is read."""
        rows, is_backwards = asked.rows, place.before is not None
        if place.before is not None:
            rows = rows.ahead_of(self.integration, place.before)
        elif place.after is not None:
            rows = rows.behind(self.integration, place.after)
        if asked.sift is not None:
            sieve = self._sieve(rows, is_backwards=is_backwards)
            return list(islice(sieve.sifted(asked.sift), place.count + 1))
        return list((rows.reverse() if is_backwards else rows)[: place.count + 1])

    def _sorted(self, asked: _Asked[Row], sort: Sort, at: Window | Place) -> Page[Row]:
        """In the order of a column by the database, else of what the core compares."""
        offset = at.offset if isinstance(at, Window) else at.skipped
        columns = self.order(sort) if asked.sift is None else None
        if columns is not None:
            ordered = asked.rows.order_by(*columns)
            shown, total = list(ordered[offset : offset + at.count]), ordered.count()
        else:
            found = self._sieve(asked.rows).in_order(sort, asked.sift)
            shown, total = found[offset : offset + at.count], len(found)
        if isinstance(at, Window):
            return Page(shown, total)
        has_behind = at.count and offset + len(shown) < total
        behind = Place(at.count, skipped=offset + at.count) if has_behind else None
        ahead = Place(at.count, skipped=max(0, offset - at.count)) if offset else None
        return Page(shown, total, behind, ahead)


def _total(shown: Sequence[Any], window: Window, count: Callable[[], int]) -> int:
    """A page that is not full ends the list, so its total is known without counting."""
    if len(shown) < window.count and (shown or window.start == 1):
        return window.offset + len(shown)
    return count()
