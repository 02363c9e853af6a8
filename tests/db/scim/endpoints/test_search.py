"""Searches by POST to /.search, at the root and per endpoint, and a GET of the root (RFC 7644 3.4.3)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils.http import urlencode

from scim.core.search import SEARCH_SCHEMA
from tests.db.scim import wire


@pytest.fixture
def made(provider) -> dict[str, str]:
    """Three people and two groups, by name."""
    people = {name: provider.person(name, title=f"{name} T") for name in ("ada", "ben", "cleo")}
    return {
        **people,
        "Editors": provider.group("Editors", people["ada"]),
        "Writers": provider.group("Writers"),
    }


def asked(provider, address: str, **words: Any) -> wire.Json:
    status, body = provider.send("POST", address, {"schemas": [SEARCH_SCHEMA], **words})
    assert status == 200, body
    assert body["schemas"] == [wire.LIST]
    assert body["itemsPerPage"] == len(body["Resources"])
    return body


def ids(body: wire.Json) -> list[str]:
    return [one["id"] for one in body["Resources"]]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"filter": 'userName sw "b"'}, id="filter"),
        pytest.param({"filter": 'title co "a"', "count": 1}, id="sifted filter"),
        pytest.param({"sortBy": "userName", "sortOrder": "descending"}, id="sort"),
        pytest.param({"startIndex": 2, "count": 1}, id="page"),
        pytest.param({"count": 0}, id="only the total"),
        pytest.param({"attributes": "userName,title"}, id="attributes"),
        pytest.param({"excludedAttributes": "groups,emails"}, id="excluded attributes"),
    ],
)
def test_a_search_of_people_answers_as_the_get_with_the_same_words(provider, made, words):
    searched = asked(provider, "/Users/.search", **words)

    assert searched == wire.read(provider, f"/Users?{urlencode(words)}")


def test_a_search_of_groups_answers_as_the_get(provider, made):
    words = {"filter": f'members eq "{made["ada"]}"', "attributes": "displayName"}

    searched = asked(provider, "/Groups/.search", **words)

    assert searched == wire.read(provider, f"/Groups?{urlencode(words)}")
    assert ids(searched) == [made["Editors"]]


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        pytest.param({"attributes": ["userName"]}, {"schemas", "id", "userName"}, id="a list"),
        pytest.param({"attributes": "userName , title"}, {"schemas", "id", "userName", "title"}, id="a text"),
        pytest.param(
            {"excludedAttributes": ["emails", "meta", "groups"]},
            {"schemas", "id", "userName", "displayName", "title", "active"},
            id="excluded",
        ),
    ],
)
def test_attributes_come_as_a_list_or_a_text(provider, made, wish, shown):
    body = asked(provider, "/Users/.search", filter='userName sw "ada"', **wish)

    assert [set(one) for one in body["Resources"]] == [shown]


@pytest.mark.parametrize("address", ["/.search", "//.search/", "/.search/"])
def test_the_root_finds_people_before_groups(provider, made, address):
    body = asked(provider, address)

    assert ids(body) == [made[name] for name in ("ada", "ben", "cleo", "Editors", "Writers")]
    assert [one["meta"]["resourceType"] for one in body["Resources"]] == ["User"] * 3 + ["Group"] * 2
    assert (body["totalResults"], body["startIndex"]) == (5, 1)
    assert body == wire.read(provider, "/")


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        (1, 2, ["ada", "ben"]),
        (2, 3, ["ben", "cleo", "Editors"]),
        (3, 1, ["cleo"]),
        (4, 1, ["Editors"]),
        (4, 5, ["Editors", "Writers"]),
        (5, 5, ["Writers"]),
        (6, 5, []),
        (1, 0, []),
        (4, 0, []),
    ],
)
def test_a_page_of_the_root_runs_over_the_seam(provider, made, start, count, expected):
    for body in (
        asked(provider, "/.search", startIndex=start, count=count),
        wire.read(provider, f"?startIndex={start}&count={count}"),
    ):
        assert ids(body) == [made[name] for name in expected]
        assert body["totalResults"] == 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('displayName eq "ada"', ["ada"], id="both know it"),
        pytest.param('displayName sw "E" or displayName sw "B"', ["ben", "Editors"], id="either"),
        pytest.param('userName sw "cleo"', ["cleo"], id="people know it"),
        pytest.param("members pr", ["Editors"], id="groups know it"),
        pytest.param('meta.resourceType eq "Group"', ["Editors", "Writers"], id="groups by type"),
        pytest.param('meta.resourceType eq "User" and title co "n"', ["ben"], id="people by type"),
        pytest.param(
            'userName sw "ada" or displayName eq "Editors"', ["ada", "Editors"], id="or what only people have"
        ),
        pytest.param('displayName sw "e" and not (userName pr)', ["Editors"], id="not what only people have"),
        pytest.param('displayName sw "e" and userName ne "x"', ["Editors"], id="ne where there is none"),
        pytest.param('displayName sw "e" and title eq null', ["Editors"], id="null where there is none"),
        pytest.param('displayName sw "e" and active pr', [], id="pr where there is none"),
        pytest.param(
            'userName sw "ben" or members.value eq "x" or emails[type eq "x"].value eq "y"',
            ["ben"],
            id="each type has attributes of its own",
        ),
        pytest.param(
            f"{wire.ENTERPRISE}:department pr or not (members pr)",
            ["ada", "ben", "cleo", "Writers"],
            id="an extension, and no members",
        ),
    ],
)
def test_a_filter_of_the_root_finds_what_any_endpoint_knows(provider, made, text, expected):
    body = asked(provider, "/.search", filter=text)

    assert ids(body) == [made[name] for name in expected]
    assert body["totalResults"] == len(expected)


def test_the_root_by_cursor_walks_people_and_then_groups(provider, made):
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = asked(provider, "/.search", cursor=cursor, count=2)
        seen += ids(body)
        cursor = body.get("nextCursor")

    assert seen == [made[name] for name in ("ada", "ben", "cleo", "Editors", "Writers")]


def test_the_projection_holds_for_both_types(provider, made):
    body = asked(provider, "/.search", attributes=["displayName"])

    assert {frozenset(one) for one in body["Resources"]} == {frozenset({"schemas", "id", "displayName"})}


@pytest.mark.parametrize("address", ["/Users/.search", "/Groups/.search", "/.search"])
@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        pytest.param({"filter": "id pr"}, "invalidSyntax", id="no schemas"),
        pytest.param({"schemas": [wire.LIST]}, "invalidSyntax", id="schemas of something else"),
        pytest.param({"schemas": SEARCH_SCHEMA}, "invalidSyntax", id="schemas as a text"),
        pytest.param({"schemas": [SEARCH_SCHEMA], "count": "2"}, "invalidSyntax", id="count as a text"),
        pytest.param({"schemas": [SEARCH_SCHEMA], "count": True}, "invalidSyntax", id="count as a boolean"),
        pytest.param({"schemas": [SEARCH_SCHEMA], "count": 1.5}, "invalidSyntax", id="count with a fraction"),
        pytest.param(
            {"schemas": [SEARCH_SCHEMA], "filter": ["id pr"]}, "invalidSyntax", id="filter as a list"
        ),
        pytest.param(
            {"schemas": [SEARCH_SCHEMA], "filter": "nosuch pr"}, "invalidFilter", id="filter unknown"
        ),
        pytest.param(
            {"schemas": [SEARCH_SCHEMA], "filter": "id pr or nosuch pr"}, "invalidFilter", id="in part"
        ),
        pytest.param({"schemas": [SEARCH_SCHEMA], "cursor": "x"}, "invalidCursor", id="cursor made up"),
        pytest.param(
            {"schemas": [SEARCH_SCHEMA], "attributes": 7}, "invalidSyntax", id="attributes as a number"
        ),
        pytest.param({"schemas": [SEARCH_SCHEMA], "sortBy": 7}, "invalidSyntax", id="sortBy as a number"),
    ],
)
def test_what_is_no_search_is_refused(provider, address, body, scim_type):
    wire.refusal(wire.raw(provider, "POST", address, body), 400, scim_type)


def test_null_is_as_if_it_were_not_sent(provider, made):
    words = {"filter": None, "count": None, "cursor": None, "sortBy": None, "attributes": None}

    assert asked(provider, "/Users/.search", **words) == wire.read(provider, "/Users")


@pytest.mark.parametrize(("method", "address"), [("POST", "/.search"), ("GET", "/")], ids=["search", "GET"])
def test_the_root_cannot_be_sorted(provider, made, method, address):
    if method == "GET":
        response = wire.raw(provider, "GET", f"{address}?sortBy=displayName")
    else:
        response = wire.raw(provider, "POST", address, {"schemas": [SEARCH_SCHEMA], "sortBy": "displayName"})

    assert "/Users or /Groups" in wire.refusal(response, 400, "invalidValue")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"schemas": NaN}'])
def test_a_body_that_is_no_object_is_refused(provider, body):
    response = wire.raw(provider, "POST", "/.search", body)

    assert json.loads(response.content)["status"] == "400"


def test_a_body_in_another_form_is_415(provider):
    wire.refusal(wire.raw(provider, "POST", "/Users/.search", b"x", content_type="text/plain"), 415)


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        ("GET", "/.search", "OPTIONS, POST"),
        ("GET", "/Users/.search", "OPTIONS, POST"),
        ("PUT", "/Groups/.search", "OPTIONS, POST"),
        ("POST", "/", "GET, HEAD, OPTIONS"),
        ("DELETE", "/", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_wrong_method_is_405(provider, method, address, allowed):
    response = wire.raw(provider, method, address, {"a": 1} if method != "GET" else b"")

    wire.refusal(response, 405)
    assert response["Allow"] == allowed


@pytest.mark.parametrize(
    "address", ["/Schemas/.search", "/Bulk/.search", "/Users/x/.search", "/nosuch/.search"]
)
def test_only_people_groups_and_the_root_can_be_searched_so(provider, address):
    wire.refusal(wire.raw(provider, "POST", address, {"schemas": [SEARCH_SCHEMA]}), 404)


def test_what_was_searched_for_stands_in_the_log(provider, made):
    asked(provider, "/Users/.search", filter='userName eq "ada@northwind.example"')

    kept = wire.logged(provider)
    assert (kept.method, kept.path, kept.status, kept.resource_type) == (
        "POST",
        "/Users/.search",
        200,
        "User",
    )
    assert "ada@northwind.example" in kept.request_body
    assert kept.query == ""
