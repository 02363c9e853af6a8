"""People and groups by name, for whoever delivers them."""

from __future__ import annotations

import pytest

from integrations.delivery.wishes import wanted
from tests import factories
from tests.db import console


@pytest.fixture
def known(provider):
    for name in ("ada.l", "Ada", "ben"):
        provider.person(name)
    provider.group("Admins")
    provider.group("Editors")
    console.provider(factories.make_integration(provider.integration.workspace, "Other")).person("ada.other")
    return provider.integration.pk


@pytest.mark.parametrize(
    ("beginning", "names"),
    [
        ("ADA", ["ada.l@northwind.example", "Ada@northwind.example"]),
        ("ben@northwind.example", ["ben@northwind.example"]),
        ("northwind", []),
        ("%", []),
    ],
)
def test_people_are_found_by_the_beginning_of_their_name(known, beginning, names):
    assert [one.name for one in wanted.source().named(known, beginning, 10)] == names


def test_no_more_are_found_than_asked_for(known):
    assert len(wanted.source().named(known, "", 2)) == 2


def test_who_was_deleted_is_found_and_a_test_person_is_not(provider, known):
    provider.integration.test_user_name = "adatest@northwind.example"
    provider.integration.save()
    provider.person("adatest")
    gone = wanted.source().named(known, "ada.l", 1)[0].id
    provider.send("DELETE", f"/Users/{gone}")

    found = wanted.source().named(known, "ada", 10)

    assert [one.name for one in found] == ["ada.l@northwind.example", "Ada@northwind.example"]


def test_groups_are_found_while_they_are_there(provider, known):
    (group,) = wanted.source().groups_named(known, "adm", 10)

    provider.send("DELETE", f"/Groups/{group.id}")

    assert group.name == "Admins"
    assert wanted.source().groups_named(known, "adm", 10) == []
