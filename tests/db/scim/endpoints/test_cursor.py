"""Pages by cursor (RFC 9865): whole walks, what a cursor is bound to, and what is refused."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils.http import urlencode

from integrations import tokens
from scim.core.search import SEARCH_SCHEMA
from tests import factories
from tests.db import console
from tests.db.scim import wire

# RFC 9865 2: unreserved characters of RFC 3986 alone.
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")


def page(provider, kind: str = "/Users", **words: Any) -> wire.Json:
    return wire.read(provider, f"{kind}?{urlencode({'cursor': '', **words})}")


def ids(body: wire.Json) -> list[str]:
    return [one["id"] for one in body["Resources"]]


def walk(provider, kind: str = "/Users", way: str = "nextCursor", **words: Any) -> list[list[str]]:
    """The ids of each page, from the beginning or from `cursor` on."""
    pages = []
    cursor: str | None = words.pop("cursor", "")
    while cursor is not None:
        body = page(provider, kind, cursor=cursor, **words)
        assert body["itemsPerPage"] == len(body["Resources"])
        assert "startIndex" not in body
        pages.append(ids(body))
        cursor = body.get(way)
    return pages


@pytest.fixture
def seven(provider) -> list[str]:
    return [provider.person(f"p{number}", title=f"T{number % 2}") for number in range(7)]


@pytest.mark.parametrize(
    ("count", "sizes"), [(1, [1] * 7), (2, [2, 2, 2, 1]), (3, [3, 3, 1]), (7, [7]), (1_000, [7])]
)
def test_a_walk_sees_everybody_once_in_order(provider, seven, count, sizes):
    pages = walk(provider, count=count)

    assert [len(one) for one in pages] == sizes
    assert [one for shown in pages for one in shown] == seven


def test_the_way_back_is_the_way_there(provider, seven):
    first = page(provider, count=3)
    second = page(provider, count=3, cursor=first["nextCursor"])
    third = page(provider, count=3, cursor=second["nextCursor"])

    again = page(provider, count=3, cursor=third["previousCursor"])
    start = page(provider, count=3, cursor=again["previousCursor"])

    assert (ids(again), ids(start)) == (ids(second), ids(first))
    assert ids(page(provider, count=3, cursor=start["nextCursor"])) == ids(second)


@pytest.mark.parametrize(
    "words",
    [{}, {"sortBy": "userName"}, {"sortBy": "title"}, {"filter": "title pr"}, {"filter": 'userName sw "p"'}],
    ids=["plain", "sorted", "sorted by what has no column", "sifted", "filtered"],
)
def test_the_ends_have_no_cursor_beyond_them(provider, seven, words):
    first = page(provider, count=4, **words)
    last = page(provider, count=4, cursor=first["nextCursor"], **words)

    assert "previousCursor" not in first
    assert "nextCursor" not in last
    assert "previousCursor" not in page(provider, count=4, cursor=last["previousCursor"], **words)


def test_a_single_page_has_no_cursors_and_a_true_total(provider, seven):
    body = page(provider)

    assert body.keys() == {"schemas", "totalResults", "itemsPerPage", "Resources"}
    assert body["totalResults"] == 7


@pytest.mark.parametrize("kind", ["/Users", "/Groups"])
def test_nothing_is_an_empty_last_page(provider, kind):
    body = page(provider, kind)

    assert (body["Resources"], body["itemsPerPage"], body["totalResults"]) == ([], 0, 0)
    assert "nextCursor" not in body


@pytest.mark.parametrize("kind", ["/Users", "/Groups"])
@pytest.mark.parametrize("way", ["nextCursor", "previousCursor"])
def test_who_was_there_all_the_time_is_seen_once_whoever_comes_and_goes(provider, kind, way):
    def make(name: str) -> str:
        body = {"userName": name, "displayName": name}
        return provider.send("POST", kind, body)[1]["id"]

    made = [make(f"old {number}") for number in range(12)]
    gone, seen = set(), []
    if way == "nextCursor":
        body = page(provider, kind, count=3)
    else:
        ahead = page(provider, kind, count=11)
        body = page(provider, kind, count=3, cursor=ahead["nextCursor"])
    number = 0
    while True:
        seen += ids(body)
        # One of those just shown goes, one of those ahead goes, one comes.
        for victim in (ids(body)[:1], [one for one in made if one not in seen and one not in gone][1:2]):
            for one in victim:
                provider.send("DELETE", f"{kind}/{one}")
                gone.add(one)
        number += 1
        make(f"new {number}")
        if way not in body or number > 20:
            break
        body = page(provider, kind, count=3, cursor=body[way])

    assert len(seen) == len(set(seen))
    assert set(made) - gone <= set(seen)


def test_a_page_back_whose_people_are_all_gone_leads_on(provider, seven):
    second = page(provider, count=2, cursor=page(provider, count=2)["nextCursor"])
    for one in seven[:2]:
        provider.send("DELETE", f"/Users/{one}")

    empty = page(provider, count=2, cursor=second["previousCursor"])

    assert ids(empty) == []
    assert ids(page(provider, count=2, cursor=empty["nextCursor"])) == seven[2:4]


def test_a_page_on_whose_people_are_all_gone_is_the_last(provider, seven):
    first = page(provider, count=5)
    for one in seven[5:]:
        provider.send("DELETE", f"/Users/{one}")

    last = page(provider, count=5, cursor=first["nextCursor"])

    assert ids(last) == []
    assert "nextCursor" not in last


@pytest.mark.parametrize("text", ['title eq "T0"', 'not (title eq "T1")', 'title eq "T0" or userName co "%"'])
def test_a_sifted_filter_is_walked_both_ways(provider, seven, text):
    pages = walk(provider, filter=text, count=2)
    last = page(provider, filter=text, count=2, cursor=page(provider, filter=text, count=2)["nextCursor"])
    back = walk(provider, way="previousCursor", filter=text, count=2, cursor=last["previousCursor"])

    assert pages == [[seven[0], seven[2]], [seven[4], seven[6]]]
    assert back == [[seven[0], seven[2]]]


@pytest.mark.parametrize("sort_by", ["userName", "title"])
@pytest.mark.parametrize("sort_order", ["ascending", "descending"])
def test_an_order_is_walked_both_ways(provider, seven, sort_by, sort_order):
    words = {"sortBy": sort_by, "sortOrder": sort_order, "count": 3}
    pages = walk(provider, **words)
    second = page(provider, cursor=page(provider, **words)["nextCursor"], **words)

    assert [one for shown in pages for one in shown] == ids(
        wire.read(provider, f"/Users?{urlencode({'sortBy': sort_by, 'sortOrder': sort_order})}")
    )
    assert ids(page(provider, cursor=second["previousCursor"], **words)) == pages[0]


def test_the_count_may_change_between_pages(provider, seven):
    first = page(provider, count=2)
    second = page(provider, count=4, cursor=first["nextCursor"])
    third = page(provider, cursor=second["nextCursor"])

    assert ids(first) + ids(second) + ids(third) == seven


@pytest.mark.parametrize("count", [0, -3])
def test_a_count_of_nothing_shows_nothing(provider, seven, count):
    body = page(provider, count=count)

    assert (body["Resources"], body["itemsPerPage"]) == ([], 0)


def test_a_cursor_has_unreserved_characters_alone(provider, seven):
    provider.group("Editors")
    words: list[dict[str, Any]] = [
        {},
        {"sortBy": "userName"},
        {"sortBy": "title", "sortOrder": "descending"},
        {"filter": 'title pr and userName co "p"'},
    ]
    for one in words:
        first = page(provider, count=2, **one)
        second = page(provider, count=2, cursor=first["nextCursor"], **one)
        for text in (first["nextCursor"], second["nextCursor"], second["previousCursor"]):
            assert UNRESERVED.fullmatch(text)
    assert UNRESERVED.fullmatch(page(provider, "/", count=2)["nextCursor"])


def test_the_search_by_post_and_the_get_take_each_others_cursors(provider, seven):
    asked = {"schemas": [SEARCH_SCHEMA], "cursor": "", "count": 3}
    first = provider.send("POST", "/Users/.search", asked)[1]

    second = page(provider, count=3, cursor=first["nextCursor"])
    third = provider.send("POST", "/Users/.search", {**asked, "cursor": second["nextCursor"]})[1]

    assert ids(first) + ids(second) + ids(third) == seven
    assert "nextCursor" not in third


def test_another_token_of_the_same_integration_goes_on(provider, seven):
    first = page(provider, count=4)
    other = tokens.rotate(provider.integration, by=factories.OPERATOR, overlap=timedelta(hours=1))

    body = page(console.provider(provider.integration, other), count=4, cursor=first["nextCursor"])

    assert ids(body) == seven[4:]


BOUND = 'userName sw "p"'


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        pytest.param("/Users", {}, id="without the filter"),
        pytest.param("/Users", {"filter": 'userName sw "q"'}, id="another filter"),
        pytest.param("/Users", {"filter": BOUND, "sortBy": "userName"}, id="another order"),
        pytest.param("/Users", {"filter": BOUND, "sortOrder": "descending"}, id="another direction"),
        pytest.param("/Groups", {"filter": 'displayName sw "p"'}, id="another type"),
        pytest.param("/", {"filter": BOUND}, id="the root"),
    ],
)
def test_a_cursor_is_bound_to_its_search(provider, seven, kind, words):
    cursor = page(provider, filter=BOUND, count=2)["nextCursor"]

    response = wire.raw(provider, "GET", f"{kind}?{urlencode({**words, 'cursor': cursor})}")

    assert "cursor" in wire.refusal(response, 400, "invalidCursor")


def test_a_cursor_is_bound_to_its_integration(provider, seven, stranger):
    for number in range(7):
        stranger.person(f"s{number}")
    theirs = page(stranger, count=2)["nextCursor"]

    wire.refusal(wire.raw(provider, "GET", f"/Users?cursor={theirs}"), 400, "invalidCursor")


def test_a_cursor_of_the_root_is_none_of_an_endpoint(provider, seven):
    cursor = page(provider, "/", count=2)["nextCursor"]

    wire.refusal(wire.raw(provider, "GET", f"/Users?cursor={cursor}"), 400, "invalidCursor")


@pytest.mark.parametrize("resource", ["/Users", "/Groups", "/"])
@pytest.mark.parametrize(
    "text",
    ["x", ".", "a.b", "%00", "%ff", "é.é", "null", "0", "a" * 5_000, "eyJ9.AAAA", "..", "%F0%9F%98%80"],
)
def test_a_cursor_that_was_made_up_is_refused(provider, resource, text):
    wire.refusal(wire.raw(provider, "GET", f"{resource}?cursor={text}"), 400, "invalidCursor")


def test_a_cursor_with_any_letter_changed_is_refused(provider, seven):
    cursor = page(provider, count=2)["nextCursor"]
    for place in range(0, len(cursor), 5):
        other = "A" if cursor[place] != "A" else "B"
        changed = cursor[:place] + other + cursor[place + 1 :]
        wire.refusal(wire.raw(provider, "GET", f"/Users?cursor={changed}"), 400, "invalidCursor")
    for changed in (cursor[:-1], cursor[1:], cursor + "A", cursor.partition(".")[0]):
        wire.refusal(wire.raw(provider, "GET", f"/Users?cursor={changed}"), 400, "invalidCursor")


def test_a_cursor_lives_an_hour(provider, seven, time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z", tick=False)
    cursor = page(provider, count=4)["nextCursor"]

    time_machine.shift(3_600)
    assert ids(page(provider, count=4, cursor=cursor)) == seven[4:]
    time_machine.shift(1)
    response = wire.raw(provider, "GET", f"/Users?count=4&cursor={cursor}")

    assert "Begin the search again" in wire.refusal(response, 400, "expiredCursor")


@pytest.mark.parametrize("count", ["one", "1.5", "NaN"])
def test_a_count_that_is_none_is_named_as_such(provider, count):
    wire.refusal(wire.raw(provider, "GET", f"/Users?cursor=&count={count}"), 400, "invalidCount")
