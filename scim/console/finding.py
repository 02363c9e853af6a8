"""Finds people and groups by the beginning of a name, at a cost that does not grow with how many there are.

Each kind of name is a branch: one range of an index, read in its order. The branches are merged; somebody
whom several names find is shown once, at the first of them. How many names one page looks at is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from integrations.delivery import finding as deliveries
from integrations.kit.key_field import begins_with
from integrations.kit.paging import Page
from integrations.models import Integration
from scim.models import ScimGroup, ScimUser, UserEmail

# A name with the id of whom it belongs to: where somebody stands in the list.
Spot = tuple[str, UUID]
# The row of each id that is to be shown, and its first name that meets the search.
Judge = Callable[[set[UUID]], dict[UUID, tuple[Any, Spot]]]

SIZE = 50
# How many names of each kind are read at once; when the last are read, the page ends with what was found.
STEPS = (150, 600, 1800)
MOST_KNOWN_BY_ID = 10
NOT_ARRIVED = "not-arrived"
# Django writes a bare boolean, which SQLite finds in no column of an index; a list of one is a comparison.
STATES = {
    "active": Q(test_only=False, active__in=[True]),
    "inactive": Q(test_only=False, active__in=[False]),
    "test": Q(test_only=True),
    NOT_ARRIVED: Q(deliveries.is_stuck()),
}


@dataclass(frozen=True, slots=True)
class Branch:
    """Names in the column `key` of rows that belong to `owner`; an index holds both, in that order."""

    rows: QuerySet[Any]
    key: str
    owner: str = "pk"

    def read(self, prefix: str, at: Spot | None, size: int, *, back: bool) -> list[Spot]:
        """The next spots behind `at`, or before it. Equal names are a read of their own, by their ids."""
        rows = self.rows.values_list(self.key, self.owner)
        side, sign, end = ("lt", "-", "before") if back else ("gt", "", "behind")
        found: list[Spot] = []
        if at is not None:
            equal = rows.filter(**{self.key: at[0], f"{self.owner}__{side}": at[1]})
            found = list(equal.order_by(f"{sign}{self.owner}")[:size])
        if len(found) < size:
            rows = rows.filter(begins_with(self.key, prefix, **({end: at[0]} if at else {})))
            found += rows.order_by(f"{sign}{self.key}", f"{sign}{self.owner}")[: size - len(found)]
        return found


def people(integration: Integration, query: str, *, state: str, cursor: str) -> Page:
    """Who has a userName, display name or e-mail address that begins so; first, whose externalId it is."""
    present = ScimUser.objects.for_integration(integration).present()
    wanted = present.filter(STATES.get(state, Q()))
    addresses = UserEmail.objects.for_integration(integration)
    prefix = query.casefold()

    def judge(ids: set[UUID]) -> dict[UUID, tuple[Any, Spot]]:
        rows = wanted.exclude(external_id=query).in_bulk(list(ids))
        keys = {row.pk: [row.user_name_key, row.display_name_key] for row in rows.values()}
        # all-tenants: of these people. By the integration as well, SQLite would read all of its addresses.
        own = UserEmail.objects.filter(user__in=list(rows))
        for user_id, key in own.values_list("user_id", "value_key"):
            keys[user_id].append(key)
        return {pk: (row, _first(keys[pk], prefix, pk)) for pk, row in rows.items()}

    branches = (
        Branch(present, "user_name_key"),
        Branch(present, "display_name_key"),
        Branch(addresses, "value_key", "user_id"),
    )
    known = wanted.filter(external_id=query)
    return _found(branches, judge, known, prefix=prefix, cursor=cursor)


def not_arrived(integration: Integration, cursor: str, *, size: int = SIZE) -> Page:
    """People for whom a delivery failed, is held or waits for a person; the latest such delivery first."""
    present = ScimUser.objects.for_integration(integration).present()
    page = deliveries.stuck(integration, present, cursor, size=size)
    found = present.in_bulk([delivery.line for delivery in page.rows])
    return replace(page, rows=[found[one.line] for one in page.rows if one.line in found])


def groups(integration: Integration, query: str, *, cursor: str) -> Page:
    """Groups whose name begins so; first, whose externalId it is."""
    present = ScimGroup.objects.for_integration(integration).present()

    def judge(ids: set[UUID]) -> dict[UUID, tuple[Any, Spot]]:
        rows = present.exclude(external_id=query).in_bulk(list(ids))
        return {pk: (row, (row.display_name_key, pk)) for pk, row in rows.items()}

    branches = (Branch(present, "display_name_key"),)
    known = present.filter(external_id=query)
    return _found(branches, judge, known, prefix=query.casefold(), cursor=cursor)


def _first(keys: Sequence[str], prefix: str, pk: UUID) -> Spot:
    return min(key for key in keys if key.startswith(prefix)), pk


def _found(
    branches: Sequence[Branch], judge: Judge, known: QuerySet[Any], *, prefix: str, cursor: str
) -> Page:
    """One page from the cursor on; `known` are those whom the whole query names, ahead of the first page."""
    side, at = _spot(cursor)
    if side == "before" and at is not None:
        shown, end = _look(branches, judge, prefix, at=at, back=True)
        if end is not None:
            shown.reverse()
            first, last = (shown[0][0], shown[-1][0]) if shown else (end, at)
            return Page([row for _at, row in shown], _cursor("after", last), _cursor("before", first))
        at = None  # nothing is left before it: the first page, filled anew
    shown, end = _look(branches, judge, prefix, at=at, back=False)
    # Sorted here: to have them in order SQLite would walk through everybody.
    ahead = sorted(known.order_by()[:MOST_KNOWN_BY_ID], key=lambda row: row.pk) if at is None else []
    newer = _cursor("before", shown[0][0] if shown else at) if at else ""
    return Page([*ahead, *(row for _at, row in shown)], _cursor("after", end), newer)


def _look(
    branches: Sequence[Branch], judge: Judge, prefix: str, *, at: Spot | None, back: bool
) -> tuple[list[tuple[Spot, Any]], Spot | None]:
    """The rows of a page with their spots, in the order read, and where the next page begins; None at the
    end."""
    shown: list[tuple[Spot, Any]] = []
    for size in STEPS:
        read = [branch.read(prefix, at, size, back=back) for branch in branches]
        spots, is_end = _merged(read, size, back=back)
        rows = judge({pk for _key, pk in spots})
        shown += [(spot, rows[spot[1]][0]) for spot in spots if spot[1] in rows and rows[spot[1]][1] == spot]
        if len(shown) > SIZE:
            return shown[:SIZE], shown[SIZE - 1][0]
        if is_end:
            return shown, None
        at = spots[-1]
    return shown, at


def _merged(read: Sequence[list[Spot]], size: int, *, back: bool) -> tuple[list[Spot], bool]:
    """All spots in order, up to where a branch has more than was read; and whether none has."""
    every = sorted({spot for spots in read for spot in spots}, reverse=back)
    edges = [spots[-1] for spots in read if len(spots) == size]
    if not edges:
        return every, True
    edge = max(edges) if back else min(edges)
    return [spot for spot in every if (spot >= edge if back else spot <= edge)], False


def _cursor(side: str, spot: Spot | None) -> str:
    return f"{side}:{spot[1]}:{spot[0]}" if spot else ""


def _spot(cursor: str) -> tuple[str, Spot | None]:
    """What a cursor says; one that is not ours says nothing."""
    side, _colon, rest = cursor.partition(":")
    pk, _colon, key = rest.partition(":")
    try:
        return side, (key, UUID(pk))
    except ValueError:
        return "", None
