"""Members of a group by PATCH: set arithmetic for the store, without a look at who is a member."""

from __future__ import annotations

from typing import Any

import pytest

from scim.core.errors import InvalidPath, InvalidValue, Mutability, ScimError
from scim.core.patch import engine, request
from scim.core.patch.engine import Patched
from scim.core.resource_types import GROUP


def _patch(*operations: dict[str, Any]) -> Patched:
    body = {"schemas": [request.PATCH_SCHEMA], "Operations": list(operations)}
    return engine.apply({"displayName": "G"}, request.parse(body, GROUP), GROUP, own_id="7")


def _steps(patched: Patched) -> list[tuple[str, list[str]]]:
    return [(step.kind.value, [member.value for member in step.values]) for step in patched.member_operations]


@pytest.mark.parametrize(
    ("operation", "steps", "codes"),
    [
        ({"op": "add", "path": "members", "value": [{"value": "1"}]}, [("add", ["1"])], []),
        ({"op": "add", "path": "members", "value": {"value": "1"}}, [("add", ["1"])], ["one-for-list"]),
        ({"op": "add", "path": "members", "value": "1"}, [("add", ["1"])], ["one-for-list", "bare-value"]),
        ({"op": "add", "path": "members", "value": [{"$ref": None, "value": "1"}] * 2}, [("add", ["1"])], []),
        ({"op": "add", "path": "members", "value": []}, [], []),
        ({"op": "add", "value": {"members": [{"value": "1"}]}}, [("add", ["1"])], []),
        ({"op": "add", "path": 'members[value eq "1"]'}, [("add", ["1"])], ["add-by-filter"]),
        (
            {"op": "replace", "path": "members", "value": [{"value": "1"}, {"value": "2"}]},
            [("replace", ["1", "2"])],
            [],
        ),
        ({"op": "replace", "path": "members", "value": []}, [("replace", [])], []),
        ({"op": "replace", "value": {"members": [{"value": "1"}], "id": "7"}}, [("replace", ["1"])], []),
        ({"op": "replace", "value": {"displayName": "G"}}, [], []),
        (
            {"op": "remove", "path": "members", "value": [{"value": "1"}]},
            [("remove", ["1"])],
            ["remove-by-value"],
        ),
        ({"op": "remove", "path": "members"}, [("replace", [])], []),
        ({"op": "remove", "path": "members", "value": []}, [], ["remove-by-value"]),
        ({"op": "remove", "path": 'members[value eq "1"]'}, [("remove", ["1"])], []),
        ({"op": "remove", "path": 'members[value eq "1" or value eq "2"]'}, [("remove", ["1", "2"])], []),
        ({"op": "remove", "path": 'members[value eq "1" and type eq "user"]'}, [("remove", ["1"])], []),
        (
            {"op": "remove", "path": 'members[type eq "User" and (value eq "1" or value eq "2")]'},
            [("remove", ["1", "2"])],
            [],
        ),
    ],
    ids=str,
)
def test_operation_becomes_set_arithmetic(operation: dict[str, Any], steps: list[Any], codes: list[str]):
    patched = _patch(operation)

    assert _steps(patched) == steps
    assert [quirk.code for quirk in patched.quirks] == codes
    assert patched.data == {"displayName": "G"}


def test_order_of_operations_is_kept():
    patched = _patch(
        {"op": "remove", "path": 'members[value eq "1"]'},
        {"op": "replace", "path": "displayName", "value": "H"},
        {"op": "add", "path": "members", "value": [{"value": "2"}]},
    )

    assert _steps(patched) == [("remove", ["1"]), ("add", ["2"])]
    assert patched.data == {"displayName": "H"}


@pytest.mark.parametrize(
    ("operation", "kind", "words"),
    [
        ({"op": "remove", "path": 'members[display eq "A"]'}, InvalidPath, "value eq"),
        ({"op": "remove", "path": 'members[value sw "1"]'}, InvalidPath, "value eq"),
        ({"op": "remove", "path": 'members[not (value eq "1")]'}, InvalidPath, "value eq"),
        ({"op": "remove", "path": 'members[value eq ""]'}, InvalidValue, "blank"),
        (
            {"op": "replace", "path": 'members[value eq "1"].display', "value": "A"},
            Mutability,
            "cannot be changed",
        ),
        ({"op": "replace", "path": "members.value", "value": "2"}, Mutability, "cannot be changed"),
        (
            {"op": "replace", "path": 'members[value eq "1"]', "value": {"value": "2"}},
            Mutability,
            "cannot be changed",
        ),
        (
            {"op": "add", "path": 'members[value eq "1"]', "value": {"value": "2"}},
            Mutability,
            "cannot be changed",
        ),
        (
            {"op": "add", "path": "members", "value": [{"value": "1", "type": "Group"}]},
            InvalidValue,
            '"Group"',
        ),
        ({"op": "add", "path": "members", "value": 5}, InvalidValue, "a number"),
        ({"op": "remove", "path": "members", "value": [None]}, InvalidValue, "null"),
        ({"op": "remove", "path": "members", "value": {}}, InvalidValue, "null"),
        ({"op": "remove", "path": "members", "value": [{"display": "A"}]}, InvalidValue, "null"),
        ({"op": "replace", "value": {"id": "8"}}, Mutability, "id is read-only"),
    ],
    ids=str,
)
def test_operation_is_refused_with_a_sentence(operation: dict[str, Any], kind: type[ScimError], words: str):
    with pytest.raises(kind) as refusal:
        _patch(operation)

    assert words in refusal.value.detail


def test_members_of_all_operations_are_counted_together():
    half = [{"value": str(number)} for number in range(25_001)]

    with pytest.raises(InvalidValue, match="50000 are the limit"):
        _patch(
            {"op": "add", "path": "members", "value": half},
            {"op": "remove", "path": "members", "value": half},
        )
