"""Members of a group by PATCH, in the forms that identity providers send."""

from __future__ import annotations

import json

import pytest

from scim.models import ScimUser
from tests.db.scim import wire


@pytest.fixture
def people(provider) -> dict[str, str]:
    return {name: provider.person(name) for name in ("ada", "grace", "alan")}


@pytest.fixture
def group(provider, people) -> str:
    """Ada and Grace are in it."""
    return provider.group("Editors", people["ada"], people["grace"])


def values(people: dict[str, str], *names: str) -> list[wire.Json]:
    return [{"value": people[name]} for name in names]


FORMS = [
    pytest.param(
        lambda p: {"op": "add", "path": "members", "value": values(p, "alan")},
        {"ada", "grace", "alan"},
        id="add",
    ),
    pytest.param(
        lambda p: {"op": "Add", "path": "members", "value": [{"$ref": None, "value": p["alan"]}]},
        {"ada", "grace", "alan"},
        id="Entra ID adds",
    ),
    pytest.param(
        lambda p: {"op": "add", "path": "MEMBERS", "value": {"value": p["alan"]}},
        {"ada", "grace", "alan"},
        id="one object for a list",
    ),
    pytest.param(
        lambda p: {"op": "add", "path": "members", "value": [p["alan"]]},
        {"ada", "grace", "alan"},
        id="bare id",
    ),
    pytest.param(
        lambda p: {"op": "add", "value": {"members": values(p, "alan")}},
        {"ada", "grace", "alan"},
        id="add without a path",
    ),
    pytest.param(
        lambda p: {"op": "add", "path": f"{wire.GROUP}:members", "value": values(p, "alan")},
        {"ada", "grace", "alan"},
        id="path with URN",
    ),
    pytest.param(
        lambda p: {"op": "add", "path": f'members[value eq "{p["alan"]}"]'},
        {"ada", "grace", "alan"},
        id="OneLogin adds by filter",
    ),
    pytest.param(
        lambda p: {"op": "add", "path": "members", "value": values(p, "ada")},
        {"ada", "grace"},
        id="add again",
    ),
    pytest.param(
        lambda p: {"op": "remove", "path": f'members[value eq "{p["ada"]}"]'},
        {"grace"},
        id="remove by filter",
    ),
    pytest.param(
        lambda p: {"op": "remove", "path": f'members[value EQ "{p["ada"]}" OR value eq "{p["grace"]}"]'},
        set(),
        id="remove two by filter",
    ),
    pytest.param(
        lambda p: {"op": "Remove", "path": "members", "value": values(p, "ada")},
        {"grace"},
        id="remove a list",
    ),
    pytest.param(
        lambda p: {"op": "remove", "path": "members", "value": [{"value": wire.NOBODY}]},
        {"ada", "grace"},
        id="remove who is not there",
    ),
    pytest.param(
        lambda p: {"op": "remove", "path": f'members[value eq "{p["alan"]}"]'},
        {"ada", "grace"},
        id="remove by filter who is not in it",
    ),
    pytest.param(lambda p: {"op": "remove", "path": "members"}, set(), id="remove all"),
    pytest.param(lambda p: {"op": "replace", "path": "members", "value": []}, set(), id="replace by nobody"),
    pytest.param(
        lambda p: {"op": "replace", "path": "members", "value": values(p, "grace", "alan")},
        {"grace", "alan"},
        id="replace",
    ),
    pytest.param(
        lambda p: {"op": "replace", "value": {"members": values(p, "alan"), "displayName": "Editors"}},
        {"alan"},
        id="replace without a path",
    ),
    pytest.param(
        lambda p: {"op": "replace", "value": {"displayName": "Editors"}},
        {"ada", "grace"},
        id="without members nobody goes",
    ),
    pytest.param(lambda p: {"op": "add", "path": "members", "value": []}, {"ada", "grace"}, id="add nobody"),
]


