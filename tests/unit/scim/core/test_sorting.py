"""The order of resources by one attribute."""

from __future__ import annotations

from typing import Any

import pytest

from scim.core import sorting
from scim.core.errors import InvalidValue
from scim.core.resource_types import GROUP, USER

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def in_order(name: str, *resources: dict[str, Any], order: str = "") -> list[dict[str, Any]]:
    sort = sorting.parse(name, order, USER)
    return sorted(resources, key=lambda one: sorting.key(sort, one), reverse=sort.is_descending)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("USERNAME", "userName"),
        (" title ", "title"),
        ("emails", "emails.value"),
        ("manager", f"{ENTERPRISE}:manager.value"),
        ("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName", "name.givenName"),
        ("meta.created", "meta.created"),
    ],
)
def test_what_is_sorted_by(name, path):
    assert str(sorting.parse(name, "", USER).path) == path


@pytest.mark.parametrize(
    ("order", "is_descending"),
    [("", False), ("ascending", False), ("Ascending ", False), ("descending", True), ("DESCENDING", True)],
)
def test_the_direction(order, is_descending):
    assert sorting.parse("title", order, USER).is_descending is is_descending


@pytest.mark.parametrize(
    "name", ["", "nosuch", "name", "meta", "password", "emails[type pr]", "userName.x", "."]
)
def test_what_cannot_be_sorted_by_is_refused(name):
    with pytest.raises(InvalidValue) as refused:
        sorting.parse(name, "", USER)

    assert refused.value.detail.endswith(".")


@pytest.mark.parametrize("order", ["up", "desc", "descending ascending", "1"])
def test_a_direction_that_is_none_is_refused(order):
    with pytest.raises(InvalidValue, match="sortOrder"):
        sorting.parse("title", order, USER)


def test_members_are_sorted_by_their_value():
    assert str(sorting.parse("members", "", GROUP).path) == "members.value"


@pytest.mark.parametrize("missing", [{}, {"title": None}, {"title": ""}])
def test_who_has_none_comes_last_and_first_in_descending_order(missing):
    some = {"title": "z"}

    assert in_order("title", missing, some) == [some, missing]
    assert in_order("title", some, missing, order="descending") == [missing, some]


def test_case_decides_only_where_the_schema_says_so():
    first, second = {"title": "a", "externalId": "B"}, {"title": "B", "externalId": "a"}

    assert in_order("title", second, first) == [first, second]
    assert in_order("externalId", second, first) == [first, second]


def test_dates_are_sorted_as_moments():
    first = {"meta": {"created": "2026-01-01T01:00:00+05:00"}}
    second = {"meta": {"created": "2025-12-31T23:00:00Z"}}

    assert in_order("meta.created", second, first) == [first, second]


def test_of_several_values_the_primary_one_counts_else_the_first():
    marked = {"emails": [{"value": "z"}, {"value": "a", "primary": True}]}
    plain = {"emails": [{"value": "m"}, {"value": "b", "primary": False}]}
    none: dict[str, Any] = {"emails": []}

    assert in_order("emails", none, plain, marked) == [marked, plain, none]


def test_false_comes_before_true():
    on, off = {"active": True}, {"active": False}

    assert in_order("active", on, off) == [off, on]


def test_data_of_another_shape_counts_as_missing():
    odd, plain = {"name": "text"}, {"name": {"givenName": "a"}}

    assert in_order("name.givenName", odd, plain) == [plain, odd]
