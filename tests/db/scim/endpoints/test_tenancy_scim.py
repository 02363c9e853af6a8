"""The wall between integrations, of one workspace and of two, as SCIM meets it."""

from __future__ import annotations

import json

import pytest

from tests import factories
from tests.db import console
from tests.db.scim import wire

NAME = "victim@contoso.example"


@pytest.fixture(params=["another workspace", "the same workspace"])
def other(request, provider, stranger) -> console.Provider:
    """The neighbour whose people must stay unseen."""
    if request.param == "another workspace":
        return stranger
    return console.provider(factories.make_integration(provider.integration.workspace, "Neighbour"))


@pytest.fixture
def victim(other) -> str:
    person: wire.Json = {"userName": NAME, "externalId": "v1", "emails": [{"value": NAME, "type": "work"}]}
    return other.send("POST", "/Users", person)[1]["id"]


@pytest.fixture
def theirs(other, victim) -> str:
    """The neighbour's group; the victim is in it."""
    return other.group("Secret project", victim)


def everything(other) -> tuple[wire.Json, wire.Json, int]:
    people, groups = wire.read(other, "/Users"), wire.read(other, "/Groups")
    return people, groups, len(wire.changes(other))


@pytest.mark.parametrize(
    ("method", "body"),
    [
        pytest.param("GET", "", id="GET"),
        pytest.param("HEAD", "", id="HEAD"),
        pytest.param("PUT", {"userName": "mine", "displayName": "mine"}, id="PUT"),
        pytest.param(
            "PATCH", {"Operations": [{"op": "replace", "path": "displayName", "value": "x"}]}, id="PATCH"
        ),
        pytest.param("DELETE", "", id="DELETE"),
    ],
)
@pytest.mark.parametrize(
    "headers", [{}, {"If_Match": "*"}, {"If_None_Match": "*"}], ids=["", "If-Match", "If-None-Match"]
)
def test_an_id_of_another_integration_is_nobody_here(provider, other, victim, theirs, method, body, headers):
    before = everything(other)

    for kind, one in (("/Users", victim), ("/Groups", theirs)):
        foreign = wire.raw(provider, method, f"{kind}/{one}", body, **headers)
        nobody = wire.raw(provider, method, f"{kind}/{wire.NOBODY}", body, **headers)
        assert foreign.status_code == nobody.status_code == 404
        assert foreign.content.decode().replace(one, wire.NOBODY) == nobody.content.decode()

    assert everything(other) == before


def test_no_filter_reaches_over(provider, other, victim, theirs):
    ada = provider.person("ada")
    editors = provider.group("Editors", ada)
    texts = [
        f'id eq "{victim}"',
        f'userName eq "{NAME}"',
        f'userName eq "nobody" or id eq "{victim}"',
        f'(userName eq "nobody") or (id eq "{victim}" or id pr)',
        f'not (userName eq "nobody") or userName eq "{NAME}"',
        f'id ne "{ada}"',
        "id pr",
        'externalId eq "v1"',
        'externalId eq "v1" or externalId eq "nobody"',
        'not (externalId eq "nobody")',
        f'emails.value eq "{NAME}"',
        f'emails[type eq "work" and value eq "{NAME}"]',
        'not (emails[type eq "nothing"])',
        f'emails.value eq "{NAME}" or title pr',
        f'groups eq "{theirs}"',
        f'groups.value eq "{theirs}" or groups.display eq "Secret project"',
        f'not (groups.value eq "{editors}") or groups.value eq "{theirs}"',
        'meta.created gt "2000-01-01T00:00:00Z"',
        'userName co ""',
        'userName sw "v" or displayName co "v"',
    ]
    for text in texts:
        assert set(wire.found(provider, text)) <= {ada}, text
    for text in [
        f'members eq "{victim}"',
        f'members.value eq "{victim}" or displayName eq "Secret project"',
        f'members[value eq "{victim}"] or not (displayName eq "nobody")',
        f'id eq "{theirs}" or id pr',
        'displayName co ""',
        f'members.value ne "{victim}"',
    ]:
        assert set(wire.found(provider, text, "/Groups")) <= {editors}, text


def test_totals_and_pages_count_only_what_is_here(provider, other, victim, theirs):
    for query in ("", "?count=0", "?startIndex=2", "?filter=userName+pr"):
        assert wire.read(provider, f"/Users{query}")["totalResults"] == 0
        assert wire.read(provider, "/Groups")["totalResults"] == 0


