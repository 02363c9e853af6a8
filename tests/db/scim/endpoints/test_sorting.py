"""sortBy and sortOrder: by columns, by what has no column, with values that are missing or many."""

from __future__ import annotations

import pytest
from django.utils.http import urlencode

from scim.core.search import SEARCH_SCHEMA
from tests.db.scim import wire

PEOPLE: dict[str, wire.Json] = {
    "zoe": {
        "externalId": "b",
        "title": "alpha",
        "name": {"familyName": "Ärmel"},
        "emails": [{"value": "m@x.example"}, {"value": "Z@x.example", "primary": True}],
        wire.ENTERPRISE: {"department": "Beta", "manager": {"value": "2"}},
    },
    "Adam": {
        "externalId": "B",
        "title": "Alpha",
        "name": {"familyName": "zander"},
        "emails": [{"value": "n@x.example"}, {"value": "a@x.example"}],
        wire.ENTERPRISE: {"department": "alpha"},
        "active": False,
    },
    "bob": {"title": "beta", "name": {"familyName": "Zola"}, "emails": [{"value": "b@x.example"}]},
    "éva": {"externalId": "a", "name": {"familyName": "abel"}},
    "Straße": {"externalId": "", wire.ENTERPRISE: {"manager": {"value": "1"}}},
}


@pytest.fixture
def names(provider) -> dict[str, str]:
    """Five people, by id."""
    return {
        provider.send("POST", "/Users", {"userName": name, **more})[1]["id"]: name
        for name, more in PEOPLE.items()
    }


def order(provider, names, **words: str) -> list[str]:
    body = wire.read(provider, f"/Users?{urlencode(words)}")
    assert body["totalResults"] == len(names)
    return [names[one["id"]] for one in body["Resources"]]


ORDERS = [
    ("userName", ["Adam", "bob", "Straße", "zoe", "éva"]),
    ("id", list(PEOPLE)),
    ("meta.created", list(PEOPLE)),
    ("meta.lastModified", list(PEOPLE)),
    ("externalId", ["Adam", "éva", "zoe", "bob", "Straße"]),
    ("title", ["zoe", "Adam", "bob", "éva", "Straße"]),
    ("name.familyName", ["éva", "Adam", "bob", "zoe", "Straße"]),
    ("emails", ["bob", "Adam", "zoe", "éva", "Straße"]),
    ("emails.value", ["bob", "Adam", "zoe", "éva", "Straße"]),
    ("manager", ["Straße", "zoe", "Adam", "bob", "éva"]),
    ("department", ["Adam", "zoe", "bob", "éva", "Straße"]),
    (f"{wire.ENTERPRISE}:department", ["Adam", "zoe", "bob", "éva", "Straße"]),
    ("active", ["Adam", "zoe", "bob", "éva", "Straße"]),
]


@pytest.mark.parametrize(("sort_by", "expected"), ORDERS, ids=[name for name, _ in ORDERS])
def test_the_order_of_an_attribute(provider, names, sort_by, expected):
    assert order(provider, names, sortBy=sort_by) == expected
    assert order(provider, names, sortBy=sort_by.upper(), sortOrder="Ascending") == expected


# Who has equal values, or none.
EQUAL: dict[str, list[list[str]]] = {
    "title": [["zoe", "Adam"], ["éva", "Straße"]],
    "externalId": [["bob", "Straße"]],
    "active": [["zoe", "bob", "éva", "Straße"]],
    "manager": [["Adam", "bob", "éva"]],
    "emails": [["éva", "Straße"]],
    "emails.value": [["éva", "Straße"]],
    "department": [["bob", "éva", "Straße"]],
    f"{wire.ENTERPRISE}:department": [["bob", "éva", "Straße"]],
}


