"""Held values, seen by the definition of their attribute: in a filter, an order and a PATCH."""

from __future__ import annotations

from typing import Any

import pytest

from scim.core import fitting, sorting
from scim.core.filters import evaluate, parser
from scim.core.patch import engine, request
from scim.core.resource_types import USER
from scim.core.schema import Attribute, ResourceType, Type
from scim.core.schemas import extra

ACME = "urn:example:params:scim:acme:2.0:User"
MOMENT = "2026-01-31T12:00:00Z"


def kind(type_: str, *, multi_valued: bool = False) -> ResourceType:
    """A User with one attribute of its own, `badge`."""
    badge = {"name": "badge", "type": type_, "multiValued": multi_valued}
    return ResourceType(
        name=USER.name,
        description=USER.description,
        endpoint=USER.endpoint,
        schema=USER.schema,
        common=USER.common,
        extensions=extra.read([{"id": ACME, "attributes": [badge]}]),
    )


@pytest.mark.parametrize(
    ("type_", "value", "multi_valued", "seen"),
    [
        (Type.STRING, "abc", False, "abc"),
        (Type.STRING, 7, False, None),
        (Type.STRING, ["abc"], False, None),
        (Type.STRING, "abc", True, ["abc"]),
        (Type.STRING, ["a", 7, "b", None, {}], True, ["a", "b"]),
        (Type.STRING, 7, True, []),
        (Type.STRING, None, True, None),
        (Type.BOOLEAN, True, False, True),
        (Type.BOOLEAN, 1, False, None),
        (Type.INTEGER, 7, False, 7),
        (Type.INTEGER, True, False, None),
        (Type.INTEGER, 1.5, False, None),
        (Type.DECIMAL, 7, False, 7),
        (Type.DECIMAL, True, False, None),
        (Type.DATE_TIME, MOMENT, False, MOMENT),
        (Type.DATE_TIME, "B-1", False, None),
        (Type.REFERENCE, {}, False, None),
        (Type.COMPLEX, "abc", False, None),
        (Type.COMPLEX, {"value": "a"}, True, [{"value": "a"}]),
    ],
)
def test_what_fits_is_seen_and_all_else_is_absent(type_, value, multi_valued, seen):
    assert fitting.held(Attribute(name="a", type=type_, multi_valued=multi_valued), value) == seen


@pytest.mark.parametrize("type_", list(Type))
def test_every_type_has_a_form(type_):
    assert fitting.held(Attribute(name="a", type=type_), object()) is None


@pytest.mark.parametrize(
    ("resource_type", "held", "operation", "after"),
    [
        (kind("string", multi_valued=True), "abc", {"op": "add", "value": ["x"]}, ["abc", "x"]),
        (kind("string", multi_valued=True), "abc", {"op": "add", "value": ["ABC"]}, ["abc"]),
        (kind("string", multi_valued=True), 7, {"op": "add", "value": ["x"]}, ["x"]),
        (kind("string", multi_valued=True), ["a", {"b": []}], {"op": "add", "value": ["x"]}, ["a", "x"]),
        (kind("string", multi_valued=True), "abc", {"op": "remove", "value": ["abc"]}, None),
        (kind("string", multi_valued=True), ["a", ["b"]], {"op": "remove", "value": ["x"]}, ["a"]),
        (kind("integer", multi_valued=True), ["a", 7], {"op": "add", "value": [8]}, [7, 8]),
        (kind("string"), ["a", "b"], {"op": "add", "value": "x"}, "x"),
        (kind("string"), ["a", "b"], {"op": "remove"}, None),
        (kind("integer"), "abc", {"op": "replace", "value": 7}, 7),
    ],
)
def test_a_patch_builds_on_what_fits(resource_type: ResourceType, held: Any, operation: Any, after: Any):
    asked = request.parse({"Operations": [{"path": f"{ACME}:badge", **operation}]}, resource_type)

    patched = engine.apply({"userName": "ann", ACME: {"badge": held}}, asked, resource_type)

    assert patched.data.get(ACME, {}).get("badge") == after


@pytest.mark.parametrize(
    ("resource_type", "values", "expected"),
    [
        (kind("dateTime"), [MOMENT, "B-1", 7, [MOMENT]], [MOMENT]),
        (kind("integer"), [7, "a", 3, True, [1]], [3, 7]),
        (kind("string"), ["b", 7, "a", {}, ["c"]], ["a", "b"]),
        (kind("boolean"), [True, "x", False, 1], [False, True]),
        (kind("string", multi_valued=True), [[7, "b"], "a", [7]], ["a", [7, "b"]]),
    ],
)
def test_what_does_not_fit_comes_last(resource_type: ResourceType, values: list[Any], expected: list[Any]):
    sort = sorting.parse(f"{ACME}:badge", "", resource_type)

    ordered = sorted(values, key=lambda value: sorting.key(sort, {ACME: {"badge": value}}))

    assert ordered[: len(expected)] == expected


@pytest.mark.parametrize(
    ("resource_type", "held", "text", "is_met"),
    [
        (kind("string"), ["a"], 'badge eq "a"', False),
        (kind("string"), ["a"], "badge pr", False),
        (kind("string"), 7, 'badge ne "a"', True),
        (kind("string", multi_valued=True), "a", 'badge eq "a"', True),
        (kind("string", multi_valued=True), [7, "a"], 'badge co "A"', True),
        (kind("integer"), "a", "badge gt 1", False),
        (kind("integer"), 1.5, "badge gt 1", False),
        (kind("boolean"), 1, "badge eq true", False),
        (kind("dateTime"), "B-1", "badge pr", False),
        (kind("dateTime"), "B-1", f'badge gt "{MOMENT}"', False),
        (kind("dateTime"), 7, f'badge ne "{MOMENT}"', True),
    ],
)
def test_a_filter_takes_what_does_not_fit_for_absent(resource_type, held, text, is_met):
    node = parser.parse(f"{ACME}:{text}", resource_type)

    assert evaluate.matches(node, {ACME: {"badge": held}}) is is_met
