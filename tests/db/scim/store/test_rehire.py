"""The same person comes back, under both policies: who is the same, who is new, and who is in the way."""

from __future__ import annotations

import pytest

from integrations.models import Integration
from tests.db.scim import wire

REACTIVATE, REFUSE = Integration.Rehire.REACTIVATE, Integration.Rehire.REFUSE

# What the person was, what comes now, and what that is under the default policy for one who is inactive
# and for one who was deleted, then under the policy that refuses.
CASES = [
    pytest.param(
        {"userName": "ada", "externalId": "1"},
        {"userName": "ada", "externalId": "1"},
        ("same", "same", "conflict", "new"),
        id="equal in both",
    ),
    pytest.param(
        {"userName": "ada", "externalId": "1"},
        {"userName": "ada.king", "externalId": "1"},
        ("same", "same", "conflict", "new"),
        id="equal externalId, new name",
    ),
    pytest.param(
        {"userName": "ada"},
        {"userName": "ADA"},
        ("same", "same", "conflict", "new"),
        id="equal name, no externalId",
    ),
    pytest.param(
        {"userName": "ada"},
        {"userName": "ada", "externalId": "1"},
        ("same", "same", "conflict", "new"),
        id="externalId now only",
    ),
    pytest.param(
        {"userName": "ada", "externalId": "1"},
        {"userName": "Ada"},
        ("same", "same", "conflict", "new"),
        id="externalId before only",
    ),
    pytest.param(
        {"userName": "ada", "externalId": "1"},
        {"userName": "ada", "externalId": "2"},
        ("conflict", "new", "conflict", "new"),
        id="equal name, another externalId",
    ),
    pytest.param(
        {"userName": "ada", "externalId": "a"},
        {"userName": "bob", "externalId": "A"},
        ("new", "new", "new", "new"),
        id="externalId in another case is another",
    ),
    pytest.param(
        {"userName": "ada", "externalId": ""},
        {"userName": "bob", "externalId": ""},
        ("new", "new", "new", "new"),
        id="two empty externalIds are not equal",
    ),
    pytest.param(
        {"userName": "ada", "emails": [{"value": "a@a.example"}], "displayName": "Ada"},
        {"userName": "bob", "emails": [{"value": "a@a.example"}], "displayName": "Ada"},
        ("new", "new", "new", "new"),
        id="e-mail and name make nobody the same",
    ),
]


@pytest.mark.parametrize(("was", "comes", "outcomes"), CASES)
@pytest.mark.parametrize(
    "number", range(4), ids=["inactive", "deleted", "inactive, refuse", "deleted, refuse"]
)
def test_who_comes_back_and_who_is_new(provider, was, comes, outcomes, number):
    wire.choose(provider, rehire=REFUSE if number > 1 else REACTIVATE)
    old = provider.send("POST", "/Users", {**was, "title": "Old"})[1]["id"]
    if number % 2:
        provider.send("DELETE", f"/Users/{old}")
    else:
        wire.patch(provider, f"/Users/{old}", {"op": "replace", "path": "active", "value": False})

    status, body = provider.send("POST", "/Users", comes)

    came = "conflict" if status == 409 else "same" if body["id"] == old else "new"
    assert came == outcomes[number]
    if status == 409:
        assert body["scimType"] == "uniqueness"
        assert wire.read(provider, f"/Users/{old}")["active"] is False
    else:
        assert (status, body["active"], body["userName"]) == (201, True, comes["userName"])
        assert "title" not in body
        assert wire.read(provider, f"/Users/{body['id']}") == body


def test_someone_who_is_active_is_in_the_way_under_both_policies(provider):
    provider.send("POST", "/Users", {"userName": "ada", "externalId": "1"})

    for policy in (REACTIVATE, REFUSE):
        wire.choose(provider, rehire=policy)
        for body in (
            {"userName": "ADA"},
            {"userName": "bob", "externalId": "1"},
            {"userName": "ada", "externalId": "2"},
        ):
            wire.refusal(wire.raw(provider, "POST", "/Users", body), 409, "uniqueness")


def test_the_refusal_names_the_policy_and_how_to_go_on(provider):
    wire.choose(provider, rehire=REFUSE)
    provider.person("ada", active=False)

    detail = wire.refusal(
        wire.raw(provider, "POST", "/Users", {"userName": "ada@northwind.example"}), 409, "uniqueness"
    )

    row = wire.logged(provider)
    assert "Refuse with a conflict" in detail
    assert "Refuse with a conflict" in row.problem
    assert "active" in row.remedy


