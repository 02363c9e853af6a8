"""Laws of PATCH."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import assume, given, reject
from hypothesis import strategies as st

from scim.core import resource
from scim.core.difference import difference
from scim.core.errors import ScimError
from scim.core.patch import engine, request
from scim.core.resource_types import GROUP, USER
from scim.core.schema import ResourceType
from tests.property.scim.core.strategies import FITTING_OPERATIONS, JSON, OPERATIONS, PEOPLE

_IDS = st.sampled_from(["1", "2", "3", "4"])


def _patch(data: dict[str, Any], body: dict[str, Any], kind: ResourceType = USER) -> engine.Patched | None:
    """None for what is refused; any error but a ScimError ends the test."""
    try:
        return engine.apply(data, request.parse(body, kind), kind, own_id="7")
    except ScimError:
        return None


def _primaries(data: dict[str, Any]) -> int:
    return sum(entry.get("primary") is True for entry in data.get("emails", []))


@given(
    JSON | st.dictionaries(st.sampled_from(["Operations", "schemas"]), st.lists(JSON)),
    st.sampled_from([USER, GROUP]),
)
def test_any_object_is_applied_or_refused(body: Any, kind: ResourceType):
    assume(isinstance(body, dict))
    held = {"userName": "ann"} if kind is USER else {"displayName": "G"}

    patched = _patch(held, body, kind)

    assert patched is None or isinstance(patched.data, dict)


@given(PEOPLE, st.lists(OPERATIONS, min_size=1, max_size=4))
def test_patch_leaves_what_it_was_given_alone(person: dict[str, Any], operations: list[Any]):
    body = {"Operations": operations}
    before = copy.deepcopy((person, body))

    _patch(person, body)

    assert (person, body) == before


@given(PEOPLE, st.lists(FITTING_OPERATIONS, min_size=1, max_size=4))
def test_patched_person_is_sound(person: dict[str, Any], operations: list[Any]):
    patched = _patch(person, {"Operations": operations}) or reject()

    assert patched.data["userName"].strip()
    assert _primaries(patched.data) <= 1
    assert resource.read(patched.data, USER).data == patched.data


@given(PEOPLE, FITTING_OPERATIONS)
def test_replace_and_remove_are_idempotent(person: dict[str, Any], operation: dict[str, Any]):
    repeated = {**operation, "op": "remove" if operation["op"] == "remove" else "replace"}
    once = _patch(person, {"Operations": [repeated]}) or reject()

    again = _patch(once.data, {"Operations": [repeated]})

    assert again is not None
    assert again.data == once.data


@given(PEOPLE, PEOPLE)
def test_replacing_everything_gives_the_other_person(person: dict[str, Any], other: dict[str, Any]):
    cleared = {name: None for name in person if name != "userName"}
    operations = [{"op": "replace", "value": cleared}, {"op": "add", "value": other}]

    patched = _patch(person, {"Operations": operations})

    assert patched is not None
    assert patched.data == resource.read(other, USER).data
    assert difference(patched.data, resource.read(other, USER).data) == []


@given(
    st.lists(st.tuples(st.sampled_from(["add", "remove", "replace"]), st.lists(_IDS, min_size=1)), min_size=1)
)
def test_member_operations_follow_a_plain_set(operations: list[tuple[str, list[str]]]):
    expected: set[str] = set()
    for op, ids in operations:
        expected = {"add": expected | set(ids), "remove": expected - set(ids), "replace": set(ids)}[op]
    sent = [
        {"op": op, "path": "members", "value": [{"value": value} for value in ids]} for op, ids in operations
    ]

    patched = _patch({"displayName": "G"}, {"Operations": sent}, GROUP)

    assert patched is not None
    members: set[str] = set()
    for step in patched.member_operations:
        values = {member.value for member in step.values}
        members = {"add": members | values, "remove": members - values, "replace": values}[step.kind.value]
    assert members == expected
