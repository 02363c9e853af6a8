"""Bodies of POST and PUT: what is understood, what is set aside, what is refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scim.core import resource
from scim.core.errors import InvalidSyntax, InvalidValue, ScimError
from scim.core.members import Member
from scim.core.resource_types import GROUP, USER

CORE = USER.schema.id
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def _user(**attributes: Any) -> dict[str, Any]:
    return {"schemas": [CORE], "userName": "ann", **attributes}


def _data(**attributes: Any) -> dict[str, Any]:
    reading = resource.read(_user(**attributes), USER)
    return {name: value for name, value in reading.data.items() if name != "userName"}


def _codes(body: dict[str, Any]) -> list[str]:
    return [quirk.code for quirk in resource.read(body, USER).quirks]


def test_clean_body_is_read_without_a_note():
    body = _user(name={"givenName": "Ann"}, emails=[{"value": "a@x.test", "primary": True}], active=True)

    reading = resource.read(body, USER)

    assert reading == resource.Reading(
        data={name: value for name, value in body.items() if name != "schemas"},
        members=None,
        schemas=(CORE,),
        quirks=(),
        set_aside=(),
    )


@pytest.mark.parametrize(
    ("sent", "data"),
    [
        ({"NICKNAME": "A"}, {"nickName": "A"}),
        ({"Name": {"GIVENNAME": "A"}}, {"name": {"givenName": "A"}}),
        (
            {"name.givenName": "A", "name": {"familyName": "B"}},
            {"name": {"familyName": "B", "givenName": "A"}},
        ),
        ({f"{ENTERPRISE}:department": "D"}, {ENTERPRISE: {"department": "D"}}),
        ({f"{CORE}:nickName": "A"}, {"nickName": "A"}),
        (
            {"urn:scim:schemas:extension:enterprise:1.0": {"department": "D"}},
            {ENTERPRISE: {"department": "D"}},
        ),
        ({"department": "D"}, {ENTERPRISE: {"department": "D"}}),
        ({"manager": "1"}, {ENTERPRISE: {"manager": {"value": "1"}}}),
        ({"manager": {"value": "1"}}, {ENTERPRISE: {"manager": {"value": "1"}}}),
        ({"manager": [{"$ref": "x", "value": "1"}]}, {ENTERPRISE: {"manager": {"value": "1"}}}),
        ({"manager.value": "1"}, {ENTERPRISE: {"manager": {"value": "1"}}}),
        ({ENTERPRISE: {"manager": "1"}}, {ENTERPRISE: {"manager": {"value": "1"}}}),
        ({ENTERPRISE: {"Department": "D"}, "department": "E"}, {ENTERPRISE: {"Department".lower(): "D"}}),
        ({"emails": {"value": "a"}}, {"emails": [{"value": "a"}]}),
        ({"emails": "a"}, {"emails": [{"value": "a"}]}),
        ({"emails": ["a", None]}, {"emails": [{"value": "a"}]}),
        ({"emails": [{"value": "a", "type": "work"}] * 2}, {"emails": [{"value": "a", "type": "work"}]}),
        (
            {"emails": [{"value": "a"}, {"value": "A", "primary": True}]},
            {"emails": [{"value": "A", "primary": True}]},
        ),
        ({"emails": [{"type": "work", "primary": True, "value": None}]}, {}),
        ({"addresses": [{"type": "work"}]}, {"addresses": [{"type": "work"}]}),
        ({"title": None, "roles": [], "name": {}, ENTERPRISE: {"manager": {"value": None}}}, {}),
        ({"title": ""}, {"title": ""}),
        ({"id": "9", "meta": {"x": 1}, "groups": [{"value": "1"}]}, {}),
        (
            {ENTERPRISE: {"manager": {"value": "1", "displayName": "B"}}},
            {ENTERPRISE: {"manager": {"value": "1"}}},
        ),
        ({"active": "True"}, {"active": True}),
        ({"active": "false"}, {"active": False}),
        ({"active": 0}, {"active": False}),
        ({"active": [False]}, {"active": False}),
        ({"emails": [{"value": "a", "primary": "True"}]}, {"emails": [{"value": "a", "primary": True}]}),
    ],
)
def test_form_is_understood(sent: dict[str, Any], data: dict[str, Any]):
    assert _data(**sent) == data


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"userName": "a"}, ["schemas-missing"]),
        ({"schemas": CORE, "userName": "a"}, ["one-for-list"]),
        ({"schemas": ["urn:scim:schemas:core:1.0"], "userName": "a"}, ["old-schema"]),
        ({"schemas": [CORE, "urn:x"], "userName": "a"}, ["unknown-schema"]),
        ({"Schemas": [CORE], "userName": "a"}, ["key-case"]),
        (_user(active="True"), ["boolean-form"]),
        (_user(active=[True]), ["list-for-one"]),
        (_user(emails={"value": "a"}), ["one-for-list"]),
        (_user(**{ENTERPRISE: {"manager": "1"}}), ["bare-value"]),
        (_user(department="D"), ["no-extension-name"]),
        (_user(**{"name.givenName": "A"}), ["dotted-key"]),
        (_user(**{"urn:scim:schemas:extension:enterprise:1.0": {"division": "D"}}), ["old-schema"]),
    ],
    ids=str,
)
def test_departure_is_reported(body: dict[str, Any], codes: list[str]):
    assert _codes(body) == codes


def test_unknown_attributes_are_set_aside_by_name():
    body = _user(shoeSize=43, name={"nick": "x"}, **{"urn:example:Ext": {"a": 1}, ENTERPRISE: {"floor": 2}})

    reading = resource.read(body, USER)

    assert reading.data == {"userName": "ann"}
    assert set(reading.set_aside) == {"shoeSize", "name.nick", "urn:example:Ext", f"{ENTERPRISE}:floor"}


def test_names_set_aside_are_few_and_short():
    body = _user(**{f"{'x' * 500}{number}": 1 for number in range(500)})

    set_aside = resource.read(body, USER).set_aside

    assert len(set_aside) <= 100
    assert max(map(len, set_aside)) <= 120


@pytest.mark.parametrize("password", ["s3cret-value", {"a": "s3cret-value"}, ["s3cret-value"], None, 5])
def test_password_is_dropped_unseen(password: Any):
    reading = resource.read(_user(password=password), USER)

    assert "s3cret" not in repr(reading)
    assert "password" not in reading.data


def test_schemas_follow_from_the_data():
    body = {"schemas": [CORE, ENTERPRISE], "userName": "a"}

    assert resource.read(body, USER).schemas == (CORE,)
    assert resource.read({**body, "department": "D"}, USER).schemas == (CORE, ENTERPRISE)


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ({}, InvalidValue, "userName is required"),
        (_user(userName=None), InvalidValue, "userName is required"),
        (_user(userName=""), InvalidValue, "cannot be blank"),
        (_user(userName=" \t"), InvalidValue, "cannot be blank"),
        (_user(userName={"a": 1}), InvalidValue, "userName takes text; an object was sent"),
        (_user(userName=5), InvalidValue, "a number was sent"),
        (_user(userName="x" * 513), InvalidValue, "512 are the limit"),
        (_user(externalId="x" * 513), InvalidValue, "512 are the limit"),
        (_user(title="x" * 8_193), InvalidValue, "8192 are the limit"),
        (_user(active="maybe"), InvalidValue, 'active takes true or false; the text "maybe" was sent'),
        (_user(active=2), InvalidValue, "a number was sent"),
        (_user(active={}), InvalidValue, "an object was sent"),
        (_user(name="Ann"), InvalidValue, 'name takes an object; the text "Ann" was sent'),
        (_user(name=[{"givenName": "a"}, {"givenName": "b"}]), InvalidValue, "a list was sent"),
        (_user(title=["a", "b"]), InvalidValue, "title takes text; a list was sent"),
        (_user(emails=[5]), InvalidValue, "emails takes an object; a number was sent"),
        (_user(emails=[{"value": {"x": 1}}]), InvalidValue, "emails.value takes text"),
        (_user(emails=[{"value": str(n)} for n in range(1_001)]), InvalidValue, "1000 are the limit"),
        (
            _user(emails=[{"value": "a", "primary": True}, {"value": "b", "primary": True}]),
            InvalidValue,
            "more than one value marked as primary",
        ),
        (_user(**{ENTERPRISE: {"department": 5}}), InvalidValue, f"{ENTERPRISE}:department takes text"),
        (_user(**{ENTERPRISE: {"manager": 5}}), InvalidValue, f"{ENTERPRISE}:manager takes an object"),
        (_user(USERNAME="b"), InvalidSyntax, "userName is given twice"),
        (_user(name={"givenName": "a", "GIVENNAME": "b"}), InvalidSyntax, "name.givenName is given twice"),
        (_user(**{"name.givenName": "a", "name": {"givenname": "b"}}), InvalidSyntax, "given twice"),
        (_user(**{"emails.value": "a", "emails": ["b"]}), InvalidSyntax, "differ in form"),
        (_user(schemas=[5]), InvalidSyntax, "schemas takes a list of schema names"),
    ],
)
def test_body_is_refused_with_a_sentence(body: dict[str, Any], kind: type[ScimError], words: str):
    with pytest.raises(kind) as refusal:
        resource.read(body, USER)

    assert words in refusal.value.detail


def test_body_is_not_changed_by_reading():
    body = _user(
        **{
            "name": {"givenName": "A"},
            "name.familyName": "B",
            "department": "D",
            ENTERPRISE: {"division": "E"},
        }
    )
    before = copy.deepcopy(body)

    resource.read(body, USER)

    assert body == before


@pytest.mark.parametrize(
    ("sent", "members"),
    [
        ({}, None),
        ({"members": None}, ()),
        ({"members": []}, ()),
        ({"members": [{"value": "1"}, "2", {"VALUE": "3", "$ref": None}]}, ("1", "2", "3")),
        ({"members": {"value": "1"}}, ("1",)),
        ({"Members": [{"value": "1"}, {"value": "1"}]}, ("1",)),
    ],
)
def test_members_are_read_beside_the_data(sent: dict[str, Any], members: tuple[str, ...] | None):
    reading = resource.read({"schemas": [GROUP.schema.id], "displayName": "G", **sent}, GROUP)

    assert reading.data == {"displayName": "G"}
    assert reading.members == (None if members is None else tuple(Member(value) for value in members))


def test_member_keeps_its_display():
    reading = resource.read({"displayName": "G", "members": [{"value": "1", "display": "Ann"}]}, GROUP)

    assert reading.members == (Member("1", "Ann"),)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (5, "a number was sent"),
        ([[]], "a list was sent"),
        ([{}], "null was sent"),
        ({}, "null was sent"),
        ([None], "null was sent"),
        ([{"value": ""}], "blank text was sent"),
        ([{"value": 5}], "a number was sent"),
        ([{"value": "x" * 513}], "512"),
        ([{"value": "1", "type": "Group"}], '"Group" was sent as its type'),
        ([{"value": "1", "type": 5}], "a number was sent as its type"),
        (["1"] * 50_001, "50000 are the limit"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_members_are_refused_with_a_sentence(members: Any, words: str):
    with pytest.raises(InvalidValue) as refusal:
        resource.read({"displayName": "G", "members": members}, GROUP)

    assert words in refusal.value.detail


def test_group_needs_a_display_name():
    with pytest.raises(InvalidValue, match="displayName is required for a Group"):
        resource.read({"schemas": [GROUP.schema.id]}, GROUP)
