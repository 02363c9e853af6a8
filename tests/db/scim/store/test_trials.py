"""People whom a connection test makes: never counted, never mistaken for those who work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from scim.models import ScimUser
from tests.db.scim import wire

WINDOW = timedelta(seconds=60)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    return time_machine


@pytest.fixture
def settled(provider, clock) -> str:
    """Somebody who has outlived a settle window."""
    person = provider.person("lasting")
    clock.shift(WINDOW + timedelta(seconds=1))
    return person


def is_test(provider, person: str) -> bool:
    return ScimUser.objects.for_integration(provider.integration).get(pk=person).test_only


def leave(provider, person: str, how: str) -> None:
    match how:
        case "delete":
            provider.send("DELETE", f"/Users/{person}")
        case "patch":
            wire.patch(provider, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
        case "put":
            provider.send("PUT", f"/Users/{person}", {"userName": "probe", "active": False})


LEAVING = ["delete", "patch", "put"]


@pytest.mark.parametrize("how", LEAVING)
def test_the_first_who_goes_within_the_window_was_a_test(provider, clock, how):
    person = provider.person("probe")
    clock.shift(WINDOW - timedelta(seconds=1))

    leave(provider, person, how)

    assert is_test(provider, person)
    assert wire.counts(provider) == (0, 0)
    assert wire.events(provider)[0] == "user.created"
    assert len(wire.events(provider)) == 2


@pytest.mark.parametrize("how", LEAVING)
def test_the_first_who_goes_after_the_window_has_worked(provider, clock, how):
    person = provider.person("probe")
    clock.shift(WINDOW + timedelta(seconds=1))

    leave(provider, person, how)

    assert not is_test(provider, person)
    assert wire.counts(provider) == (0 if how == "delete" else 1, 0)


@pytest.mark.parametrize("how", LEAVING)
def test_once_someone_has_outlived_a_window_whoever_goes_at_once_has_worked(provider, settled, how):
    person = provider.person("probe")

    leave(provider, person, how)

    assert not is_test(provider, person)
    assert wire.counts(provider) == (1 if how == "delete" else 2, 0)


@pytest.mark.parametrize("known_by", ["choice", "sight"])
@pytest.mark.parametrize("how", LEAVING)
def test_jumpcloud_without_a_stored_address_makes_test_people_at_any_time(provider, settled, how, known_by):
    if known_by == "choice":
        wire.choose(provider, idp="jumpcloud")
    else:
        provider.issued.token.last_used_idp = "jumpcloud"
        provider.issued.token.save()
    person = provider.person("probe")

    leave(provider, person, how)

    assert is_test(provider, person)
    assert wire.counts(provider) == (1, 0)


@pytest.mark.parametrize("how", LEAVING)
def test_jumpcloud_with_a_stored_address_makes_no_other_test_people(provider, settled, how):
    wire.choose(provider, idp="jumpcloud", test_user_name="scim-test@northwind.example")
    person = provider.person("probe")

    leave(provider, person, how)

    assert not is_test(provider, person)


@pytest.mark.parametrize("idp", ["jumpcloud", "okta", ""])
def test_the_stored_address_is_a_test_from_the_first_moment(provider, settled, idp):
    wire.choose(provider, idp=idp, test_user_name="SCIM-Test@northwind.example")

    person = provider.person("scim-test")

    assert is_test(provider, person)
    assert wire.counts(provider) == (1, 0)
    assert wire.read(provider, f"/Users/{person}")["active"] is True
    provider.send("DELETE", f"/Users/{person}")
    assert wire.counts(provider) == (1, 0)
    assert provider.person("scim-test") == person
    assert (is_test(provider, person), wire.counts(provider)) == (True, (1, 0))


def test_a_whole_connection_test_leaves_the_counts_at_zero(provider, clock):
    person = provider.person("probe")
    group = provider.group("Probe group", person)
    wire.patch(provider, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    provider.send("DELETE", f"/Users/{person}")
    provider.send("DELETE", f"/Groups/{group}")

    assert wire.counts(provider) == (0, 0)
    assert is_test(provider, person)
    assert wire.read(provider, "/Users")["totalResults"] == 0


def test_a_test_person_who_comes_back_to_work_counts(provider, clock):
    person = provider.person("probe")
    leave(provider, person, "patch")
    before = wire.counts(provider)

    wire.patch(provider, f"/Users/{person}", {"op": "replace", "path": "active", "value": True})

    assert (before, wire.counts(provider)) == ((0, 0), (1, 0))
    assert not is_test(provider, person)


def test_a_test_person_who_is_restored_counts(provider, clock):
    person = provider.person("probe")
    leave(provider, person, "delete")

    assert provider.person("probe") == person
    assert (is_test(provider, person), wire.counts(provider)) == (False, (1, 0))


def test_a_test_person_is_answered_like_everyone(provider, clock):
    person = provider.person("probe")
    leave(provider, person, "patch")

    shown = wire.read(provider, f"/Users/{person}")

    assert shown["active"] is False
    assert wire.found(provider, 'userName eq "probe@northwind.example"') == [person]
    assert wire.found(provider, "active eq false") == [person]
