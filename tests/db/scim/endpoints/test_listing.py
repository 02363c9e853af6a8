"""Pages: startIndex, count, totals and order; attributes and excludedAttributes."""

from __future__ import annotations

import json

import pytest

from tests.db.scim import wire


@pytest.fixture
def seven(provider) -> list[str]:
    return [provider.person(f"p{number}") for number in range(7)]


@pytest.mark.parametrize(
    ("query", "start", "expected"),
    [
        pytest.param("", 1, range(7), id="all"),
        pytest.param("startIndex=1&count=2", 1, range(2), id="first two"),
        pytest.param("startIndex=3&count=2", 3, range(2, 4), id="third and fourth"),
        pytest.param("startIndex=7&count=2", 7, range(6, 7), id="the last"),
        pytest.param("startIndex=8&count=2", 8, (), id="beyond the end"),
        pytest.param("startIndex=0&count=2", 1, range(2), id="start 0 is 1"),
        pytest.param("startIndex=-1&count=2", 1, range(2), id="start -1 is 1"),
        pytest.param(f"startIndex=-{9 * 10**30}&count=2", 1, range(2), id="start far below"),
        pytest.param("count=0", 1, (), id="count 0"),
        pytest.param("count=-1", 1, (), id="count -1 is 0"),
        pytest.param("count=5000", 1, range(7), id="count 5,000"),
        pytest.param(f"count={10**40}", 1, range(7), id="count of 41 digits"),
        pytest.param("startIndex=&count=", 1, range(7), id="empty numbers"),
        pytest.param("STARTINDEX=3", 3, range(2, 7), id="names in any case"),
        pytest.param("count=2&", 1, range(2), id="OneLogin's ampersand"),
        pytest.param(
            "startIndex=2&count=2&filter=userName%20sw%20%22p%22", 2, range(1, 3), id="with a filter"
        ),
        pytest.param("startIndex=2&count=2&filter=displayName%20sw%20%22p%22", 2, range(1, 3), id="sifted"),
        pytest.param("count=0&filter=userName%20sw%20%22p%22", 1, (), id="only the total of a filter"),
        pytest.param("count=0&filter=displayName%20sw%20%22p%22", 1, (), id="only the total, sifted"),
        pytest.param("unknown=1&aadOptscim062020", 1, range(7), id="unknown parameters"),
    ],
)
def test_a_page(provider, seven, query, start, expected):
    page = wire.read(provider, f"/Users?{query}")

    assert [one["id"] for one in page["Resources"]] == [seven[number] for number in expected]
    assert (page["totalResults"], page["startIndex"]) == (7, start)
    assert page["itemsPerPage"] == len(page["Resources"])
    assert page["schemas"] == [wire.LIST]


@pytest.mark.parametrize("number", [10**18 - 1, 2**63, 10**30])
def test_a_huge_start_is_an_empty_page_with_the_true_total(provider, seven, number):
    page = wire.read(provider, f"/Users?startIndex={number}")

    assert (page["Resources"], page["totalResults"]) == ([], 7)


@pytest.mark.parametrize("text", ["one", "1.5", "1e3", "0x1", "NaN", "1;2", "%00", "--1", "1 2"])
@pytest.mark.parametrize("name", ["startIndex", "count"])
def test_what_is_not_a_number_is_refused(provider, name, text):
    detail = wire.refusal(wire.raw(provider, "GET", f"/Users?{name}={text}"), 400)

    assert name in detail


@pytest.mark.parametrize("resource", ["/Users", "/Groups"])
def test_an_empty_list_is_200(provider, resource):
    page = wire.read(provider, f"{resource}?startIndex=1&count=100")

    assert (page["totalResults"], page["itemsPerPage"], page["Resources"]) == (0, 0, [])


def test_a_page_has_a_hundred_unless_asked(provider):
    for number in range(101):
        provider.group(f"Group {number}")

    page, more = wire.read(provider, "/Groups"), wire.read(provider, "/Groups?count=1000")

    assert (page["itemsPerPage"], page["totalResults"]) == (100, 101)
    assert more["itemsPerPage"] == 101


def test_the_order_is_stable_while_people_come_and_change(provider, seven):
    first = wire.read(provider, "/Users?count=4")["Resources"]
    provider.person("aaa")
    wire.patch(provider, f"/Users/{seven[0]}", {"op": "replace", "path": "userName", "value": "zzz"})
    second = wire.read(provider, "/Users?startIndex=5&count=4")["Resources"]

    assert [one["id"] for one in first + second][:7] == seven
    assert second[-1]["displayName"] == "Aaa"