@pytest.mark.parametrize(("operation", "expected"), FORMS)
def test_members_after_one_operation(provider, people, group, operation, expected):
    status, _ = wire.patch(provider, f"/Groups/{group}", operation(people))

    assert status in (200, 204)
    assert wire.members(provider, group) == {people[name] for name in expected}


@pytest.mark.parametrize(("operation", "expected"), FORMS)
def test_the_same_operation_twice_ends_where_it_did(provider, people, group, operation, expected):
    wire.patch(provider, f"/Groups/{group}", operation(people))
    version = wire.read(provider, f"/Groups/{group}")["meta"]["version"]

    status, _ = wire.patch(provider, f"/Groups/{group}", operation(people))

    after = wire.read(provider, f"/Groups/{group}")
    assert status in (200, 204)
    assert after["meta"]["version"] == version
    assert {member["value"] for member in after.get("members", [])} == {people[name] for name in expected}


def test_operations_are_carried_out_in_their_order(provider, people, group):
    status, shown = wire.patch(
        provider,
        f"/Groups/{group}",
        {"op": "replace", "path": "members", "value": values(people, "alan")},
        {"op": "add", "path": "members", "value": values(people, "ada")},
        {"op": "remove", "path": f'members[value eq "{people["alan"]}"]'},
        {"op": "replace", "path": "displayName", "value": "Writers"},
    )

    assert (status, shown["displayName"]) == (200, "Writers")
    assert [member["value"] for member in shown["members"]] == [people["ada"]]
    assert wire.changes(provider)[-1].members == {"added": [], "removed": [people["grace"]]}


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        pytest.param({"op": "add", "path": "members"}, "invalidValue", id="add without a value"),
        pytest.param({"op": "add", "path": "members", "value": [{}]}, "invalidValue", id="empty member"),
        pytest.param({"op": "remove", "path": "members", "value": [{}]}, "invalidValue", id="remove {}"),
        pytest.param({"op": "remove", "path": "members", "value": ""}, "invalidValue", id="remove blank"),
        pytest.param({"op": "remove", "path": "members", "value": 0}, "invalidValue", id="remove 0"),
        pytest.param({"op": "remove", "path": "members", "value": False}, "invalidValue", id="remove false"),
        pytest.param({"op": "remove", "path": "members[value"}, "invalidPath", id="open bracket"),
        pytest.param({"op": "remove", "path": "members[]"}, "invalidPath", id="empty filter"),
        pytest.param({"op": "remove", "path": 'members[value sw "0"]'}, "invalidPath", id="by beginning"),
        pytest.param({"op": "remove", "path": 'members[value ne "0"]'}, "invalidPath", id="all but one"),
        pytest.param({"op": "remove", "path": 'members[not (value eq "0")]'}, "invalidPath", id="not"),
        pytest.param({"op": "remove", "path": 'members[type eq "User"]'}, "invalidPath", id="by type alone"),
        pytest.param(
            {"op": "remove", "path": 'members[value eq "0" and type eq "Group"]'}, "invalidPath", id="a group"
        ),
        pytest.param(
            {"op": "remove", "path": "members[value pr]"}, "invalidPath", id="all that have a value"
        ),
        pytest.param(
            {"op": "replace", "path": 'members[value eq "x"].value', "value": "y"},
            "mutability",
            id="its value",
        ),
        pytest.param({"op": "remove", "path": "members.value"}, "mutability", id="the values of all"),
        pytest.param({"op": "remove"}, "noTarget", id="remove without a path"),
        pytest.param({"op": "remove", "path": "displayName"}, "mutability", id="remove the name"),
        pytest.param({"op": "remove", "path": "shoeSize"}, "invalidPath", id="unknown attribute"),
    ],
)
def test_what_is_not_understood_removes_nobody(provider, group, operation, scim_type):
    before = wire.read(provider, f"/Groups/{group}")

    response = wire.raw(provider, "PATCH", f"/Groups/{group}", {"Operations": [operation]})

    wire.refusal(response, 400, scim_type)
    assert wire.read(provider, f"/Groups/{group}") == before


