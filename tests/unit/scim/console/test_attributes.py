"""Attributes as people read them."""

from __future__ import annotations

import pytest

from scim.console import attributes

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.mark.parametrize(
    ("data", "row"),
    [
        ({"userName": "a@x"}, ("User name", "userName", "a@x")),
        ({"active": False}, ("Active", "active", "No")),
        ({"name": {"givenName": "Ann"}}, ("First name", "name.givenName", "Ann")),
        (
            {"emails": [{"value": "a@x", "type": "work", "primary": True}]},
            ("E-mail (work, primary)", "emails", "a@x"),
        ),
        ({"roles": [{"value": "r1", "display": "Editor"}]}, ("Role", "roles", "Editor · r1")),
        ({"roles": ["r1"]}, ("Role", "roles", "r1")),
        (
            {"addresses": [{"type": "home", "locality": "Bonn", "country": "DE"}]},
            ("Address (home)", "addresses", "Bonn, DE"),
        ),
        ({ENTERPRISE: {"costCenter": "7"}}, ("Cost center", f"{ENTERPRISE}:costCenter", "7")),
        (
            {ENTERPRISE: {"manager": {"value": "id", "displayName": "Bo"}}},
            ("Manager", f"{ENTERPRISE}:manager", "Bo · id"),
        ),
        ({"urn:acme:2.0:User": {"badgeNumber": 3}}, ("Badge number", "urn:acme:2.0:User:badgeNumber", "3")),
        ({"title": "x" * 400}, ("Job title", "title", "x" * 300 + "…")),
    ],
)
def test_an_attribute_is_told_by_name_and_value(data, row):
    assert [tuple(each.values()) for each in attributes.rows(data)] == [row]


def test_each_value_of_a_list_has_a_row():
    rows = attributes.rows({"emails": [{"value": "a@x", "type": "work"}, {"value": "b@x", "type": "home"}]})

    assert [(row["label"], row["value"]) for row in rows] == [
        ("E-mail (work)", "a@x"),
        ("E-mail (home)", "b@x"),
    ]
