"""A group among the members of a group: refused, or left out, as the integration says."""

from __future__ import annotations

import pytest

from integrations.models import Integration
from scim.models import PendingMember
from tests.db.scim import wire


@pytest.fixture
def ada(provider) -> str:
    return provider.person("ada")


@pytest.fixture
def inner(provider) -> str:
    return provider.group("Inner")


def send(provider, form: str, members: list[wire.Json], group: str) -> tuple[int, wire.Json]:
    """The members sent in one of the ways in which they can be."""
    body = {"displayName": "Outer" if form == "put" else "New", "members": members}
    if form == "post":
        return provider.send("POST", "/Groups", body)
    if form == "put":
        return provider.send("PUT", f"/Groups/{group}", body)
    if form == "object":
        return wire.patch(provider, f"/Groups/{group}", {"op": "add", "value": {"members": members}})
    return wire.patch(provider, f"/Groups/{group}", {"op": form, "path": "members", "value": members})


FORMS = ["post", "put", "add", "replace", "object"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["Group", "group"])
def test_it_is_refused_unless_the_integration_says_otherwise(provider, ada, inner, form, kind):
    outer = provider.group("Outer")

    status, body = send(provider, form, [{"value": ada}, {"value": inner, "type": kind}], outer)

    assert (status, body["scimType"]) == (400, "invalidValue")
    assert "leave groups out" in body["detail"]
    assert wire.members(provider, outer) == set()
    assert wire.counts(provider) == (1, 2)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["Group", "GROUP"])
def test_it_is_left_out_and_named_where_the_integration_says_so(provider, ada, inner, form, kind):
    wire.choose(provider, nested_groups=Integration.NestedGroups.SET_ASIDE)
    outer = provider.group("Outer")

    member = {"value": inner, "type": kind, "display": "Inner ones"}
    status, body = send(provider, form, [{"value": ada}, member], outer)

    assert status in (200, 201)
    assert [one["value"] for one in body["members"]] == [ada]
    assert "members[Inner ones]" in " ".join(wire.logged(provider).notes)
    assert not PendingMember.objects.for_integration(provider.integration).exists()


def test_a_removal_that_names_a_group_removes_nobody_else(provider, ada, inner):
    wire.choose(provider, nested_groups=Integration.NestedGroups.SET_ASIDE)
    outer = provider.group("Outer", ada)

    wire.patch(
        provider,
        f"/Groups/{outer}",
        {"op": "remove", "path": "members", "value": [{"value": inner, "type": "Group"}]},
    )

    assert wire.members(provider, outer) == {ada}


def test_groups_alone_leave_an_empty_group(provider, ada, inner):
    wire.choose(provider, nested_groups=Integration.NestedGroups.SET_ASIDE)
    outer = provider.group("Outer", ada)

    status, _body = send(provider, "put", [{"value": inner, "type": "Group"}], outer)

    assert status == 200
    assert wire.members(provider, outer) == set()


def test_other_types_are_refused_under_both_policies(provider, ada):
    outer = provider.group("Outer")
    for policy in Integration.NestedGroups:
        wire.choose(provider, nested_groups=policy)
        status, body = send(provider, "add", [{"value": ada, "type": "Device"}], outer)
        assert (status, body["scimType"]) == (400, "invalidValue")
