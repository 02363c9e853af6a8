"""Attributes that one integration has beyond the standard's: written, found, ordered, shown, taken away."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.http import urlencode

from scim.models import ScimUser
from tests.db import console
from tests.db.scim import wire

ACME = "urn:example:params:scim:acme:2.0:User"
DEFINITIONS = [
    {
        "id": ACME,
        "description": "What Acme keeps",
        "attributes": [
            {"name": "badge"},
            {"name": "floor", "type": "integer"},
            {"name": "rate", "type": "decimal"},
            {"name": "remote", "type": "boolean"},
            {"name": "since", "type": "dateTime"},
            {"name": "desk", "type": "reference"},
            {"name": "skills", "multiValued": True},
        ],
    }
]
VALUES: dict[str, Any] = {
    "badge": "B-1",
    "floor": 7,
    "rate": 1.5,
    "remote": True,
    "since": "2026-01-31T12:00:00Z",
    "desk": "https://desks.example/7",
    "skills": ["Lathe", "Mill"],
}


@pytest.fixture
def acme(provider) -> console.Provider:
    """An identity provider whose integration has attributes of its own."""
    define(provider, DEFINITIONS)
    return provider


def define(provider: console.Provider, definitions: list[wire.Json]) -> None:
    provider.integration.extra_schemas = definitions
    provider.integration.save(update_fields=["extra_schemas"])


def test_a_text_that_is_there_in_another_case_is_not_added(acme):
    made = acme.send("POST", "/Users", {"userName": "ada", ACME: VALUES})[1]

    add = {"op": "add", "path": f"{ACME}:skills", "value": ["LATHE", "Weld"]}
    shown = wire.patch(acme, f"/Users/{made['id']}", add)[1]

    assert shown[ACME]["skills"] == ["Lathe", "Mill", "Weld"]


def test_what_is_sent_is_kept_and_shown(acme):
    status, made = acme.send("POST", "/Users", {"userName": "ada", ACME: VALUES})

    shown = wire.read(acme, f"/Users/{made['id']}")
    assert (status, made[ACME]) == (201, VALUES)
    assert shown[ACME] == VALUES
    assert shown["schemas"] == [wire.USER, ACME]


@pytest.mark.parametrize(
    ("part", "sent"),
    [
        ("badge", 7),
        ("floor", "seven"),
        ("floor", 1.5),
        ("floor", True),
        ("rate", "1.5"),
        ("remote", "perhaps"),
        ("since", "yesterday"),
        ("since", "2026-01-31"),
        ("desk", {}),
        ("skills", [7]),
    ],
)
def test_a_value_of_another_type_is_refused_with_its_name(acme, part, sent):
    ada = acme.person("ada")
    patch = {"Operations": [{"op": "add", "path": f"{ACME}:{part}", "value": sent}]}

    for method, address, body in (
        ("POST", "/Users", {"userName": "ben", ACME: {part: sent}}),
        ("PUT", f"/Users/{ada}", {"userName": "ada", ACME: {part: sent}}),
        ("PATCH", f"/Users/{ada}", patch),
    ):
        detail = wire.refusal(wire.raw(acme, method, address, body), 400, "invalidValue")
        assert f"{ACME}:{part}" in detail
    assert wire.counts(acme) == (1, 0)


def test_an_unknown_part_is_set_aside_and_named(acme):
    made = acme.send("POST", "/Users", {"userName": "ada", ACME: {"badge": "B", "shoe": 43}})[1]

    assert made[ACME] == {"badge": "B"}
    assert f"{ACME}:shoe" in " ".join(wire.logged(acme).notes)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "replace", "path": f"{ACME}:floor", "value": 8}, {**VALUES, "floor": 8}),
        ({"op": "add", "path": ACME, "value": {"badge": "B-2"}}, {**VALUES, "badge": "B-2"}),
        (
            {"op": "add", "path": f"{ACME}:skills", "value": ["Saw"]},
            {**VALUES, "skills": ["Lathe", "Mill", "Saw"]},
        ),
        ({"op": "replace", "path": f"{ACME}:skills", "value": ["Saw"]}, {**VALUES, "skills": ["Saw"]}),
        ({"op": "replace", "value": {f"{ACME}:badge": "B-3"}}, {**VALUES, "badge": "B-3"}),
        ({"op": "replace", "value": {ACME.upper(): {"BADGE": "B-4"}}}, {**VALUES, "badge": "B-4"}),
        ({"op": "remove", "path": f"{ACME}:rate"}, {k: v for k, v in VALUES.items() if k != "rate"}),
        ({"op": "remove", "path": ACME}, None),
        ({"op": "add", "path": "badge", "value": "B-5"}, {**VALUES, "badge": "B-5"}),
    ],
)
def test_a_patch_reaches_each_of_them(acme, operation, expected):
    made = acme.send("POST", "/Users", {"userName": "ada", ACME: VALUES})[1]["id"]

    status, after = wire.patch(acme, f"/Users/{made}", operation)

    assert (status, after.get(ACME)) == (200, expected)
    assert (ACME in after["schemas"]) == (expected is not None)


def test_put_takes_away_what_it_does_not_name(acme):
    made = acme.send("POST", "/Users", {"userName": "ada", ACME: VALUES})[1]["id"]

    after = acme.send("PUT", f"/Users/{made}", {"userName": "ada", ACME: {"floor": 1}})[1]

    assert after[ACME] == {"floor": 1}


PEOPLE: dict[str, wire.Json] = {
    "ada": VALUES,
    "ben": {"badge": "b-2", "floor": 12, "rate": 0.5, "remote": False, "since": "2026-02-01T00:00:00+05:00"},
    "cleo": {"badge": "a-9", "floor": -3, "skills": ["mill"]},
    "dan": {},
}


@pytest.fixture
def names(acme) -> dict[str, str]:
    """Four people, by id."""
    return {
        acme.send("POST", "/Users", {"userName": name, ACME: more})[1]["id"]: name
        for name, more in PEOPLE.items()
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'{ACME}:badge eq "b-1"', {"ada"}),
        (f'{ACME.lower()}:BADGE sw "B"', {"ada", "ben"}),
        ('badge sw "B"', {"ada", "ben"}),
        (f"{ACME}:floor gt 6.5", {"ada", "ben"}),
        (f"{ACME}:floor eq 7.0", {"ada"}),
        (f"{ACME}:rate le 1", {"ben"}),
        (f"{ACME}:remote eq true", {"ada"}),
        (f"{ACME}:remote ne true", {"ben", "cleo", "dan"}),
        (f'{ACME}:since lt "2026-02-01T00:00:00Z"', {"ada", "ben"}),
        (f'{ACME}:since gt "2026-01-31T12:00:00Z"', {"ben"}),
        (f'{ACME}:desk eq "https://DESKS.example/7"', set()),
        (f'{ACME}:skills eq "MILL"', {"ada", "cleo"}),
        (f"{ACME}:skills pr", {"ada", "cleo"}),
        (f"not ({ACME}:badge pr)", {"dan"}),
        (f'userName eq "ben" and {ACME}:floor pr', {"ben"}),
    ],
)
def test_a_filter_finds_them(acme, names, text, expected):
    assert {names[one] for one in wire.found(acme, text)} == expected


@pytest.mark.parametrize(
    ("sort_by", "expected"),
    [
        (f"{ACME}:badge", ["cleo", "ada", "ben", "dan"]),
        (f"{ACME}:floor", ["cleo", "ada", "ben", "dan"]),
        (f"{ACME}:rate", ["ben", "ada", "cleo", "dan"]),
        (f"{ACME}:remote", ["ben", "ada", "cleo", "dan"]),
        (f"{ACME}:since", ["ada", "ben", "cleo", "dan"]),
        (f"{ACME}:skills", ["ada", "cleo", "ben", "dan"]),
        ("floor", ["cleo", "ada", "ben", "dan"]),
    ],
)
def test_an_order_goes_by_them(acme, names, sort_by, expected):
    body = wire.read(acme, f"/Users?{urlencode({'sortBy': sort_by})}")

    assert [names[one["id"]] for one in body["Resources"]] == expected


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        ({"attributes": f"{ACME}:badge"}, {"badge": "B-1"}),
        ({"attributes": ACME}, VALUES),
        ({"attributes": "userName"}, None),
        ({"excludedAttributes": ACME}, None),
        (
            {"excludedAttributes": f"{ACME}:skills,{ACME}:desk"},
            {k: v for k, v in VALUES.items() if k not in ("skills", "desk")},
        ),
    ],
)
def test_a_projection_picks_them(acme, wish, shown):
    made = acme.send("POST", "/Users", {"userName": "ada", ACME: VALUES})[1]["id"]

    assert wire.read(acme, f"/Users/{made}?{urlencode(wish)}").get(ACME) == shown


def test_discovery_lists_them_for_this_integration_alone(acme, stranger):
    user = wire.read(acme, "/ResourceTypes/User")
    schema = wire.read(acme, f"/Schemas/{ACME}")

    assert {"schema": ACME, "required": False} in user["schemaExtensions"]
    assert (schema["id"], schema["description"]) == (ACME, "What Acme keeps")
    assert {one["name"]: (one["type"], one["multiValued"]) for one in schema["attributes"]} == {
        "badge": ("string", False),
        "floor": ("integer", False),
        "rate": ("decimal", False),
        "remote": ("boolean", False),
        "since": ("dateTime", False),
        "desk": ("reference", False),
        "skills": ("string", True),
    }
    assert ACME in [one["id"] for one in wire.read(acme, "/Schemas")["Resources"]]
    wire.refusal(wire.raw(stranger, "GET", f"/Schemas/{ACME}"), 404)
    wire.refusal(wire.ask(stranger, f'{ACME}:badge eq "B-1"'), 400, "invalidFilter")
    assert ACME not in stranger.send("POST", "/Users", {"userName": "ada", ACME: VALUES})[1]


def test_a_definition_that_is_taken_away_leaves_the_data_unshown(acme):
    made = acme.send("POST", "/Users", {"userName": "ada", ACME: VALUES})[1]["id"]

    define(acme, [])
    shown = wire.read(acme, f"/Users/{made}")
    status, patched = wire.patch(acme, f"/Users/{made}", {"op": "add", "path": "title", "value": "T"})
    filtered = wire.ask(acme, f"{ACME}:badge pr")

    assert ACME not in shown
    assert shown["schemas"] == [wire.USER]
    assert (status, patched["title"], ACME in patched) == (200, "T", False)
    wire.refusal(filtered, 400, "invalidFilter")
    assert ScimUser.objects.for_integration(acme.integration).get(pk=made).data[ACME] == VALUES

    define(acme, DEFINITIONS)
    assert wire.read(acme, f"/Users/{made}")[ACME] == VALUES


def test_a_definition_that_has_changed_its_types_breaks_no_search(acme, names):
    changed = [{"id": ACME, "attributes": [{"name": "badge", "type": "integer"}, {"name": "floor"}]}]

    define(acme, changed)

    assert wire.found(acme, f"{ACME}:badge gt 1") == []
    assert wire.found(acme, f'{ACME}:floor eq "7"') == []
    for sort_by in ("badge", "floor"):
        body = wire.read(acme, f"/Users?{urlencode({'sortBy': f'{ACME}:{sort_by}'})}")
        assert body["totalResults"] == 4


def test_people_from_before_and_after_a_change_of_types_are_ordered_and_patched(acme):
    old = acme.send(
        "POST", "/Users", {"userName": "ada", ACME: {"badge": "B-1", "desk": "https://a.example"}}
    )[1]
    badge, desk = {"name": "badge", "type": "dateTime"}, {"name": "desk", "multiValued": True}
    define(acme, [{"id": ACME, "attributes": [badge, desk]}])
    new = acme.send("POST", "/Users", {"userName": "ben", ACME: {"badge": VALUES["since"]}})[1]

    body = wire.read(acme, f"/Users?{urlencode({'sortBy': f'{ACME}:badge'})}")
    add = {"op": "add", "path": f"{ACME}:desk", "value": ["https://b.example"]}
    after = wire.patch(acme, f"/Users/{old['id']}", add)[1]

    assert [one["id"] for one in body["Resources"]] == [new["id"], old["id"]]
    assert after[ACME] == {"badge": "B-1", "desk": ["https://a.example", "https://b.example"]}


def test_groups_have_none_of_them(acme):
    made = acme.send("POST", "/Groups", {"displayName": "Editors", ACME: VALUES})[1]

    assert ACME not in made
    wire.refusal(wire.ask(acme, "badge pr", "/Groups"), 400, "invalidFilter")


def test_bulk_and_search_know_them(acme):
    data = {"userName": "ada", ACME: VALUES}
    operation = {"method": "POST", "path": "/Users", "bulkId": "a", "data": data}
    bulk = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
    acme.send("POST", "/Bulk", {"schemas": [bulk], "Operations": [operation]})

    search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": "floor eq 7"}
    for address in ("/Users/.search", "/.search"):
        (found,) = acme.send("POST", address, search)[1]["Resources"]
        assert found[ACME] == VALUES