@pytest.mark.parametrize(("sort_by", "expected"), ORDERS, ids=[name for name, _ in ORDERS])
def test_descending_is_the_opposite_save_that_equals_stay_in_theirs(provider, names, sort_by, expected):
    descending = order(provider, names, sortBy=sort_by, sortOrder="descending")

    wanted = expected[::-1]
    for alike in EQUAL.get(sort_by, []):
        start = wanted.index(alike[-1])
        wanted[start : start + len(alike)] = alike
    assert descending == wanted


@pytest.mark.parametrize("sort_by", ["userName", "externalId", "title", "emails"])
@pytest.mark.parametrize("sort_order", ["ascending", "descending"])
def test_pages_of_an_order_join_to_the_whole(provider, names, sort_by, sort_order):
    words = {"sortBy": sort_by, "sortOrder": sort_order}
    whole = order(provider, names, **words)

    by_index = [
        one
        for start in (1, 3, 5)
        for one in order(provider, names, **words, startIndex=str(start), count="2")
    ]
    by_cursor: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = wire.read(provider, f"/Users?{urlencode({**words, 'count': 2, 'cursor': cursor})}")
        by_cursor += [names[one["id"]] for one in body["Resources"]]
        cursor = body.get("nextCursor")

    assert by_index == by_cursor == whole


@pytest.mark.parametrize(
    "text",
    ["title pr", 'userName co "a"', 'title co "a" or userName sw "a"'],
    ids=["sifted", "exact", "mixed"],
)
@pytest.mark.parametrize("sort_by", ["userName", "title"])
def test_a_filter_and_an_order_work_together(provider, names, text, sort_by):
    body = wire.read(provider, f"/Users?{urlencode({'filter': text, 'sortBy': sort_by, 'count': 2})}")

    every = wire.read(provider, f"/Users?{urlencode({'filter': text})}")
    whole = order(provider, names, sortBy=sort_by)
    kept = [name for name in whole if name in {names[one["id"]] for one in every["Resources"]}]
    assert [names[one["id"]] for one in body["Resources"]] == kept[:2]
    assert body["totalResults"] == len(kept)


def test_groups_are_sorted_by_name_and_by_members(provider):
    person = provider.person("ada")
    groups = {provider.group(name): name for name in ("writers", "Editors")}
    groups[provider.group("Zoo", person)] = "Zoo"

    by_name = wire.read(provider, "/Groups?sortBy=displayName")
    by_member = wire.read(provider, "/Groups?sortBy=members&sortOrder=ascending")

    assert [groups[one["id"]] for one in by_name["Resources"]] == ["Editors", "writers", "Zoo"]
    assert [groups[one["id"]] for one in by_member["Resources"]] == ["Zoo", "writers", "Editors"]


def test_a_search_by_post_is_sorted_alike(provider, names):
    words = {"sortBy": "title", "sortOrder": "descending"}

    status, body = provider.send("POST", "/Users/.search", {"schemas": [SEARCH_SCHEMA], **words})

    assert (status, [names[one["id"]] for one in body["Resources"]]) == (200, order(provider, names, **words))


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("sortBy=nosuch", "nosuch"),
        ("sortBy=name", "complex"),
        ("sortBy=meta", "complex"),
        ("sortBy=password", "never returned"),
        ("sortBy=emails%5Btype%20eq%20%22work%22%5D", "sortBy"),
        ("sortBy=members", "members"),
        ("sortBy=userName&sortOrder=up", "sortOrder"),
        ("sortBy=userName&sortOrder=%00", "sortOrder"),
        ("sortBy=%20.%20", "sortBy"),
        ("sortBy=a.b.c.d", "sortBy"),
    ],
)
def test_what_cannot_be_sorted_by_is_refused_with_its_name(provider, query, word):
    assert word in wire.refusal(wire.raw(provider, "GET", f"/Users?{query}"), 400, "invalidValue")


def test_an_order_without_an_attribute_changes_nothing(provider, names):
    assert order(provider, names, sortOrder="descending") == list(PEOPLE)
    assert order(provider, names, sortBy="  ") == list(PEOPLE)