def test_a_refused_operation_takes_back_those_before_it(provider, people, group):
    status, _ = wire.patch(
        provider,
        f"/Groups/{group}",
        {"op": "remove", "path": "members"},
        {"op": "replace", "path": "displayName", "value": "Nobody"},
        {"op": "add", "path": "shoeSize", "value": 9},
    )

    after = wire.read(provider, f"/Groups/{group}")
    assert status == 400
    assert after["displayName"] == "Editors"
    assert wire.members(provider, group) == {people["ada"], people["grace"]}


@pytest.mark.parametrize(("number", "status"), [(1_000, 200), (1_001, 204)])
def test_up_to_a_thousand_members_come_back_and_beyond_the_answer_is_204(provider, number, status):
    rows = [
        ScimUser(
            integration=provider.integration,
            user_name=f"p{one}",
            user_name_key=f"p{one}",
            data={"userName": f"p{one}", "active": True},
        )
        for one in range(number)
    ]
    everybody = [str(row.pk) for row in ScimUser.objects.bulk_create(rows)]
    group = provider.group("Everybody", *everybody[1:])
    add = {"op": "add", "path": "members", "value": [{"value": everybody[0]}]}

    response = wire.raw(provider, "PATCH", f"/Groups/{group}", {"Operations": [add]})

    assert response.status_code == status
    assert response.content.count(b'"$ref"') == (number if status == 200 else 0)
    assert wire.members(provider, group) == set(everybody)
    asked = wire.raw(provider, "PATCH", f"/Groups/{group}?attributes=members.value", {"Operations": [add]})
    assert (asked.status_code, len(json.loads(asked.content)["members"])) == (200, number)


def test_whoever_asks_for_attributes_gets_them_though_members_wait(provider, group):
    add = {"op": "add", "path": "members", "value": [{"value": "00u9"}]}

    plain = wire.patch(provider, f"/Groups/{group}", add)
    asked = wire.patch(provider, f"/Groups/{group}?attributes=displayName", add)

    assert (plain[0], asked[0], asked[1]["displayName"]) == (204, 200, "Editors")


def test_a_read_or_patch_without_members_shows_none(provider, people, group):
    add = {"op": "add", "path": "members", "value": values(people, "alan")}

    for query in (
        "excludedAttributes=members",
        f"excludedAttributes={wire.GROUP}:members",
        "attributes=displayName",
    ):
        assert "members" not in wire.read(provider, f"/Groups/{group}?{query}")
        assert "members" not in wire.read(provider, f"/Groups?{query}")["Resources"][0]
        assert "members" not in wire.patch(provider, f"/Groups/{group}?{query}", add)[1]
    assert wire.members(provider, group) == set(people.values())


def test_a_member_is_listed_under_the_name_they_have_now(provider, people, group):
    wire.patch(
        provider, f"/Users/{people['ada']}", {"op": "replace", "path": "displayName", "value": "Countess"}
    )
    wire.patch(provider, f"/Users/{people['grace']}", {"op": "remove", "path": "displayName"})

    shown = wire.read(provider, f"/Groups/{group}")["members"]

    assert [member["display"] for member in shown] == ["Countess", "grace@northwind.example"]


def test_an_inactive_person_stays_a_member(provider, people, group):
    wire.patch(provider, f"/Users/{people['ada']}", {"op": "replace", "path": "active", "value": False})

    assert wire.members(provider, group) == {people["ada"], people["grace"]}


def test_one_more_member_is_one_change_of_the_group_with_who_came(provider, people, group):
    wire.patch(
        provider,
        f"/Groups/{group}",
        {"op": "add", "path": "members", "value": values(people, "ada", "alan")},
    )

    last = wire.changes(provider)[-1]
    assert (last.event, last.resource_label) == ("group.members_changed", "Editors")
    assert last.members == {"added": [people["alan"]], "removed": []}
    assert last.trace_id == wire.logged(provider).trace_id
