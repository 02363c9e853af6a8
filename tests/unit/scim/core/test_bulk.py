"""Bulk requests: how they are read, in which order they are done, and how references are filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from scim.core import bulk
from scim.core.bulk import REQUEST_SCHEMA, Operation
from scim.core.errors import InvalidSyntax, InvalidValue, PayloadTooLarge, ScimError


def request(*operations: Any, **more: Any) -> dict[str, Any]:
    return {"schemas": [REQUEST_SCHEMA], "Operations": list(operations), **more}


def op(name: str, *references: str, method: str = "POST") -> Operation:
    return Operation(method, "users", bulk_id=name, references=references)


def test_each_operation_is_read_whole():
    asked = bulk.parse(
        request(
            {"method": "post", "path": "/Users", "bulkId": "a", "data": {"userName": "ada"}},
            {"METHOD": "PATCH", "Path": "//groups/1/", "version": 'W/"1"', "data": {"x": "bulkId:a"}},
            {"method": "DELETE", "path": "/Users/bulkId:a", "data": {"dropped": True}},
            failOnErrors=2,
        )
    )

    assert asked.fail_on_errors == 2
    assert asked.operations == (
        Operation("POST", "users", bulk_id="a", data={"userName": "ada"}),
        Operation("PATCH", "groups", "1", version='W/"1"', data={"x": "bulkId:a"}, references=("a",)),
        Operation("DELETE", "users", "bulkId:a", references=("a",)),
    )


def _fault(entry: Any) -> ScimError | None:
    """What is wrong with an operation, be it refused alone or with the whole bulk."""
    try:
        return bulk.parse(request(entry)).operations[0].fault
    except ScimError as fault:
        return fault


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ([], InvalidSyntax),
        (None, InvalidSyntax),
        ({}, InvalidSyntax),
        ({"method": 1, "path": "/Users"}, InvalidSyntax),
        ({"method": "HEAD", "path": "/Users"}, InvalidSyntax),
        ({"method": "DELETE"}, InvalidSyntax),
        ({"method": "DELETE", "path": ""}, InvalidSyntax),
        ({"method": "DELETE", "path": "/Users/" + "x" * 512}, InvalidSyntax),
        ({"method": "DELETE", "path": "Users/1"}, InvalidValue),
        ({"method": "DELETE", "path": "/Users/1#x"}, InvalidValue),
        ({"method": "DELETE", "path": "/Users/1\n"}, None),
        ({"method": "POST", "path": "/Users", "bulkId": "", "data": {}}, InvalidSyntax),
        ({"method": "POST", "path": "/Users", "bulkId": 1, "data": {}}, InvalidSyntax),
        ({"method": "POST", "path": "/Me", "bulkId": "a", "data": {}}, InvalidValue),
        ({"method": "PUT", "path": "/Users/1", "data": None}, InvalidSyntax),
        ({"method": "PUT", "path": "/Users/1", "version": 1, "data": {}}, InvalidSyntax),
    ],
)
def test_an_operation_that_cannot_be_read_is_named_by_its_number(entry, error):
    if error is None:
        assert bulk.parse(request(entry)).operations[0].resource_id == "1\n"
        return
    fault = _fault(entry)

    assert isinstance(fault, error)
    assert "peration 1" in fault.detail


@pytest.mark.parametrize("number", [0, -1, 1.5, "1", True, []])
def test_a_number_of_failures_that_is_none_is_refused(number):
    with pytest.raises(InvalidValue, match="failOnErrors"):
        bulk.parse(request({"method": "DELETE", "path": "/Users/1"}, failOnErrors=number))


def test_more_than_the_limit_is_too_large():
    entries = [{"method": "DELETE", "path": "/Users/1"}] * (bulk.MOST_OPERATIONS + 1)

    with pytest.raises(PayloadTooLarge, match="1001 operations; 1000"):
        bulk.parse(request(*entries))


@pytest.mark.parametrize(
    ("operations", "expected"),
    [
        pytest.param([op("a"), op("b"), op("c")], [0, 1, 2], id="as sent"),
        pytest.param([op("a", "b"), op("b", "c"), op("c")], [2, 1, 0], id="a chain"),
        pytest.param([op("a", "c", "b"), op("b"), op("c")], [1, 2, 0], id="several"),
        pytest.param([op("", "c"), op(""), op("c"), op("")], [1, 2, 0, 3], id="no sooner than sent"),
        pytest.param([op("a", "b"), op("b", "a"), op("")], [1, 0, 2], id="a circle closes before others"),
        pytest.param([op("a", "a")], [0], id="itself"),
        pytest.param([op("a", "b"), op("b", "a")], [1, 0], id="a circle"),
        pytest.param([op("a", "nobody")], [0], id="nobody"),
        pytest.param(
            [op("", "b", method="PATCH"), op("", "b", method="DELETE"), op("b")], [2, 0, 1], id="two"
        ),
    ],
)
def test_the_order_in_which_references_can_be_resolved(operations, expected):
    assert bulk.order(operations) == expected


def test_a_chain_as_long_as_the_limit_needs_no_recursion():
    number = bulk.MOST_OPERATIONS
    chain = [op(str(one), str(one + 1)) for one in range(number)]

    assert bulk.order(chain) == list(range(number - 1, -1, -1))


class Needs:
    """What each operation of a circle needs, which is all others; `looks` counts the looks at one."""

    def __init__(self, number: int) -> None:
        self.number, self.looks = number, 0

    def of(self, position: int) -> Iterator[int]:
        for one in range(self.number):
            if one != position:
                self.looks += 1
                yield one


def test_each_reference_of_a_dense_circle_is_looked_at_once():
    needs = Needs(60)

    ordered = bulk.in_turn([needs.of(position) for position in range(60)], range(60))

    assert ordered == list(range(59, -1, -1))
    assert needs.looks == 60 * 59


VALUE = {
    "displayName": "bulkId:a is part of a text, bulkId:a",
    "members": [{"value": "bulkId:a"}, {"value": "bulkId:b"}, {"value": "1"}],
    "manager": {"value": "bulkId:b", "display": "Ben"},
    "n": 1,
}


def test_references_are_filled_in_where_the_whole_text_is_one():
    resolved = bulk.resolve(VALUE, {"a": "id-a"})

    assert resolved == {
        **VALUE,
        "displayName": "bulkId:a is part of a text, bulkId:a",
        "members": [{"value": "id-a"}, {"value": "bulkId:b"}, {"value": "1"}],
    }


def test_references_are_found_and_filled_in_the_paths_of_a_patch():
    path = 'members[value eq "bulkId:a" or value eq "bulkId:b"]'
    entry = {"method": "PATCH", "path": "/Groups/1", "data": {"Operations": [{"op": "remove", "Path": path}]}}

    (asked,) = bulk.parse(request(entry)).operations

    assert asked.references == ("a", "b")
    (resolved,) = bulk.resolve(asked.data, {"a": "id-a"})["Operations"]
    assert resolved["Path"] == 'members[value eq "id-a" or value eq "bulkId:b"]'


def test_what_refers_to_nobody_yet_is_left_out():
    entry = {"value": "bulkId:a", "display": "Ada"}
    assert bulk.without_references({"members": [entry, {"value": "1"}]}) == {"members": [{"value": "1"}]}
    assert bulk.references_alone({"displayName": "G", "members": [entry, {"value": "1"}]}) == {
        "members": [entry]
    }
    assert bulk.references_alone({**VALUE, "displayName": "G"}) == {
        "members": [{"value": "bulkId:a"}, {"value": "bulkId:b"}],
        "manager": {"value": "bulkId:b"},
    }
    assert bulk.without_references({**VALUE, "displayName": "G"}) == {
        "displayName": "G",
        "members": [{"value": "1"}],
        "manager": {"display": "Ben"},
        "n": 1,
    }
    assert bulk.without_references({"value": "bulkId:a"}) is None