def test_the_total_is_true_after_deletion_and_return(provider, seven):
    provider.send("DELETE", f"/Users/{seven[3]}")
    without = wire.read(provider, "/Users?count=2")["totalResults"]
    provider.person("p3")

    assert (without, wire.read(provider, "/Users?count=2")["totalResults"]) == (6, 7)


PERSON = {
    "userName": "ada",
    "externalId": "00u1",
    "title": "Lady",
    "name": {"givenName": "Ada", "familyName": "Byron"},
    "emails": [{"value": "a@a.example", "type": "work"}],
    wire.ENTERPRISE: {"department": "Engines", "costCenter": "7"},
}
ALWAYS = {"schemas", "id"}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        pytest.param("attributes=userName", {"userName"}, id="one"),
        pytest.param("attributes=USERNAME,Title", {"userName", "title"}, id="any case"),
        pytest.param("attributes=userName,%20title", {"userName", "title"}, id="blank behind the comma"),
        pytest.param(f"attributes={wire.USER}:userName", {"userName"}, id="URN"),
        pytest.param(f"attributes={wire.ENTERPRISE}", {wire.ENTERPRISE}, id="whole extension"),
        pytest.param(
            f"attributes={wire.ENTERPRISE}:department", {wire.ENTERPRISE}, id="part of an extension"
        ),
        pytest.param("attributes=name.givenName", {"name"}, id="part"),
        pytest.param("attributes=emails.value", {"emails"}, id="part of a list"),
        pytest.param("attributes=meta", {"meta"}, id="meta"),
        pytest.param("attributes=password", set(), id="password"),
        pytest.param("attributes=shoeSize", set(), id="unknown"),
        pytest.param(
            "excludedAttributes=title,emails,id,schemas",
            {"userName", "externalId", "name", "meta", "active", wire.ENTERPRISE},
            id="what is always shown cannot be excluded",
        ),
        pytest.param(
            f"excludedAttributes={wire.ENTERPRISE},name,meta",
            {"userName", "externalId", "title", "emails", "active"},
            id="excluded extension",
        ),
        pytest.param("attributes=title&excludedAttributes=title", {"title"}, id="both"),
    ],
)
def test_attributes_of_an_answer(provider, query, shown):
    created = json.loads(wire.raw(provider, "POST", f"/Users?{query}", PERSON).content)
    one = wire.read(provider, f"/Users/{created['id']}?{query}")
    (listed,) = wire.read(provider, f"/Users?{query}")["Resources"]
    replaced = json.loads(wire.raw(provider, "PUT", f"/Users/{created['id']}?{query}", PERSON).content)

    assert set(created) == set(one) == set(listed) == set(replaced) == shown | ALWAYS


@pytest.mark.parametrize(
    ("query", "name", "left"),
    [
        pytest.param("attributes=name.givenName", "name", {"givenName": "Ada"}, id="asked part"),
        pytest.param(
            "excludedAttributes=name.givenName", "name", {"familyName": "Byron"}, id="excluded part"
        ),
        pytest.param("attributes=emails.value", "emails", [{"value": "a@a.example"}], id="part of a list"),
        pytest.param(
            f"excludedAttributes={wire.ENTERPRISE}:costCenter",
            wire.ENTERPRISE,
            {"department": "Engines"},
            id="excluded part of an extension",
        ),
    ],
)
def test_parts_of_an_attribute(provider, query, name, left):
    person = provider.send("POST", "/Users", PERSON)[1]["id"]

    assert wire.read(provider, f"/Users/{person}?{query}")[name] == left


@pytest.mark.parametrize(
    "resource",
    ["/Users/", "//Users", "/Users//", "/users", "/USERS/", "/Users/?count=100", "/Users//?count=100"],
)
def test_slashes_and_case_of_an_address_change_nothing(provider, seven, resource):
    assert wire.read(provider, resource)["totalResults"] == 7


def test_slashes_change_nothing_for_one_person(provider, seven):
    for resource in (f"/Users/{seven[0]}/", f"//Users//{seven[0]}//", f"/users/{seven[0]}"):
        assert wire.read(provider, resource) == wire.read(provider, f"/Users/{seven[0]}")


def test_a_create_works_with_a_slash_at_the_end(provider):
    assert provider.send("POST", "/Users/", {"userName": "ada"})[0] == 201
    assert provider.send("POST", "//Groups//", {"displayName": "Editors"})[0] == 201
