"""Members who are named before they arrive."""

from __future__ import annotations

import pytest

from integrations.models import Integration
from scim.models import GroupMember, PendingMember, ScimGroup
from scim.store import members
from tests.db.scim import wire


def waiting(provider) -> list[str]:
    rows = PendingMember.objects.for_integration(provider.integration).order_by("value")
    return list(rows.values_list("value", flat=True))


@pytest.fixture
def ada(provider) -> str:
    return provider.person("ada")


def forms(value: str) -> dict[str, wire.Json]:
    return {
        "add": {"op": "add", "path": "members", "value": [{"value": value}]},
        "replace": {"op": "replace", "path": "members", "value": [{"value": value}]},
        "filter": {"op": "add", "path": f'members[value eq "{value}"]'},
        "no path": {"op": "add", "value": {"members": [{"value": value}]}},
    }


@pytest.mark.parametrize("form", forms("x"))
def test_an_unknown_member_is_kept_unseen_and_joins_on_arrival(provider, form):
    group = provider.group("Editors")

    status, _ = wire.patch(provider, f"/Groups/{group}", forms("00u1")[form])
    before = (wire.members(provider, group), waiting(provider))
    arrived = provider.person("ada", externalId="00u1")

    assert status in (200, 204)
    assert before == (set(), ["00u1"])
    assert (wire.members(provider, group), waiting(provider)) == ({arrived}, [])
    assert wire.changes(provider)[-1].members == {"added": [arrived], "removed": []}
    assert wire.events(provider)[-1] == "group.members_changed"


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_unknown_member_of_a_whole_group_is_kept(provider, ada, method):
    body = {"displayName": "Editors", "members": [{"value": "00u1"}, {"value": ada}]}
    resource = "/Groups" if method == "POST" else f"/Groups/{provider.group('Old')}"

    group = provider.send(method, resource, body)[1]
    arrived = provider.person("grace", externalId="00u1")

    assert [member["value"] for member in group["members"]] == [ada]
    assert wire.members(provider, group["id"]) == {ada, arrived}


def test_the_log_says_how_many_wait(provider):
    group = provider.group("Editors")

    wire.patch(provider, f"/Groups/{group}", forms("00u1")["add"])

    assert any("1 members are not known here yet" in note for note in wire.logged(provider).notes)


def test_whoever_gets_the_external_id_later_joins_then(provider, ada):
    group = provider.group("Editors", "00u1")

    wire.patch(provider, f"/Users/{ada}", {"op": "add", "path": "externalId", "value": "00u1"})

    assert (wire.members(provider, group), waiting(provider)) == ({ada}, [])


@pytest.mark.parametrize("external_id", ["00U1", "00u1 ", "0", "x00u1"])
def test_another_external_id_does_not_join(provider, external_id):
    group = provider.group("Editors", "00u1")

    provider.person("ada", externalId=external_id)

    assert (wire.members(provider, group), waiting(provider)) == (set(), ["00u1"])


def test_a_user_name_is_no_member_id(provider):
    group = provider.group("Editors", "ada@northwind.example")

    provider.person("ada")

    assert wire.members(provider, group) == set()


def test_one_who_was_deleted_waits_under_their_id_and_joins_when_restored(provider, ada):
    provider.send("DELETE", f"/Users/{ada}")
    group = provider.group("Editors", ada)
    before = (wire.members(provider, group), waiting(provider))

    back = provider.person("ada")

    assert before == (set(), [ada])
    assert back == ada
    assert (wire.members(provider, group), waiting(provider)) == ({ada}, [])


def test_all_groups_that_wait_get_the_person(provider):
    groups = {provider.group(f"Group {number}", "00u1") for number in range(5)}

    arrived = provider.person("ada", externalId="00u1")

    shown = {group["value"] for group in wire.read(provider, f"/Users/{arrived}")["groups"]}
    assert shown == groups


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param({"op": "remove", "path": "members"}, id="remove all"),
        pytest.param({"op": "remove", "path": 'members[value eq "00u1"]'}, id="remove by filter"),
        pytest.param({"op": "remove", "path": "members", "value": [{"value": "00u1"}]}, id="remove a list"),
        pytest.param({"op": "replace", "path": "members", "value": []}, id="replace by nobody"),
        pytest.param(
            {"op": "replace", "path": "members", "value": [{"value": "00u2"}]}, id="replace by another"
        ),
    ],
)
def test_whoever_is_removed_while_waiting_does_not_join(provider, operation):
    group = provider.group("Editors", "00u1")

    wire.patch(provider, f"/Groups/{group}", operation)
    provider.person("ada", externalId="00u1")

    assert wire.members(provider, group) == set()


