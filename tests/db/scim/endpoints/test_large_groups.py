"""Lists of groups that have more members together than one answer holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode

from scim.core.search import SEARCH_SCHEMA
from scim.store import members, sifting
from tests.db.scim import wire

SIZES = [2, 2, 5, 1, 1, 1]


@pytest.fixture
def groups(provider, monkeypatch) -> list[str]:
    """Six groups where an answer holds three members; the third alone has more."""
    monkeypatch.setattr(members, "MOST_LISTED", 3)
    people = [provider.person(f"p{number}") for number in range(max(SIZES))]
    return [provider.group(f"Group {number}", *people[:size]) for number, size in enumerate(SIZES)]


def by_index(provider, **words: str) -> Iterator[wire.Json]:
    start = 1
    while True:
        page = wire.read(provider, "/Groups?" + urlencode({**words, "startIndex": str(start)}))
        yield page
        start += page["itemsPerPage"]
        if start > page["totalResults"]:
            return


def by_cursor(provider, **words: str) -> Iterator[wire.Json]:
    cursor: str | None = ""
    while cursor is not None:
        page = wire.read(provider, "/Groups?" + urlencode({**words, "cursor": cursor}))
        yield page
        cursor = page.get("nextCursor")


@pytest.mark.parametrize("walk", [by_index, by_cursor])
@pytest.mark.parametrize(
    "words",
    [
        pytest.param({}, id="plain"),
        pytest.param({"filter": 'displayName sw "group"'}, id="filtered"),
        pytest.param({"filter": 'not (externalId sw "zz")'}, id="sifted"),
        pytest.param({"filter": 'members.display sw "p"'}, id="sifted by members"),
        pytest.param({"sortBy": "displayName"}, id="sorted"),
        pytest.param({"count": "2"}, id="two at a time"),
    ],
)
def test_a_page_ends_where_members_would_be_too_many_and_the_next_goes_on(
    provider, groups, walk: Callable[..., Iterator[wire.Json]], words
):
    pages = list(walk(provider, **words))

    shown = [group for page in pages for group in page["Resources"]]
    assert [group["id"] for group in shown] == groups
    assert [len(group["members"]) for group in shown] == SIZES
    for page in pages:
        sizes = [len(group["members"]) for group in page["Resources"]]
        assert sum(sizes) <= 3 or len(sizes) == 1
        assert page.get("totalResults", 6) == 6


def test_the_way_back_by_cursor_misses_no_group(provider, groups):
    *_, last = by_cursor(provider)
    back = [last["Resources"]]
    while previous := last.get("previousCursor"):
        last = wire.read(provider, f"/Groups?cursor={previous}")
        back.insert(0, last["Resources"])

    assert [group["id"] for page in back for group in page] == groups


def test_the_root_goes_on_behind_a_shorter_page(provider, groups):
    seen: list[str] = []
    while len(seen) < 5 + len(groups):
        body = {"schemas": [SEARCH_SCHEMA], "startIndex": len(seen) + 1}
        page = provider.send("POST", "/.search", body)[1]
        assert page["totalResults"] == 5 + len(groups)
        seen += [one["id"] for one in page["Resources"]]

    assert seen[5:] == groups


@pytest.mark.parametrize("words", [{"excludedAttributes": "members"}, {"attributes": "id"}])
def test_a_page_without_members_is_whole(provider, groups, words):
    page = wire.read(provider, "/Groups?" + urlencode({**words, "filter": 'not (externalId sw "zz")'}))

    assert [group["id"] for group in page["Resources"]] == groups


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ('not (externalId sw "zz")', False),
        ('members[value eq "{}"]', False),
        ('members[value eq "{}" and type eq "user"]', True),
        ("members pr", True),
    ],
)
def test_members_are_read_where_a_filter_looks_at_them(provider, groups, text, reads):
    ada = wire.read(provider, f"/Groups/{groups[3]}")["members"][0]["value"]
    address = "/Groups?" + urlencode({"filter": text.format(ada), "attributes": "displayName"})

    with CaptureQueriesContext(connection) as captured:
        page = wire.read(provider, address)

    assert page["totalResults"] == len(groups)
    assert any("scim_groupmember" in one["sql"] and "user_name" in one["sql"] for one in captured) is reads


def test_more_members_than_a_search_looks_at_are_too_many(provider, groups, monkeypatch):
    monkeypatch.setattr(sifting, "MOST_SIFTED", 6)
    monkeypatch.setattr("scim.store.listing.MEMBERS_A_RESOURCE", 2)

    assert wire.ask(provider, 'externalId sw "zz"', "/Groups").status_code == 200
    wire.refusal(wire.ask(provider, 'members.display sw "p"', "/Groups"), 400, "tooMany")
