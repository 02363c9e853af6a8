"""The body of a PATCH as operations."""

from __future__ import annotations

from typing import Any

import pytest

from scim.core.errors import InvalidPath, InvalidSyntax, InvalidValue, NoTarget, ScimError
from scim.core.patch import request
from scim.core.patch.request import MISSING, PATCH_SCHEMA, Kind
from scim.core.resource_types import GROUP, USER

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def _body(*operations: Any) -> dict[str, Any]:
    return {"schemas": [PATCH_SCHEMA], "Operations": list(operations)}


@pytest.mark.parametrize(
    ("op", "kind", "codes"),
    [
        ("add", Kind.ADD, []),
        ("Add", Kind.ADD, ["op-case"]),
        ("REPLACE", Kind.REPLACE, ["op-case"]),
        ("reMove", Kind.REMOVE, ["op-case"]),
    ],
)
def test_op_is_read_in_any_case(op: str, kind: Kind, codes: list[str]):
    read = request.parse(_body({"op": op, "path": "nickName", "value": "x"}), USER)

    assert [operation.kind for operation in read.operations] == [kind]
    assert [quirk.code for quirk in read.quirks] == codes


def test_object_without_a_path_is_opened_key_by_key():
    value = {
        "displayName": "A",
        "name.givenName": "B",
        f"{ENTERPRISE}:department": "C",
        'emails[type eq "work"].value': "D",
        "manager": "E",
        "nosuch": "F",
        "emails[broken": "G",
    }
    read = request.parse(_body({"op": "replace", "value": value}), USER)

    assert [(str(operation.target), operation.value) for operation in read.operations] == [
        ("displayName", "A"),
        ("name.givenName", "B"),
        (f"{ENTERPRISE}:department", "C"),
        ('emails[type eq "work"].value', "D"),
        (f"{ENTERPRISE}:manager", "E"),
    ]
    assert all(operation.in_object for operation in read.operations)
    assert read.set_aside == ("nosuch", "emails[broken")
    assert [quirk.code for quirk in read.quirks] == ["dotted-key"] * 3 + ["no-extension-name"]


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        ({"Operations": [{"op": "add", "path": "title", "value": "x"}]}, ["schemas-missing"]),
        ({"schemas": PATCH_SCHEMA, "operations": [{"OP": "add", "Path": "title", "VALUE": "x"}]}, None),
    ],
)
def test_loose_envelope_is_understood(body: dict[str, Any], codes: list[str] | None):
    read = request.parse(body, USER)

    assert str(read.operations[0].target) == "title"
    assert [quirk.code for quirk in read.quirks] == (codes or ["schemas-missing", "key-case"])


def test_null_differs_from_no_value():
    read = request.parse(
        _body({"op": "remove", "path": "title"}, {"op": "remove", "path": "title", "value": None}), USER
    )

    assert [operation.value for operation in read.operations] == [MISSING, None]


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ({}, InvalidSyntax, "one or more Operations"),
        ({"Operations": []}, InvalidSyntax, "one or more Operations"),
        ({"Operations": {"op": "add"}}, InvalidSyntax, "one or more Operations"),
        (_body(*[{"op": "add", "path": "title", "value": "x"}] * 1_001), InvalidSyntax, "1000 are the limit"),
        (_body(5), InvalidSyntax, "Operation 1 is a number"),
        (_body({"path": "title"}), InvalidSyntax, "op of operation 1 is null"),
        (_body({"op": "delete", "path": "title"}), InvalidSyntax, '"delete"'),
        (_body({"op": ["add"], "path": "title"}), InvalidSyntax, "a list"),
        (_body({"op": "add", "path": 5, "value": "x"}), InvalidPath, "path of operation 1 is a number"),
        (_body({"op": "add", "path": "nosuch", "value": "x"}), InvalidPath, '"nosuch"'),
        (_body({"op": "add", "path": "x" * 5_000, "value": "x"}), InvalidPath, "4096 are the limit"),
        (_body({"op": "add", "path": "emails[", "value": "x"}), InvalidPath, "name of an attribute"),
        (_body({"op": "add", "path": "emails[broken!!!filter", "value": "x"}), InvalidPath, "Character 14"),
        (_body({"op": "add", "path": "emails[]", "value": "x"}), InvalidPath, "name of an attribute"),
        (_body({"op": "add", "path": 'emails[type eq "a"].nosuch', "value": "x"}), InvalidPath, '"nosuch"'),
        (
            _body({"op": "add", "path": 'emails[type eq "a"] x', "value": "x"}),
            InvalidPath,
            "Expected the end",
        ),
        (_body({"op": "add", "path": 'name[givenName eq "a"]', "value": "x"}), InvalidPath, "has one value"),
        (_body({"op": "add", "path": 'title eq "a"', "value": "x"}), InvalidPath, "is not an attribute"),
        (_body({"op": "add", "path": "title"}), InvalidValue, "has no value"),
        (_body({"op": "add", "path": 'emails[type eq "a"]'}), InvalidValue, "has no value"),
        (_body({"op": "add"}), InvalidValue, "none was sent"),
        (_body({"op": "replace", "value": ["x"]}), InvalidValue, "a list was sent"),
        (_body({"op": "remove"}), NoTarget, "has no path"),
        (_body({"op": "remove", "path": " ", "value": {"title": "x"}}), NoTarget, "has no path"),
    ],
    ids=lambda value: str(value)[-60:],
)
def test_body_is_refused_with_a_sentence(body: dict[str, Any], kind: type[ScimError], words: str):
    with pytest.raises(kind) as refusal:
        request.parse(body, USER)

    assert words in refusal.value.detail


def test_member_may_be_added_by_its_filter_alone():
    read = request.parse(_body({"op": "add", "path": 'members[value eq "1"]'}), GROUP)

    assert read.operations[0].value is MISSING
