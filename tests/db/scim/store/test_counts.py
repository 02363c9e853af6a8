"""The numbers kept with an integration are those of its people and groups, whatever happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.models import Integration
from tests.db.scim import wire

ACTIVE = {"op": "replace", "path": "active", "value": True}
INACTIVE = {"op": "replace", "path": "active", "value": False}


@pytest.fixture
def settled(provider, time_machine) -> None:
    """Somebody has outlived a settle window, so that nobody who follows is taken for a connection test."""
    provider.person("lasting")
    time_machine.move_to(timezone.now() + timedelta(seconds=61))


@pytest.mark.parametrize("policy", list(Integration.Rehire))
def test_people_are_counted_through_a_whole_life(provider, settled, policy):
    wire.choose(provider, rehire=policy)
    seen = []

    def note() -> None:
        seen.append(wire.counts(provider)[0])

    ada = provider.person("ada")
    note()
    provider.send("POST", "/Users", {"userName": "ADA@northwind.example"})  # refused
    note()
    wire.patch(provider, f"/Users/{ada}", INACTIVE)
    note()
    wire.patch(provider, f"/Users/{ada}", ACTIVE)
    note()
    provider.send("PUT", f"/Users/{ada}", {"userName": "ada", "active": False})
    note()
    provider.send("DELETE", f"/Users/{ada}")
    note()
    provider.send("DELETE", f"/Users/{ada}")
    note()
    provider.person("ada")
    note()

    assert seen == [2, 2, 2, 2, 2, 1, 1, 2]
    assert wire.read(provider, "/Users?count=0")["totalResults"] == 2


def test_a_return_after_deactivation_counts_once(provider, settled):
    ada = provider.person("ada", active=False)

    assert provider.person("ada") == ada
    assert wire.counts(provider) == (2, 0)


def test_groups_are_counted(provider, settled):
    group = provider.group("Editors")
    provider.send("POST", "/Groups", {"displayName": "EDITORS"})
    provider.send("PUT", f"/Groups/{group}", {"displayName": "Writers"})
    after = wire.counts(provider)
    provider.send("DELETE", f"/Groups/{group}")
    provider.send("DELETE", f"/Groups/{group}")

    assert (after, wire.counts(provider)) == ((1, 1), (1, 0))


def test_what_is_refused_counts_nothing(provider, settled):
    for body in (
        {"userName": ""},
        {"userName": "lasting@northwind.example"},
        {"userName": "x", "active": "?"},
    ):
        provider.send("POST", "/Users", body)
    for group in ({"displayName": ""}, {"displayName": "g", "members": [{}]}):
        provider.send("POST", "/Groups", group)

    assert wire.counts(provider) == (1, 0)


def test_the_totals_of_lists_agree_with_the_counts(provider, settled):
    people = [provider.person(f"p{number}") for number in range(4)]
    provider.group("Editors", *people)
    provider.send("DELETE", f"/Users/{people[0]}")
    wire.patch(provider, f"/Users/{people[1]}", INACTIVE)

    totals = wire.read(provider, "/Users")["totalResults"], wire.read(provider, "/Groups")["totalResults"]

    assert totals == wire.counts(provider) == (4, 1)
