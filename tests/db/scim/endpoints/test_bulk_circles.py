"""/Bulk where operations refer to each other in a circle (RFC 7644 3.7.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.db.scim import wire
from tests.db.scim.bulks import made, op, sent, statuses, user


def test_people_who_manage_each_other_are_both_made(provider):
    results = sent(
        provider,
        user("ada", **{wire.ENTERPRISE: {"manager": {"value": "bulkId:ben"}}}),
        user("ben", **{wire.ENTERPRISE: {"manager": {"value": "bulkId:ada"}}}),
    )

    ada, ben = map(made, results)
    assert statuses(results) == ["201", "201"]
    for one, other, result in ((ada, ben, results[0]), (ben, ada, results[1])):
        shown = wire.read(provider, f"/Users/{one}")
        assert shown[wire.ENTERPRISE]["manager"]["value"] == other
        assert shown["meta"]["version"] == result["version"]


def managed(name: str, by: str, **more: Any) -> wire.Json:
    return user(name, **{wire.ENTERPRISE: {"manager": {"value": f"bulkId:{by}"}}, **more})


LEAVES = {"Operations": [{"op": "replace", "path": "active", "value": False}]}


@pytest.mark.parametrize(
    ("third", "more", "expected"),
    [
        pytest.param(op("PATCH", "/Users/bulkId:ben", LEAVES), {}, "200", id="changed"),
        pytest.param(op("DELETE", "/Users/bulkId:ben"), {}, "204", id="deleted"),
        pytest.param(op("DELETE", f"/Users/{wire.NOBODY}"), {"failOnErrors": 1}, "404", id="a failure"),
    ],
)
def test_what_comes_behind_a_circle_finds_it_closed(provider, third, more, expected):
    results = sent(provider, managed("ada", "ben"), managed("ben", "ada", active=True), third, **more)

    ada, ben = map(made, results[:2])
    assert statuses(results) == ["201", "201", expected]
    assert wire.read(provider, f"/Users/{ada}")[wire.ENTERPRISE]["manager"]["value"] == ben
    status, shown = provider.send("GET", f"/Users/{ben}")
    assert status == (404 if expected == "204" else 200)
    if status == 200:
        assert shown[wire.ENTERPRISE]["manager"]["value"] == ada
        assert shown["active"] is (expected != "200")


def test_a_circle_through_members_and_groups_is_closed(provider):
    member = {"value": "bulkId:ada", "display": "Ada"}

    results = sent(
        provider,
        op("POST", "/Groups", {"displayName": "G", "members": [member]}, bulkId="G"),
        user("ada", groups=[{"value": "bulkId:G"}]),
    )

    assert statuses(results) == ["201", "201"]
    assert wire.members(provider, made(results[0])) == {made(results[1])}


def test_a_circle_with_a_failure_in_it_is_a_conflict_where_it_stays_open(provider):
    provider.person("ada")
    taken = {"userName": "ada@northwind.example", wire.ENTERPRISE: {"manager": {"value": "bulkId:ben"}}}

    results = sent(provider, op("POST", "/Users", taken, bulkId="ada"), managed("ben", "ada"), user("c"))

    assert statuses(results) == ["409", "409", "201"]
    assert "manager" not in wire.read(provider, f"/Users/{made(results[1])}").get(wire.ENTERPRISE, {})


def test_one_who_manages_themselves_is_made(provider):
    (result,) = sent(provider, user("ada", **{wire.ENTERPRISE: {"manager": {"value": "bulkId:ada"}}}))

    manager = wire.read(provider, f"/Users/{made(result)}")[wire.ENTERPRISE]["manager"]
    assert (result["status"], manager["value"]) == ("201", made(result))
