"""Answers a search: by the query of a GET, or by a POST to /.search (RFC 7644 3.4.2, 3.4.3; RFC 9865)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from scim.core import cursor, sorting
from scim.core.errors import InvalidValue
from scim.core.filters import parser
from scim.core.schema import ResourceType
from scim.core.search import Search
from scim.endpoints import render
from scim.endpoints.adapters import Adapter, GroupAdapter, UserAdapter
from scim.endpoints.exchange import Exchange
from scim.store import listing
from scim.store.shelf import Page, Place, Wanted, Window

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shelf:
    """One endpoint that can be searched."""

    name: str
    adapter: type[Adapter]
    pages: Any

    def resource_type(self, exchange: Exchange) -> ResourceType:
        return exchange.user_type if self.name == "User" else exchange.group_type


USERS = Shelf("User", UserAdapter, listing.users)
GROUPS = Shelf("Group", GroupAdapter, listing.groups)


def answer(exchange: Exchange, shelf: Shelf, search: Search) -> HttpResponse:
    """A page of one endpoint."""
    exchange.attributes, exchange.excluded = search.attributes, search.excluded
    wanted = _wanted(exchange, shelf, search)
    place = _place(exchange, shelf, search)
    page = shelf.pages(exchange.integration, wanted, place, base_url=exchange.base_url)
    shown = shelf.adapter(None, request=exchange.request).many(page.rows)
    if search.cursor is None:
        return render.listing(shown, total=page.total or 0, start=search.start)
    cursors = _cursors(page, _scope(exchange, shelf, search))
    return render.cursor_listing(shown, total=page.total, **cursors)


def answer_all(exchange: Exchange, search: Search) -> HttpResponse:
    """A page of everything, people before groups."""
    exchange.attributes, exchange.excluded = search.attributes, search.excluded
    if search.sort_by:
        raise InvalidValue("sortBy is for one endpoint.", remedy="Search /Users or /Groups.")
    asked = [(one, _wanted(exchange, one, search, other)) for one, other in permutations((USERS, GROUPS))]
    by = _all_by_index if search.cursor is None else _all_by_cursor
    return by(exchange, asked, search)


def _all_by_index(exchange: Exchange, asked: Sequence[tuple[Shelf, Wanted]], search: Search) -> HttpResponse:
    shown: list[Json] = []
    total = 0
    for shelf, wanted in asked:
        window = Window(max(1, search.start - total), search.count - len(shown))
        page = shelf.pages(exchange.integration, wanted, window, base_url=exchange.base_url)
        shown += shelf.adapter(None, request=exchange.request).many(page.rows)
        total += page.total or 0
    return render.listing(shown, total=total, start=search.start)


def _all_by_cursor(exchange: Exchange, asked: Sequence[tuple[Shelf, Wanted]], search: Search) -> HttpResponse:
    """One endpoint's page at a time; behind the last of people come groups."""
    scope = f"{exchange.integration.pk}\n\n{search.scope}"
    position = _read(search.cursor, scope) if search.cursor else {}
    number = position.pop("shelf", 0)
    shelf, wanted = asked[number]
    page = shelf.pages(
        exchange.integration, wanted, _from(position, search.count), base_url=exchange.base_url
    )
    shown = shelf.adapter(None, request=exchange.request).many(page.rows)
    place = _position(page.behind) if page.behind else {}
    follows = {**place, "shelf": number if page.behind else number + 1}
    if follows["shelf"] >= len(asked) or not search.count:
        return render.cursor_listing(shown, total=None)
    return render.cursor_listing(shown, total=None, next_cursor=_issue(follows, scope))


def _wanted(exchange: Exchange, shelf: Shelf, search: Search, *others: Shelf) -> Wanted:
    """`others` are searched with it, so that the filter may name what they alone have."""
    resource_type = shelf.resource_type(exchange)
    elsewhere = [other.resource_type(exchange) for other in others]
    is_filtered = bool(search.filter.strip())
    return Wanted(
        filter=parser.parse(search.filter, resource_type, elsewhere=elsewhere) if is_filtered else None,
        sort=sorting.parse(search.sort_by, search.sort_order, resource_type) if search.sort_by else None,
        shows_members=shelf.adapter(None, request=exchange.request).shows("members"),
    )


def _place(exchange: Exchange, shelf: Shelf, search: Search) -> Window | Place:
    if search.cursor is None:
        return Window(search.start, search.count)
    position = _read(search.cursor, _scope(exchange, shelf, search)) if search.cursor else {}
    return _from(position, search.count)


def _from(position: Json, count: int) -> Place:
    return Place(
        count=count,
        after=UUID(position["after"]) if "after" in position else None,
        before=UUID(position["before"]) if "before" in position else None,
        skipped=position.get("skipped", 0),
    )


def _cursors(page: Page[Any], scope: str) -> dict[str, str]:
    ways = {"next_cursor": page.behind, "previous_cursor": page.ahead}
    return {name: _issue(_position(place), scope) for name, place in ways.items() if place is not None}


def _position(place: Place) -> Json:
    """Where a page begins, as it stands in a cursor."""
    if place.after or place.before:
        held = {"after": place.after, "before": place.before}
        return {name: str(value) for name, value in held.items() if value}
    return {"skipped": place.skipped}


def _issue(position: Json, scope: str) -> str:
    return cursor.issue(position, scope=scope, key=_key(), now_s=time.time())


def _read(text: str, scope: str) -> Json:
    return cursor.read(text, scope=scope, key=_key(), now_s=time.time())


def _scope(exchange: Exchange, shelf: Shelf, search: Search) -> str:
    return f"{exchange.integration.pk}\n{shelf.name}\n{search.scope}"


def _key() -> bytes:
    return f"scim cursor {settings.SECRET_KEY}".encode()