def test_nobody_joins_a_group_that_is_gone(provider):
    group = provider.group("Editors", "00u1")
    provider.send("DELETE", f"/Groups/{group}")

    arrived = provider.person("ada", externalId="00u1")

    assert "groups" not in wire.read(provider, f"/Users/{arrived}")
    assert "group.members_changed" not in wire.events(provider)


def test_naming_one_who_waits_again_changes_nothing(provider):
    group = provider.group("Editors", "00u1")
    version = wire.read(provider, f"/Groups/{group}")["meta"]["version"]

    wire.patch(provider, f"/Groups/{group}", forms("00u1")["add"])

    assert waiting(provider) == ["00u1"]
    assert wire.read(provider, f"/Groups/{group}")["meta"]["version"] == version


def test_a_thousand_may_wait_for_a_group_and_one_more_is_refused(provider, ada):
    group = provider.group("Editors", ada)
    other = provider.group("Others", "elsewhere")
    thousand = [{"value": f"00u{number}"} for number in range(1_000)]
    full = wire.patch(provider, f"/Groups/{group}", {"op": "add", "path": "members", "value": thousand})
    again = wire.patch(provider, f"/Groups/{group}", {"op": "add", "path": "members", "value": thousand})

    response = wire.raw(provider, "PATCH", f"/Groups/{group}", {"Operations": [forms("one more")["add"]]})

    assert (full[0], again[0]) == (204, 204)
    assert "1000" in wire.refusal(response, 400, "invalidValue")
    assert len(waiting(provider)) == 1_001
    assert wire.patch(provider, f"/Groups/{other}", forms("one more")["add"])[0] in (200, 204)
    assert wire.members(provider, group) == {ada}


def test_a_whole_group_of_more_than_a_thousand_unknown_is_refused_whole(provider, ada):
    crowd = [{"value": ada}, *({"value": f"00u{number}"} for number in range(1_001))]

    response = wire.raw(provider, "POST", "/Groups", {"displayName": "Crowd", "members": crowd})

    wire.refusal(response, 400, "invalidValue")
    assert wire.read(provider, "/Groups")["totalResults"] == 0
    assert waiting(provider) == []


def test_more_unknown_members_than_a_statement_takes_are_removed_and_refused(
    provider, few_parameters, monkeypatch
):
    monkeypatch.setattr(members, "CHUNK", few_parameters // 2)
    group = provider.group("Editors", "00u1", "00u2")
    many = [{"value": f"x{number}"} for number in range(few_parameters + 1)]

    removed = wire.patch(
        provider, f"/Groups/{group}", {"op": "remove", "path": "members", "value": [*many, {"value": "00u1"}]}
    )
    replaced = wire.patch(provider, f"/Groups/{group}", {"op": "replace", "path": "members", "value": many})

    assert removed[0] in (200, 204)
    assert (replaced[0], replaced[1]["scimType"]) == (400, "invalidValue")
    assert waiting(provider) == ["00u2"]


def test_one_who_is_awaited_by_more_groups_than_a_statement_takes_joins_all(provider, few_parameters):
    first = ScimGroup.objects.get(pk=provider.group("Group", "00u1"))
    others = [
        ScimGroup(
            integration=provider.integration,
            display_name=f"Group {number}",
            display_name_key=f"group {number}",
            data=first.data,
        )
        for number in range(few_parameters)
    ]
    ScimGroup.objects.bulk_create(others)
    PendingMember.objects.bulk_create(
        PendingMember(integration=provider.integration, group=group, value="00u1") for group in others
    )
    Integration.objects.update(pending_count=few_parameters + 1)

    arrived = provider.person("ada", externalId="00u1")

    assert GroupMember.objects.filter(user=arrived).count() == few_parameters + 1
    assert waiting(provider) == []
