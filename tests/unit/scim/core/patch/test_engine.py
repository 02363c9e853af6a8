"""PATCH of plain data: set semantics, refusals, and what is left alone."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from scim.core.errors import InvalidPath, InvalidValue, Mutability, NoTarget, ScimError
from scim.core.patch import engine, request
from scim.core.patch.engine import Patched
from scim.core.resource_types import USER
from scim.core.schema import Attribute, ResourceType, Schema
from scim.core.schema import Mutability as Mutable

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
WORK = {"type": "work", "value": "w@x.test", "primary": True}
HOME = {"type": "home", "value": "h@x.test"}


def _patch(data: dict[str, Any], *operations: dict[str, Any], own_id: str | None = None) -> Patched:
    body = {"schemas": [request.PATCH_SCHEMA], "Operations": list(operations)}
    return engine.apply(data, request.parse(body, USER), USER, own_id=own_id)


def _op(op: str, path: str | None = None, *value: Any) -> dict[str, Any]:
    operation: dict[str, Any] = {"op": op}
    if path is not None:
        operation["path"] = path
    if value:
        (operation["value"],) = value
    return operation


@pytest.mark.parametrize(
    ("held", "operation", "after"),
    [
        # RFC 7644 3.5.2.1
        ({}, _op("add", "nickName", "N"), {"nickName": "N"}),
        ({"nickName": "M"}, _op("add", "nickName", "N"), {"nickName": "N"}),
        ({}, _op("add", None, {"nickName": "N", "title": "T"}), {"nickName": "N", "title": "T"}),
        ({"emails": [WORK]}, _op("add", "emails", [HOME]), {"emails": [WORK, HOME]}),
        ({"emails": [WORK]}, _op("add", "emails", HOME), {"emails": [WORK, HOME]}),
        ({"emails": [WORK]}, _op("add", "emails", []), {"emails": [WORK]}),
        (
            {"name": {"givenName": "A"}},
            _op("add", "name", {"familyName": "B"}),
            {"name": {"givenName": "A", "familyName": "B"}},
        ),
        (
            {"emails": [WORK]},
            _op("add", 'emails[type eq "work"]', {"display": "D"}),
            {"emails": [{**WORK, "display": "D"}]},
        ),
        # RFC 7644 3.5.2.3
        ({"emails": [WORK]}, _op("replace", "emails", [HOME]), {"emails": [HOME]}),
        ({"emails": [WORK]}, _op("replace", "emails", []), {}),
        (
            {"name": {"givenName": "A", "familyName": "B"}},
            _op("replace", "name", {"givenName": "C"}),
            {"name": {"givenName": "C", "familyName": "B"}},
        ),
        (
            {"name": {"givenName": "A"}},
            _op("replace", "name.familyName", "B"),
            {"name": {"givenName": "A", "familyName": "B"}},
        ),
        (
            {"emails": [WORK, HOME]},
            _op("replace", 'emails[type eq "home"].value', "n"),
            {"emails": [WORK, {**HOME, "value": "n"}]},
        ),
        (
            {"emails": [WORK, HOME]},
            _op("replace", 'emails[type eq "home"]', {"value": "n"}),
            {"emails": [WORK, {"type": "home", "value": "n"}]},
        ),
        *(
            ({"emails": [WORK, HOME]}, _op("replace", 'emails[type eq "work"]', given), {"emails": after})
            for given, after in [
                ({"display": "D"}, [{**WORK, "display": "D"}, HOME]),
                ({"primary": False}, [{**WORK, "primary": False}, HOME]),
                ({"type": "other"}, [{**WORK, "type": "other"}, HOME]),
                ({"value": "n", "primary": None}, [{"type": "work", "value": "n"}, HOME]),
                ({}, [WORK, HOME]),
            ]
        ),
        (
            {"emails": [WORK, HOME]},
            _op("replace", 'emails[type eq "home"]', {"primary": True}),
            {"emails": [{**WORK, "primary": False}, {**HOME, "primary": True}]},
        ),
        (
            {"emails": [WORK, HOME]},
            _op("replace", "emails.display", "D"),
            {"emails": [{**WORK, "display": "D"}, {**HOME, "display": "D"}]},
        ),
        ({}, _op("replace", "emails.value", "a"), {"emails": [{"value": "a"}]}),
        # RFC 7644 3.5.2.2
        ({"nickName": "N"}, _op("remove", "nickName"), {}),
        ({}, _op("remove", "nickName"), {}),
        ({"name": {"givenName": "A"}}, _op("remove", "name.givenName"), {}),
        ({"emails": [WORK, HOME]}, _op("remove", 'emails[type eq "home"]'), {"emails": [WORK]}),
        ({"emails": [WORK]}, _op("remove", 'emails[type eq "home"]'), {"emails": [WORK]}),
        ({"emails": [WORK, HOME]}, _op("remove", 'emails[type eq "home"].value'), {"emails": [WORK]}),
        ({"emails": [WORK]}, _op("remove", "emails"), {}),
        ({ENTERPRISE: {"department": "D"}}, _op("remove", ENTERPRISE), {}),
        (
            {ENTERPRISE: {"department": "D", "division": "E"}},
            _op("remove", f"{ENTERPRISE}:division"),
            {ENTERPRISE: {"department": "D"}},
        ),
        # what identity providers send
        (
            {},
            _op("add", 'phoneNumbers[type eq "mobile"].value', "1"),
            {"phoneNumbers": [{"type": "mobile", "value": "1"}]},
        ),
        (
            {},
            _op("replace", 'roles[primary eq "True"].value', "r"),
            {"roles": [{"primary": True, "value": "r"}]},
        ),
        (
            {},
            _op("replace", 'emails[type eq "work"]', {"value": "a"}),
            {"emails": [{"type": "work", "value": "a"}]},
        ),
        ({"active": True}, _op("Replace", "active", "False"), {"active": False}),
        ({"active": True}, _op("replace", None, {"active": False}), {"active": False}),
        ({}, _op("add", f"{ENTERPRISE}:manager", "1"), {ENTERPRISE: {"manager": {"value": "1"}}}),
        ({}, _op("add", "manager", [{"$ref": "x", "value": "1"}]), {ENTERPRISE: {"manager": {"value": "1"}}}),
        ({}, _op("replace", f"{ENTERPRISE}:manager.value", "1"), {ENTERPRISE: {"manager": {"value": "1"}}}),
        ({ENTERPRISE: {"manager": {"value": "1"}}}, _op("replace", "manager", {"value": None}), {}),
        (
            {ENTERPRISE: {"division": "E"}},
            _op("replace", ENTERPRISE, {"department": "D"}),
            {ENTERPRISE: {"division": "E", "department": "D"}},
        ),
        (
            {ENTERPRISE: {"division": "E"}},
            _op("add", None, {ENTERPRISE: {"department": "D"}}),
            {ENTERPRISE: {"division": "E", "department": "D"}},
        ),
        ({"title": "T"}, _op("replace", "title", None), {}),
        ({"title": "T"}, _op("replace", None, {"title": None, "name": {"givenName": None}}), {}),
        ({"emails": [WORK, HOME]}, _op("remove", "emails", [{"value": "h@x.test"}]), {"emails": [WORK]}),
        (
            {"emails": [WORK, HOME]},
            _op("remove", "emails", {"value": "H@X.test", "type": "HOME"}),
            {"emails": [WORK]},
        ),
        ({"emails": [WORK, HOME]}, _op("remove", "emails", [{"type": "home"}]), {"emails": [WORK]}),
        (
            {"emails": [WORK]},
            _op("remove", "emails", [{"value": "w@x.test", "type": "home"}]),
            {"emails": [WORK]},
        ),
        ({"emails": [WORK, HOME]}, _op("remove", "emails", []), {}),
        ({"emails": [WORK, HOME]}, _op("replace", 'emails[type eq "home"].value', None), {"emails": [WORK]}),
        (
            {},
            _op("replace", "emails", {"value": "a", "primary": True}),
            {"emails": [{"value": "a", "primary": True}]},
        ),
        # RFC 7643 2.5: without a part there is no value, and without a value no attribute.
        ({"addresses": [{"formatted": "x"}]}, _op("remove", "addresses.formatted"), {}),
        ({"addresses": [{"formatted": "x"}]}, _op("replace", "addresses.formatted", None), {}),
        (
            {"addresses": [{"formatted": "x"}, {"locality": "y"}]},
            _op("remove", "addresses.formatted"),
            {"addresses": [{"locality": "y"}]},
        ),
        (
            {"addresses": [{"formatted": "x", "type": "work"}]},
            _op("remove", "addresses.formatted"),
            {"addresses": [{"type": "work"}]},
        ),
        (
            {"addresses": [{"formatted": "x", "type": "work"}]},
            _op("replace", 'addresses[type eq "work"]', {"formatted": None, "type": []}),
            {},
        ),
        ({"addresses": [{}, {"formatted": "x"}]}, _op("remove", "addresses.formatted"), {}),
    ],
    ids=lambda value: str(value)[:70],
)
def test_operation_changes_the_data(held: dict[str, Any], operation: dict[str, Any], after: dict[str, Any]):
    data = {"userName": "ann", **held}
    before = copy.deepcopy(data)

    assert _patch(data, operation).data == {"userName": "ann", **after}
    assert data == before


@pytest.mark.parametrize(
    "operation",
    [
        _op("add", "emails", [{"value": "W@x.test", "type": "work"}]),
        _op("replace", "title", "T"),
        _op("add", None, {"title": "T", "userName": "ann"}),
        _op("remove", "nickName"),
        _op("remove", 'emails[type eq "other"]'),
        _op("replace", "name", {}),
        _op("replace", None, {"password": "s3cret"}),
        _op("add", "password", "s3cret"),
        _op("remove", "password"),
    ],
    ids=str,
)
def test_equal_value_changes_nothing(operation: dict[str, Any]):
    data = {"userName": "ann", "title": "T", "emails": [{"type": "work", "value": "W@x.test"}]}

    patched = _patch(data, operation)

    assert patched.data == data
    assert "s3cret" not in repr(patched)


@pytest.mark.parametrize(
    ("held", "operation", "marked"),
    [
        ([WORK, HOME], _op("replace", 'emails[type eq "home"].primary', True), ["h@x.test"]),
        ([WORK], _op("add", "emails", [{"value": "n", "primary": True}]), ["n"]),
        ([WORK, HOME], _op("add", "emails", [{**HOME, "primary": "true"}]), ["h@x.test"]),
        ([WORK, HOME], _op("replace", 'emails[type eq "work"].display', "D"), ["w@x.test"]),
        ([WORK], _op("replace", "emails", [HOME]), []),
        (
            [WORK, HOME],
            _op("add", "emails", [{**WORK, "primary": None}, {**HOME, "primary": True}]),
            ["h@x.test"],
        ),
        (
            [WORK, HOME],
            _op("add", "emails", [{"type": "work", "value": "w@x.test", "display": "D"}]),
            ["w@x.test"],
        ),
        ([WORK, HOME], _op("add", "emails", [{**WORK, "display": "D"}, HOME]), ["w@x.test"]),
        (
            [{**WORK, "primary": False, "display": "A"}, {**HOME, "primary": True}],
            _op("add", "emails", [{"type": "work", "value": "w@x.test"}, {"value": "n", "primary": True}]),
            ["n"],
        ),
        (
            [{**WORK, "primary": False, "display": "A"}, {**HOME, "primary": True}],
            _op("add", "emails", [WORK]),
            ["w@x.test"],
        ),
        ([WORK, HOME], _op("replace", 'emails[type eq "home"]', {**WORK}), ["w@x.test"]),
        ([HOME, WORK], _op("replace", 'emails[type eq "home"]', {**WORK}), ["w@x.test"]),
        ([WORK, HOME], _op("replace", "emails.display", "D"), ["w@x.test"]),
        ([WORK, HOME], _op("add", 'emails[type eq "other" and primary eq true].value', "n"), ["n"]),
        ([WORK, HOME], _op("add", 'emails[type eq "other" and primary eq true].display', "D"), ["w@x.test"]),
        ([WORK, HOME], _op("add", "emails", [{"type": "other", "primary": True}]), ["w@x.test"]),
    ],
)
def test_value_newly_marked_primary_unmarks_the_others(
    held: list[Any], operation: dict[str, Any], marked: list[str]
):
    after = _patch({"emails": held}, operation).data["emails"]

    assert [entry["value"] for entry in after if entry.get("primary")] == marked


def test_operations_build_on_each_other():
    patched = _patch(
        {"userName": "ann"},
        _op("add", "emails", [WORK]),
        _op("replace", 'emails[type eq "work"].value', "n"),
        _op("remove", "userName"),
        _op("add", "userName", "bob"),
    )

    assert patched.data == {"userName": "bob", "emails": [{**WORK, "value": "n"}]}


@pytest.mark.parametrize(
    ("operation", "kind", "words"),
    [
        (_op("replace", "active", "maybe"), InvalidValue, '"maybe"'),
        (_op("replace", "active", {"x": 1}), InvalidValue, "an object was sent"),
        (_op("replace", "name", "Ann"), InvalidValue, "name takes an object"),
        (_op("replace", "userName", " "), InvalidValue, "cannot be blank"),
        (_op("replace", "userName", "x" * 513), InvalidValue, "512"),
        (
            _op("add", "emails", [{"value": "a", "primary": True}, {"value": "b", "primary": True}]),
            InvalidValue,
            "primary",
        ),
        (_op("replace", "emails.primary", True), InvalidValue, "primary"),
        (
            _op("add", "emails", [{"value": str(number)} for number in range(999)]),
            InvalidValue,
            "1000 are the limit",
        ),
        (_op("remove", "emails", [{"primary": True}]), InvalidValue, "does not say which one"),
        (_op("remove", "emails", [None]), InvalidValue, "does not say which one"),
        (_op("remove", "emails", [{"nosuch": 1}]), InvalidValue, "does not say which one"),
        (_op("remove", "userName"), Mutability, "userName is required"),
        (_op("replace", "userName", None), Mutability, "userName is required"),
        (_op("replace", None, {"userName": None}), Mutability, "userName is required"),
        (_op("replace", "id", "7"), Mutability, "id is read-only"),
        (_op("replace", None, {"id": "8"}), Mutability, "id is read-only"),
        (_op("replace", "meta.created", "x"), Mutability, "meta.created is read-only"),
        (_op("add", "schemas", ["urn:x"]), Mutability, "schemas is read-only"),
        (_op("add", "groups", [{"value": "1"}]), Mutability, "groups is read-only"),
        (_op("add", None, {"groups": [{"value": "1"}]}), Mutability, "groups is read-only"),
        (_op("replace", "manager.displayName", "B"), Mutability, "is read-only"),
        (
            _op("replace", 'emails[type eq "other" or type eq "x"].value', "a"),
            NoTarget,
            "Nothing meets the filter",
        ),
        (_op("add", 'emails[type ne "work" and type ne "home"]', {"value": "a"}), NoTarget, "Nothing meets"),
        (_op("replace", "nosuch", "a"), InvalidPath, '"nosuch"'),
        # What a filter says of a value that is made has the limits of what is sent.
        (_op("add", f'emails[type eq "{"t" * 513}"].value', "a"), InvalidValue, "emails.type has 513"),
        (_op("add", f'emails[type eq "{"t" * 513}"]', {"value": "a"}), InvalidValue, "512 are the limit"),
        (_op("add", f'emails[value eq "{"v" * 513}"].display', "D"), InvalidValue, "emails.value has 513"),
    ],
    ids=lambda value: str(value)[:70],
)
def test_operation_is_refused_with_a_sentence(operation: dict[str, Any], kind: type[ScimError], words: str):
    data = {"userName": "ann", "emails": [WORK, HOME]}
    before = copy.deepcopy(data)

    with pytest.raises(kind) as refusal:
        _patch(data, operation, own_id="7")

    assert words in refusal.value.detail
    assert data == before


def test_what_the_server_set_may_be_repeated_in_an_object():
    value = {"id": "7", "schemas": ["x"], "meta": {"version": "1"}, "groups": [], "title": "T"}

    assert _patch({"userName": "ann"}, _op("replace", None, value), own_id="7").data == {
        "userName": "ann",
        "title": "T",
    }


@pytest.mark.parametrize(
    ("operation", "codes"),
    [
        (_op("Replace", "active", "False"), ["op-case", "boolean-form"]),
        (_op("replace", 'emails[type eq "work"].value', "a"), ["create-on-miss"]),
        (_op("remove", "emails", [{"value": "a"}]), ["remove-by-value"]),
        (_op("add", "manager", "1"), ["no-extension-name", "bare-value"]),
        (_op("replace", "emails", {"value": "a"}), ["one-for-list"]),
    ],
)
def test_departure_is_reported(operation: dict[str, Any], codes: list[str]):
    assert [quirk.code for quirk in _patch({"userName": "ann"}, operation).quirks] == codes


def test_unknown_parts_are_set_aside_by_name():
    patched = _patch(
        {"userName": "ann"}, _op("replace", None, {"shoe": 1, "name": {"nick": 2}, ENTERPRISE: {"floor": 3}})
    )

    assert patched.set_aside == ("shoe", "name.nick", f"{ENTERPRISE}:floor")


def test_immutable_value_is_set_once():
    badge = Attribute(name="badge", mutability=Mutable.IMMUTABLE)
    schema = Schema(id="urn:example:Badge", name="Badge", description="Badge", attributes=(badge,))
    kind = ResourceType(name="Badge", description="Badge", endpoint="/Badges", schema=schema, common=())

    def patch(data: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
        return engine.apply(data, request.parse({"Operations": [operation]}, kind), kind).data

    once = patch({}, _op("add", "badge", "1"))
    assert patch(once, _op("replace", "badge", "1")) == {"badge": "1"}
    with pytest.raises(Mutability, match="cannot be changed once"):
        patch(once, _op("replace", "badge", "2"))


ROLE = 'roles[primary eq "True"]'
NEW_HOME = 'emails[type eq "home"]'


@pytest.mark.parametrize(
    ("operations", "after"),
    [
        (
            [_op("Add", f"{ROLE}.{part}", part.upper()) for part in ("display", "value", "type")],
            {"roles": [{"primary": True, "display": "DISPLAY", "value": "VALUE", "type": "TYPE"}]},
        ),
        (
            [_op("replace", None, {f"{ROLE}.{part}": part.upper() for part in ("display", "type", "value")})],
            {"roles": [{"primary": True, "display": "DISPLAY", "type": "TYPE", "value": "VALUE"}]},
        ),
        (
            [_op("add", f"{NEW_HOME}.primary", True), _op("add", f"{NEW_HOME}.value", "h@x.test")],
            {"emails": [{**WORK, "primary": False}, {**HOME, "primary": True}]},
        ),
        ([_op("add", f"{NEW_HOME}.display", "Home")], {"emails": [WORK]}),
        (
            [
                _op("remove", 'emails[type eq "work"].value'),
                _op("add", 'emails[type eq "work"].value', "n@x.test"),
            ],
            {"emails": [{**WORK, "value": "n@x.test"}]},
        ),
        ([_op("remove", "emails.value")], {}),
    ],
    ids=[
        "one by one",
        "in one object",
        "primary first",
        "never whole",
        "away and anew",
        "all without a value",
    ],
)
def test_the_parts_of_a_new_value_may_come_in_any_order(operations, after):
    held = {"emails": [WORK]} if "emails" in after or not after else {}

    assert _patch(held, *operations).data == after
