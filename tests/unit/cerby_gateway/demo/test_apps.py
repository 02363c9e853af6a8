"""The demo's data holds together: six apps, each with people, and with an IdP that can be played."""

from __future__ import annotations

import pytest

from cerby_gateway.demo import people
from cerby_gateway.demo.apps import APPS, TokenStory
from integrations import addresses
from scim.emulators import registry
from scim.emulators.emulator import GroupEmulator


def test_six_apps_come_from_six_idps_and_show_every_token_story():
    assert len({app.name for app in APPS}) == 6
    assert {app.idp for app in APPS} == set(registry.EMULATORS)
    assert {app.story for app in APPS} == set(TokenStory)


@pytest.mark.parametrize("app", APPS, ids=[app.name for app in APPS])
def test_an_app_can_be_filled(app):
    pushes_groups = issubclass(registry.load(app.idp), GroupEmulator)

    assert 8 <= len(people.of(app.departments)) <= 40
    assert addresses.sign_in_url(app.sign_in_url) == app.sign_in_url
    # One person moves between two groups, and each has people who use the app.
    assert len(app.groups) == (2 if pushes_groups else 0)
    assert set(app.groups.values()) <= set(app.departments)


def test_a_person_is_the_same_in_every_app():
    everyone = people.of(tuple(people.BY_DEPARTMENT))

    assert len({person.user_name for person in everyone}) == len(everyone) == 40
    assert people.of(("Sales",)) == [person for person in everyone if person.department == "Sales"]


def test_addresses_are_plain_ascii_and_belong_to_nobody():
    bjorn = next(one for one in people.of(("Marketing",)) if one.given_name == "Björn")

    assert bjorn.user_name == "bjorn.halvorsen@northwind.example"
