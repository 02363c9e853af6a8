"""What changed between two states, as rows."""

from __future__ import annotations

from typing import Any

import pytest

from scim.core.difference import difference

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
WORK = {"type": "work", "value": "w"}
HOME = {"type": "home", "value": "h"}


def _row(path: str, before: Any, after: Any) -> dict[str, Any]:
    return {"path": path, "before": before, "after": after}


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        ({"a": 1}, {"a": 1}, []),
        (None, None, []),
        (None, {"a": 1, "b": {"c": 2}}, [_row("a", None, 1), _row("b.c", None, 2)]),
        ({"a": 1, "b": {"c": 2}}, None, [_row("a", 1, None), _row("b.c", 2, None)]),
        ({"a": True}, {"a": False}, [_row("a", True, False)]),
        ({"a": True}, {"a": 1}, [_row("a", True, 1)]),
        ({"name": {"x": 1, "y": 2}}, {"name": {"y": 3}}, [_row("name.x", 1, None), _row("name.y", 2, 3)]),
        ({}, {ENTERPRISE: {"department": "D"}}, [_row(f"{ENTERPRISE}:department", None, "D")]),
        (
            {ENTERPRISE: {"manager": {"value": "1"}}},
            {ENTERPRISE: {"manager": {"value": "2"}}},
            [_row(f"{ENTERPRISE}:manager.value", "1", "2")],
        ),
        ({"emails": [WORK, HOME]}, {"emails": [HOME, WORK]}, []),
        ({"emails": [WORK]}, {"emails": [WORK, HOME]}, [_row("emails", None, HOME)]),
        ({"emails": [WORK, HOME]}, {"emails": [HOME]}, [_row("emails", WORK, None)]),
        ({"emails": [WORK]}, {}, [_row("emails", WORK, None)]),
        (
            {"emails": [WORK]},
            {"emails": [{**WORK, "value": "n"}]},
            [_row("emails", WORK, {**WORK, "value": "n"})],
        ),
        (
            {"emails": [WORK]},
            {"emails": [{**WORK, "display": "D"}]},
            [_row("emails", WORK, {**WORK, "display": "D"})],
        ),
        (
            {"roles": [{"value": "a"}]},
            {"roles": [{"value": "b"}]},
            [_row("roles", {"value": "a"}, None), _row("roles", None, {"value": "b"})],
        ),
        ({"x": ["a", "b"]}, {"x": ["b", "c"]}, [_row("x", "a", None), _row("x", None, "c")]),
        (
            {"addresses": [{"city": "A"}]},
            {"addresses": [{"city": "B"}]},
            [_row("addresses", {"city": "A"}, None), _row("addresses", None, {"city": "B"})],
        ),
        ({"a": "text"}, {"a": {"b": 1}}, [_row("a", "text", {"b": 1})]),
    ],
    ids=lambda value: str(value)[:60],
)
def test_rows_tell_what_changed(before: Any, after: Any, rows: list[dict[str, Any]]):
    assert difference(before, after) == rows