@pytest.mark.parametrize("form", ["add", "replace", "put", "post", "filter"])
def test_a_person_of_another_integration_cannot_be_made_a_member(provider, other, victim, form):
    group = provider.group("Editors")
    member = [{"value": victim}]
    if form == "put":
        answer = provider.send("PUT", f"/Groups/{group}", {"displayName": "Editors", "members": member})
    elif form == "post":
        answer = provider.send("POST", "/Groups", {"displayName": "Writers", "members": member})
    elif form == "filter":
        answer = wire.patch(
            provider, f"/Groups/{group}", {"op": "add", "path": f'members[value eq "{victim}"]'}
        )
    else:
        answer = wire.patch(provider, f"/Groups/{group}", {"op": form, "path": "members", "value": member})

    assert answer[0] in (200, 201, 204)
    assert NAME not in json.dumps(answer[1])
    assert all("members" not in one for one in wire.read(provider, "/Groups")["Resources"])
    assert "groups" not in wire.read(other, f"/Users/{victim}")
    assert wire.found(provider, f'members eq "{victim}"', "/Groups") == []
    other.send("DELETE", f"/Users/{victim}")
    other.send("POST", "/Users", {"userName": NAME, "externalId": "v1"})
    assert "groups" not in wire.read(other, f"/Users/{victim}")
    assert wire.read(other, "/Groups")["totalResults"] == 0


def test_a_member_who_waits_is_not_found_in_another_integration(provider, other):
    group = provider.group("Editors", "ext-1")
    arrived = other.send("POST", "/Users", {"userName": "x", "externalId": "ext-1"})[1]["id"]

    assert "groups" not in wire.read(other, f"/Users/{arrived}")
    assert wire.members(provider, group) == set()


def test_removing_a_member_touches_only_the_own_group(provider, other, victim, theirs):
    group = provider.group("Editors", provider.person("ada"))

    wire.patch(provider, f"/Groups/{group}", {"op": "remove", "path": f'members[value eq "{victim}"]'})
    wire.patch(provider, f"/Groups/{group}", {"op": "remove", "path": "members"})

    assert wire.members(other, theirs) == {victim}


def test_equal_names_and_ids_of_the_idp_are_free_in_each_integration(provider, other, victim, theirs):
    person = {"userName": NAME.upper(), "externalId": "v1"}

    status, mine = provider.send("POST", "/Users", person)
    group = provider.send("POST", "/Groups", {"displayName": "SECRET project", "externalId": "v1"})

    assert (status, group[0]) == (201, 201)
    assert mine["id"] != victim
    assert wire.found(provider, 'externalId eq "v1"') == [mine["id"]]
    assert wire.found(other, 'externalId eq "v1"') == [victim]
    assert (wire.counts(provider), wire.counts(other)) == ((1, 1), (1, 1))


def test_nobody_is_rehired_from_another_integration(provider, other, victim):
    other.send("DELETE", f"/Users/{victim}")

    made = provider.send("POST", "/Users", {"userName": NAME, "externalId": "v1"})[1]

    assert made["id"] != victim
    assert wire.events(provider) == ["user.created"]
    wire.refusal(wire.raw(other, "GET", f"/Users/{victim}"), 404)


def test_a_manager_of_another_integration_is_but_a_text(provider, other, victim):
    ada = provider.send(
        "POST", "/Users", {"userName": "ada", wire.ENTERPRISE: {"manager": {"value": victim}}}
    )[1]

    manager = ada[wire.ENTERPRISE]["manager"]
    assert manager["$ref"].startswith(f"http://testserver/scim/v2/{provider.integration.pk}/")
    assert set(manager) == {"value", "$ref"}
    assert wire.found(provider, 'manager.displayName co "victim"') == []


def test_a_token_of_one_does_not_open_the_address_of_the_other(provider, other, victim):
    mine = f"/scim/v2/{provider.integration.pk}/../{other.integration.pk}/Users"
    for address in (f"/scim/v2/{other.integration.pk}/Users/{victim}", mine):
        response = provider.client.get(
            address, headers={"authorization": f"Bearer {provider.issued.text}"}, REMOTE_ADDR="10.8.0.1"
        )
        assert response.status_code in (401, 404)
        assert NAME not in response.content.decode()
