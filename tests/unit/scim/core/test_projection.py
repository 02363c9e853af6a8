"""Which attributes an answer shows."""

from __future__ import annotations

from typing import Any

import pytest

from scim.core import paths, projection
from scim.core.resource_types import GROUP, USER
from scim.core.schema import Attribute, ResourceType, Returned, Schema

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ANN: dict[str, Any] = {
    "schemas": [USER.schema.id, ENTERPRISE],
    "id": "1",
    "userName": "ann",
    "name": {"givenName": "A", "familyName": "B"},
    "emails": [{"value": "a", "type": "work"}, {"value": "b"}],
    ENTERPRISE: {"department": "D", "manager": {"value": "2", "displayName": "M"}},
    "meta": {"version": "1"},
}
KEPT = {"schemas": ANN["schemas"], "id": "1"}


def _without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in ANN.items() if name not in names}


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        (["userName"], {"userName": "ann"}),
        (["USERNAME", " emails "], {"userName": "ann", "emails": ANN["emails"]}),
        (["name.givenName"], {"name": {"givenName": "A"}}),
        (["emails.type"], {"emails": [{"type": "work"}]}),
        (["emails", "emails.type"], {"emails": ANN["emails"]}),
        (["emails.type", "emails"], {"emails": ANN["emails"]}),
        ([ENTERPRISE], {ENTERPRISE: ANN[ENTERPRISE]}),
        ([f"{ENTERPRISE}:manager.value"], {ENTERPRISE: {"manager": {"value": "2"}}}),
        (["manager"], {ENTERPRISE: {"manager": ANN[ENTERPRISE]["manager"]}}),
        ([f"{USER.schema.id}:userName"], {"userName": "ann"}),
        (["id"], {}),
        (["nosuch"], {}),
        (["x" * (paths.LONGEST_NAME + 1)], {}),
        (["password"], {}),
        (["title"], {}),
    ],
    ids=str,
)
def test_only_what_is_asked_for_is_shown(attributes: list[str], shown: dict[str, Any]):
    assert projection.project(ANN, USER, attributes=attributes) == {**KEPT, **shown}


@pytest.mark.parametrize(
    ("excluded", "shown"),
    [
        (["emails", "meta"], _without("emails", "meta")),
        (["id", "schemas"], ANN),
        (["nosuch"], ANN),
        (["name.givenName"], {**ANN, "name": {"familyName": "B"}}),
        (["name.givenName", "name.familyName"], _without("name")),
        (["name", "name.givenName"], _without("name")),
        ([f"{ENTERPRISE}:manager"], {**ANN, ENTERPRISE: {"department": "D"}}),
        ([ENTERPRISE], _without(ENTERPRISE)),
        ([], ANN),
    ],
    ids=str,
)
def test_what_is_excluded_is_left_out(excluded: list[str], shown: dict[str, Any]):
    assert projection.project(ANN, USER, excluded=excluded) == shown


def test_secret_and_unknown_attributes_are_never_shown():
    assert projection.project({**ANN, "password": "x", "tenant": 5}, USER) == ANN


def test_both_lists_are_decided_by_attributes():
    shown = projection.project(ANN, USER, attributes=["userName"], excluded=["userName"])

    assert shown == {**KEPT, "userName": "ann"}


def test_resource_is_not_changed():
    before = repr(ANN)
    projection.project(ANN, USER, excluded=["name.givenName", "emails.type"])

    assert repr(ANN) == before


@pytest.mark.parametrize(
    ("attributes", "excluded", "wanted"),
    [
        (None, None, True),
        (None, ["members"], False),
        (None, ["MEMBERS"], False),
        (None, ["members.display"], True),
        (["displayName"], None, False),
        (["members.value"], None, True),
        (["members"], ["members"], True),
    ],
)
def test_members_are_wanted_only_when_shown(attributes: Any, excluded: Any, wanted: bool):
    assert projection.wants(GROUP, "members", attributes=attributes, excluded=excluded) is wanted


@pytest.mark.parametrize("name", ["password", "nosuch"])
def test_what_is_never_shown_is_never_wanted(name: str):
    assert not projection.wants(USER, name, attributes=[name])


def test_attribute_returned_on_request_waits_for_it():
    badge = Attribute(name="badge", returned=Returned.REQUEST)
    schema = Schema(id="urn:example:Badge", name="Badge", description="Badge", attributes=(badge,))
    kind = ResourceType(name="Badge", description="Badge", endpoint="/Badges", schema=schema, common=())

    assert projection.project({"badge": "1"}, kind) == {}
    assert projection.project({"badge": "1"}, kind, attributes=["badge"]) == {"badge": "1"}