def test_one_who_returns_is_told_apart_in_the_record(provider):
    ada = provider.person("ada", active=False)
    provider.person("ada")
    provider.send("DELETE", f"/Users/{ada}")
    provider.person("ada", title="Back")

    kept = wire.changes(provider)

    assert [change.event for change in kept] == [
        "user.created",
        "user.reactivated",
        "user.deleted",
        "user.restored",
    ]
    assert {str(change.resource_id) for change in kept} == {ada}
    assert (kept[-1].after or {})["title"] == "Back"
    assert [change.version for change in kept] == [1, 2, 3, 4]


def test_one_who_returns_inactive_is_here_and_inactive(provider):
    ada = provider.person("ada")
    provider.send("DELETE", f"/Users/{ada}")

    assert provider.person("ada", active=False) == ada
    assert wire.read(provider, f"/Users/{ada}")["active"] is False
    assert wire.events(provider) == ["user.created", "user.deleted", "user.deactivated"]


def test_one_who_is_inactive_and_comes_again_so_is_recorded_where_something_differs(provider):
    ada = provider.person("ada", active=False)

    assert provider.person("ada", active=False) == ada
    assert wire.read(provider, f"/Users/{ada}")["meta"]["version"] == 'W/"1"'

    assert provider.person("ada", active=False, title="Dr") == ada
    assert wire.read(provider, f"/Users/{ada}")["title"] == "Dr"
    assert wire.events(provider) == ["user.created", "user.updated"]


def test_a_name_that_was_taken_meanwhile_keeps_the_old_owner_away(provider):
    old = provider.send("POST", "/Users", {"userName": "ada", "externalId": "1"})[1]["id"]
    provider.send("DELETE", f"/Users/{old}")
    young = provider.send("POST", "/Users", {"userName": "ada", "externalId": "2"})[1]["id"]

    response = wire.raw(provider, "POST", "/Users", {"userName": "ada", "externalId": "1"})

    wire.refusal(response, 409, "uniqueness")
    assert wire.read(provider, "/Users")["Resources"][0]["id"] == young


def test_an_equal_external_id_says_more_than_an_equal_name(provider):
    by_id = provider.send("POST", "/Users", {"userName": "ada", "externalId": "1"})[1]["id"]
    provider.send("DELETE", f"/Users/{by_id}")
    by_name = provider.send("POST", "/Users", {"userName": "ada.king"})[1]["id"]
    provider.send("DELETE", f"/Users/{by_name}")

    back = provider.send("POST", "/Users", {"userName": "ada.king", "externalId": "1"})[1]["id"]

    assert back == by_id


def test_the_newest_of_several_who_left_comes_back(provider):
    ids = []
    wire.choose(provider, rehire=REFUSE)
    for _ in range(3):
        ids.append(provider.person("ada"))
        provider.send("DELETE", f"/Users/{ids[-1]}")
    wire.choose(provider, rehire=REACTIVATE)

    assert len(set(ids)) == 3
    assert provider.person("ada") == ids[-1]


def test_the_memberships_of_a_deleted_person_return_with_them(provider):
    ada, grace = provider.person("ada"), provider.person("grace")
    editors, gone = provider.group("Editors", ada, grace), provider.group("Gone", ada)
    provider.send("DELETE", f"/Users/{ada}")
    without = wire.members(provider, editors)
    provider.send("DELETE", f"/Groups/{gone}")

    provider.person("ada")

    assert without == {grace}
    assert wire.members(provider, editors) == {ada, grace}
    assert [group["value"] for group in wire.read(provider, f"/Users/{ada}")["groups"]] == [editors]


def test_whoever_was_taken_out_of_a_group_while_deleted_does_not_return_to_it(provider):
    ada = provider.person("ada")
    removed, emptied, replaced = (provider.group(name, ada) for name in ("Removed", "Emptied", "Replaced"))
    provider.send("DELETE", f"/Users/{ada}")

    wire.patch(provider, f"/Groups/{removed}", {"op": "remove", "path": f'members[value eq "{ada}"]'})
    wire.patch(provider, f"/Groups/{emptied}", {"op": "remove", "path": "members"})
    provider.send("PUT", f"/Groups/{replaced}", {"displayName": "Replaced", "members": []})
    provider.person("ada")

    assert "groups" not in wire.read(provider, f"/Users/{ada}")


def test_the_old_groups_are_not_for_another_person_of_the_name(provider):
    old = provider.send("POST", "/Users", {"userName": "ada", "externalId": "1"})[1]["id"]
    group = provider.group("Editors", old)
    provider.send("DELETE", f"/Users/{old}")

    provider.send("POST", "/Users", {"userName": "ada", "externalId": "2"})

    assert wire.members(provider, group) == set()
