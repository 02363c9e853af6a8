"""/Groups: create, read, replace, delete."""

from __future__ import annotations

import json

import pytest

from tests.db.scim import wire


def test_a_created_group_is_answered_with_its_members(provider):
    ada, grace = provider.person("ada"), provider.person("grace")
    body = {"displayName": "Editors", "externalId": "g1", "members": [{"value": ada}, {"value": grace}]}

    response = wire.raw(provider, "POST", "/Groups", body)

    base = f"http://testserver/scim/v2/{provider.integration.pk}"
    made = json.loads(response.content)
    assert response.status_code == 201
    assert response["Location"] == made["meta"]["location"] == f"{base}/Groups/{made['id']}"
    assert (made["displayName"], made["externalId"]) == ("Editors", "g1")
    assert made["meta"]["created"] == made["meta"]["lastModified"]
    assert made["members"] == [
        {"value": person, "$ref": f"{base}/Users/{person}", "display": name, "type": "User"}
        for person, name in ((ada, "Ada"), (grace, "Grace"))
    ]
    assert wire.read(provider, f"/Groups/{made['id']}") == made


def test_a_person_shows_the_groups_they_are_in(provider):
    ada = provider.person("ada")
    editors = provider.group("Editors", ada)
    gone = provider.group("Gone", ada)

    provider.send("DELETE", f"/Groups/{gone}")

    (shown,) = wire.read(provider, f"/Users/{ada}")["groups"]
    assert (shown["value"], shown["display"]) == (editors, "Editors")
    assert shown["$ref"].endswith(f"/Groups/{editors}")


@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        pytest.param({"members": []}, "invalidValue", id="no name"),
        pytest.param({"displayName": " "}, "invalidValue", id="blank name"),
        pytest.param({"displayName": ["a", "b"]}, "invalidValue", id="two names"),
        pytest.param({"displayName": "g", "members": [{}]}, "invalidValue", id="member without value"),
        pytest.param({"displayName": "g", "members": [{"value": ""}]}, "invalidValue", id="blank member"),
        pytest.param({"displayName": "g", "members": [{"value": 5}]}, "invalidValue", id="number as member"),
        pytest.param({"displayName": "g", "members": [None]}, "invalidValue", id="null in the list"),
        pytest.param({"displayName": "g", "members": 5}, "invalidValue", id="members as a number"),
        pytest.param({"displayName": "g", "members": True}, "invalidValue", id="members as a boolean"),
        pytest.param(
            {"displayName": "g", "members": [{"value": "x" * 513}]}, "invalidValue", id="long member"
        ),
        pytest.param(
            {"displayName": "g", "members": [{"value": wire.NOBODY, "type": "Group"}]},
            "invalidValue",
            id="a group as a member",
        ),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_that_does_not_fit_is_refused_and_changes_nothing(provider, method, body, scim_type):
    group = provider.group("Editors", provider.person("ada"))
    before = wire.read(provider, f"/Groups/{group}")
    resource = "/Groups" if method == "POST" else f"/Groups/{group}"

    wire.refusal(wire.raw(provider, method, resource, body), 400, scim_type)

    assert wire.read(provider, "/Groups")["Resources"] == [before]
    assert wire.counts(provider) == (1, 1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("Editors", "EDITORS", id="ASCII"),
        pytest.param("Straße", "strasse", id="sharp s"),
    ],
)
def test_group_names_are_one_in_any_case(provider, first, second):
    made = provider.group(first)

    wire.refusal(wire.raw(provider, "POST", "/Groups", {"displayName": second}), 409, "uniqueness")

    assert wire.found(provider, f'displayName eq "{second}"', "/Groups") == [made]


def test_a_group_cannot_be_renamed_to_a_name_that_is_taken(provider):
    provider.group("Editors")
    ada = provider.person("ada")
    other = provider.group("Viewers")
    rename = {"op": "replace", "path": "displayName", "value": "editors"}

    by_put = wire.raw(provider, "PUT", f"/Groups/{other}", {"displayName": "EDITORS"})
    by_patch = wire.patch(
        provider, f"/Groups/{other}", {"op": "add", "path": "members", "value": [{"value": ada}]}, rename
    )

    wire.refusal(by_put, 409, "uniqueness")
    assert by_patch[0] == 409
    after = wire.read(provider, f"/Groups/{other}")
    assert (after["displayName"], after.get("members")) == ("Viewers", None)


def test_the_name_of_a_deleted_group_is_free(provider):
    first = provider.group("Editors", provider.person("ada"))
    provider.send("DELETE", f"/Groups/{first}")

    status, second = provider.send("POST", "/Groups", {"displayName": "editors"})

    assert status == 201
    assert second["id"] != first
    assert "members" not in second
    wire.refusal(wire.raw(provider, "GET", f"/Groups/{first}"), 404)


def test_put_sets_exactly_the_members_it_names(provider):
    ada, grace, alan = (provider.person(name) for name in ("ada", "grace", "alan"))
    group = provider.group("Editors", ada, grace)

    wanted = {"displayName": "Editors", "members": [{"value": grace}, {"value": alan}, {"value": alan}]}
    status, _ = provider.send("PUT", f"/Groups/{group}", wanted)

    assert status == 200
    assert wire.members(provider, group) == {grace, alan}
    assert wire.changes(provider)[-1].members == {"added": [alan], "removed": [ada]}


@pytest.mark.parametrize(
    "rest", [{}, {"members": []}, {"members": None}], ids=["no members", "empty list", "null"]
)
def test_put_without_members_empties_the_group(provider, rest):
    group = provider.group("Editors", provider.person("ada"))

    status, _ = provider.send("PUT", f"/Groups/{group}", {"displayName": "Editors", **rest})

    assert (status, wire.members(provider, group)) == (200, set())


def test_put_of_the_same_is_no_change(provider):
    group = provider.group("Editors", provider.person("ada"))
    before = wire.read(provider, f"/Groups/{group}")

    status, after = provider.send("PUT", f"/Groups/{group}", before)

    assert (status, after) == (200, before)
    assert wire.events(provider) == ["user.created", "group.created"]


def test_changes_of_a_group_are_told_with_before_and_after(provider):
    group = provider.group("Editors")
    provider.send("PUT", f"/Groups/{group}", {"displayName": "Writers"})
    provider.send("DELETE", f"/Groups/{group}")

    _, renamed, deleted = wire.changes(provider)

    assert renamed.event == "group.updated"
    assert renamed.delta == [{"path": "displayName", "before": "Editors", "after": "Writers"}]
    assert (deleted.event, (deleted.before or {})["displayName"], deleted.after) == (
        "group.deleted",
        "Writers",
        None,
    )


def test_a_repeated_member_in_other_case_counts_once(provider):
    ada = provider.person("ada")

    group = provider.group("Editors", ada, ada.upper(), ada)

    assert [member["value"] for member in wire.read(provider, f"/Groups/{group}")["members"]] == [ada]


@pytest.mark.parametrize(
    "schema", ["http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"]
)
def test_a_schema_that_is_not_known_is_set_aside(provider, schema):
    status, made = provider.send(
        "POST", "/Groups", {"schemas": [wire.GROUP, schema], "displayName": "Editors"}
    )

    assert (status, made["schemas"]) == (201, [wire.GROUP])
    assert any(schema[:50] in note for note in wire.logged(provider).notes)
