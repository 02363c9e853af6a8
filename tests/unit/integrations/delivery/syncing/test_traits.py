"""By what an account and a person are recognised as one."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.delivery.connector import Account, Person
from integrations.delivery.syncing import traits
from integrations.delivery.syncing.traits import Way

WORK = [
    {"value": "ada@home.example", "primary": True},
    {"value": "ada.l@northwind.example", "type": "work"},
]
CASES: dict[str, tuple[dict[str, Any], tuple[str, str, str], Way | None]] = {
    "same user name": ({}, ("ada@northwind.example", "", ""), Way.NAME),
    "another case": ({}, ("ADA@Northwind.example", "", ""), Way.NAME),
    "blanks around": ({}, (" ada@northwind.example ", "", ""), Way.NAME),
    "folded, not lowered": ({"user_name": "Straße"}, ("STRASSE", "", ""), Way.NAME),
    "the mapped user name": ({"attributes": {"user_name": "alovelace"}}, ("ALovelace", "", ""), Way.NAME),
    "the work address": ({"emails": WORK}, ("u1", "Ada.L@northwind.example", ""), Way.EMAIL),
    "not the private one": ({"emails": WORK}, ("u1", "ada@home.example", ""), Way.LOCAL),
    "the only address": ({"emails": [{"value": "al@x.example"}]}, ("u1", "al@x.example", ""), Way.EMAIL),
    "the mapped address": ({"attributes": {"email": "al@x.example"}}, ("u1", "al@x.example", ""), Way.EMAIL),
    "name before address": (
        {"emails": WORK},
        ("ada@northwind.example", "ada.l@northwind.example", ""),
        Way.NAME,
    ),
    "the display name": ({}, ("u1", "", "Ada  lovelace"), None),
    "the display name alone": ({}, ("u1", "", "ADA LOVELACE"), Way.DISPLAY_NAME),
    "the local part": ({}, ("ada", "", ""), Way.LOCAL),
    "another host": ({}, ("u1", "ada@old.example", ""), Way.LOCAL),
    "a user name is no address": ({"emails": WORK}, ("ada.l@northwind.example", "", ""), Way.LOCAL),
    "nothing": ({}, ("u1", "u1@old.example", "Ben"), None),
    "all empty": ({"user_name": "", "display": ""}, ("", "", ""), None),
    "NUL is a sign like others": ({}, ("a\0da@northwind.example", "", ""), None),
}


def person(
    user_name: str = "ada@northwind.example",
    display: str = "Ada Lovelace",
    emails: list[dict[str, Any]] | None = None,
    attributes: dict[str, Any] | None = None,
) -> Person:
    data = {"displayName": display, "emails": emails or []}
    return Person(id="1", user_name=user_name, data=data, attributes=attributes or {})


@pytest.mark.parametrize(("facts", "account", "way"), CASES.values(), ids=CASES)
def test_the_strongest_way_is_told(facts, account, way):
    keys = traits.of_person(person(**facts))

    assert traits.strongest(keys, traits.of_account(*account)) is way


def test_only_names_and_addresses_match_by_themselves():
    assert traits.EXACT == (Way.NAME, Way.EMAIL)
    assert {*traits.EXACT, *traits.ALIKE} == set(Way)


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ({"display_name": "Ada"}, "Ada"),
        ({"displayName": "Ada"}, "Ada"),
        ({"name": {"formatted": "Ada"}}, ""),
        ({"name": "Ada\0"}, "Ada\N{SYMBOL FOR NULL}"),
        ({}, ""),
    ],
)
def test_an_account_is_shown_by_the_name_that_the_app_gives_it(attributes, shown):
    assert traits.shown_name(Account("1", "ada", attributes=attributes)) == shown


def test_half_a_character_and_what_is_too_long_are_cut():
    assert traits.clean("a\ud800" + "b" * 600) == "a?" + "b" * 510
