"""Pages of people and groups, by filter and index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from integrations.models import Integration
from scim.core.errors import TooMany
from scim.core.filters import evaluate
from scim.core.filters.tree import Node
from scim.models import ResourceQuerySet, ScimGroup, ScimUser
from scim.store import members, query, resources

MOST_SIFTED = 20_000
CHUNK = 500
Row = TypeVar("Row", ScimUser, ScimGroup)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    total: int


@dataclass(frozen=True, slots=True)
class Window:
    """`start` counts from 1; `count` rows at most."""

    start: int
    count: int


def users(integration: Integration, node: Node | None, window: Window) -> Page[ScimUser]:
    """A page of people in a stable order, with the true total."""
    rows = ScimUser.objects.for_integration(integration).present()
    columns = query.user_columns(integration)
    return _page(rows, _asked(node, columns, integration), window, as_json=_users_as_json)


def groups(integration: Integration, node: Node | None, window: Window) -> Page[ScimGroup]:
    rows = ScimGroup.objects.for_integration(integration).present()
    columns = query.group_columns(integration)
    return _page(rows, _asked(node, columns, integration), window, as_json=_groups_as_json)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A filter and what SQL makes of it."""

    node: Node
    translation: query.Translation


def _asked(node: Node | None, columns: dict[str, query.Column], integration: Integration) -> _Asked | None:
    return _Asked(node, query.translate(node, columns, integration)) if node is not None else None


def _page(
    rows: ResourceQuerySet[Row],
    asked: _Asked | None,
    window: Window,
    *,
    as_json: Callable[[Sequence[Row]], list[Json]],
) -> Page[Row]:
    rows = (rows.filter(asked.translation.rows) if asked else rows).order_by("pk")
    first, behind = window.start - 1, window.start - 1 + window.count
    if asked and not asked.translation.is_exact:
        found = list(_sifted(rows, asked.node, as_json))
        return Page(found[first:behind], len(found))
    shown = list(rows[first:behind])
    return Page(shown, _total(rows, shown, window))


def _total(rows: ResourceQuerySet[Row], shown: Sequence[Row], window: Window) -> int:
    """A page that is not full ends the list, so its total is known without counting."""
    if len(shown) < window.count and (shown or window.start == 1):
        return window.start - 1 + len(shown)
    return rows.count()


def _sifted(
    rows: ResourceQuerySet[Row], node: Node, as_json: Callable[[Sequence[Row]], list[Json]]
) -> Iterator[Row]:
    """The rows that the core lets through, in chunks; TooMany beyond what one request may ask for."""
    seen, last = 0, None
    while True:
        chunk = list((rows.filter(pk__gt=last) if last else rows)[:CHUNK])
        for row, shown in zip(chunk, as_json(chunk), strict=True):
            if evaluate.matches(node, shown):
                yield row
        if len(chunk) < CHUNK:
            return
        seen, last = seen + len(chunk), chunk[-1].pk
        if seen >= MOST_SIFTED:
            raise TooMany(
                f"The filter has to look at more than {MOST_SIFTED} resources one by one.",
                remedy='Add a comparison by userName, externalId, id or emails with "eq".',
            )


def _users_as_json(rows: Sequence[ScimUser]) -> list[Json]:
    groups_of = members.groups_of(rows, "")
    return [resources.user(row, "", groups_of.get(row.pk, ())) for row in rows]


def _groups_as_json(rows: Sequence[ScimGroup]) -> list[Json]:
    members_of = members.of_groups(rows, "")
    return [resources.group(row, "", members_of.get(row.pk)) for row in rows]
