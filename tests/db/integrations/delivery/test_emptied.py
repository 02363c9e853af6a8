"""A large group that a mistake in the identity provider empties is not taken from its people."""

from __future__ import annotations

from uuid import UUID

import pytest

from integrations.delivery.connector import Failed, Kind
from integrations.delivery.models import Delivery
from integrations.delivery.queue import brake, emptied
from integrations.delivery.queue.brake import Tally
from tests import factories
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

BY = factories.OPERATOR
MANY = emptied.LARGEST + 1
SETTLED_S = 61


@pytest.fixture
def crowd(idp) -> list[str]:
    return [idp.person(f"p{number}") for number in range(MANY)]


@pytest.fixture
def editors(app, idp, crowd) -> str:
    """All of them are editors, in the app too."""
    group = idp.group("Editors", *crowd)
    drain(idp.integration)
    assert holders(app) == MANY
    return group


def holders(app, role: str = "Editors") -> int:
    return sum(role in account["roles"] for account in app.accounts.values())


def kept_by(idp, people: list[UUID]) -> list[UUID]:
    found = emptied.ending(idp.integration.pk, people)
    return [person for person in people if found.get(person)]


def settle(idp, clock) -> None:
    clock.shift(SETTLED_S)
    drain(idp.integration)


def members(idp, group: str, op: str, *people: str) -> None:
    value = [{"value": person} for person in people]
    wire.patch(idp, f"/Groups/{group}", {"op": op, "path": "members", "value": value})


def empty(idp, group: str) -> None:
    wire.patch(idp, f"/Groups/{group}", {"op": "remove", "path": "members"})


def test_emptied_at_one_go_everybody_keeps_it_until_somebody_decides(app, idp, editors, clock):
    empty(idp, editors)

    settle(idp, clock)

    assert holders(app) == MANY
    assert brake.tally(idp.integration) == Tally(0, {"Editors": MANY}, [])
    assert "members" not in wire.read(idp, f"/Groups/{editors}")


def test_emptied_one_by_one_within_the_settle_window_too(app, idp, editors, crowd, clock):
    for person in crowd:
        members(idp, editors, "remove", person)

    settle(idp, clock)

    assert holders(app) == MANY


def test_deleted_whole_too(app, idp, editors, clock):
    idp.send("DELETE", f"/Groups/{editors}")

    drain(idp.integration)
    settle(idp, clock)

    assert holders(app) == MANY
    assert brake.tally(idp.integration).losers == {"Editors": MANY}


def test_its_end_is_kept_from_those_whose_loss_is_still_to_come_until_it_is_released(
    idp, editors, crowd, django_assert_max_num_queries
):
    people = sorted(map(UUID, crowd))
    idp.send("DELETE", f"/Groups/{editors}")
    end = Delivery.objects.filter(intent="group_delete")
    with django_assert_max_num_queries(4):
        assert kept_by(idp, people) == people

    end.update(proof={"expanded_to": str(people[20])})
    assert kept_by(idp, people) == people[21:]

    end.update(brake=Delivery.Brake.RELEASED)
    assert kept_by(idp, people) == []


def test_one_person_in_it_still_and_the_others_go(app, idp, editors, crowd, clock):
    members(idp, editors, "remove", *crowd[1:])

    settle(idp, clock)

    assert holders(app) == 1


def test_a_group_of_fifty_is_emptied_as_asked(app, idp, crowd, clock):
    group = idp.group("Editors", *crowd[1:])
    drain(idp.integration)
    empty(idp, group)

    settle(idp, clock)

    assert holders(app) == 0
    assert brake.open_batch(idp.integration) is None


def test_another_change_of_the_same_person_does_not_carry_the_loss(app, idp, editors, crowd, clock):
    viewers = idp.group("Viewers")
    empty(idp, editors)
    settle(idp, clock)

    wire.patch(idp, f"/Users/{crowd[7]}", {"op": "replace", "path": "title", "value": "Dr"})
    members(idp, viewers, "add", crowd[7])
    settle(idp, clock)

    assert app.accounts["p7@northwind.example"]["roles"] == ["Editors", "Viewers"]
    assert holders(app) == MANY


def test_who_is_put_back_is_not_held_any_more(app, idp, editors, crowd, clock):
    empty(idp, editors)
    settle(idp, clock)

    members(idp, editors, "add", *crowd[:3])
    drain(idp.integration)

    assert holders(app) == MANY
    assert brake.tally(idp.integration).losers == {"Editors": MANY - 3}


def test_who_leaves_leaves(app, idp, editors, crowd, clock):
    empty(idp, editors)
    settle(idp, clock)

    wire.patch(idp, f"/Users/{crowd[7]}", {"op": "replace", "path": "active", "value": False})
    drain(idp.integration)

    assert not app.accounts["p7@northwind.example"]["active"]
    assert brake.tally(idp.integration).losers == {"Editors": MANY - 1}


def test_a_few_leavers_are_not_held_because_a_group_is(app, idp, editors, clock):
    other = idp.person("other")
    drain(idp.integration)
    empty(idp, editors)
    settle(idp, clock)

    idp.send("DELETE", f"/Users/{other}")
    drain(idp.integration)

    assert not app.accounts["other@northwind.example"]["active"]


def test_released_everybody_loses_it(app, idp, editors, clock):
    empty(idp, editors)
    settle(idp, clock)

    batch = brake.open_batch(idp.integration)
    assert batch is not None
    assert brake.release(batch, by=BY) == MANY
    drain(idp.integration)

    assert holders(app) == 0


def test_discarded_the_app_stays_as_it_is(app, idp, editors, clock):
    empty(idp, editors)
    settle(idp, clock)

    batch = brake.open_batch(idp.integration)
    assert batch is not None
    brake.discard(batch, by=BY)
    drain(idp.integration)

    assert holders(app) == MANY
    assert set(Delivery.objects.filter(intent="revoke").values_list("status", flat=True)) == {"cancelled"}


def test_events_of_an_emptied_group_are_held_as_well(app, idp_of_events, clock):
    idp = idp_of_events
    people = [idp.person(f"p{number}") for number in range(MANY)]
    group = idp.group("Editors", *people)
    drain(idp.integration)
    app.orders.clear()

    empty(idp, group)
    drain(idp.integration)

    assert app.orders == []
    assert brake.tally(idp.integration) == Tally(0, {"Editors": MANY}, [])


def test_who_leaves_passes_the_event_that_is_held(app, idp_of_events):
    idp = idp_of_events
    people = [idp.person(f"p{number}") for number in range(MANY)]
    group = idp.group("Editors", *people)
    drain(idp.integration)
    app.orders.clear()

    empty(idp, group)
    wire.patch(idp, f"/Users/{people[0]}", {"op": "replace", "path": "active", "value": False})
    drain(idp.integration)

    assert [order.event.type for order in app.orders] == ["user.deactivated"]


def test_the_event_of_a_large_group_that_is_deleted_is_held(app, idp_of_events, clock):
    idp = idp_of_events
    group = idp.group("Editors", *[idp.person(f"p{number}") for number in range(MANY)])
    drain(idp.integration)
    app.orders.clear()

    idp.send("DELETE", f"/Groups/{group}")
    drain(idp.integration)

    assert app.orders == []
    assert brake.tally(idp.integration) == Tally(0, {}, ["Editors"])


def test_a_group_that_was_emptied_first_and_deleted_then_is_held_whole(app, idp_of_events, clock):
    idp = idp_of_events
    group = idp.group("Editors", *[idp.person(f"p{number}") for number in range(MANY)])
    drain(idp.integration)
    app.orders.clear()

    empty(idp, group)
    idp.send("DELETE", f"/Groups/{group}")
    drain(idp.integration)

    assert app.orders == []
    assert brake.tally(idp.integration) == Tally(0, {"Editors": MANY}, ["Editors"])


def test_a_loss_that_failed_is_taken_by_the_next_change_of_the_same_person(app, idp, clock):
    person = idp.person("ada")
    group = idp.group("Editors", person)
    drain(idp.integration)
    empty(idp, group)
    app.answer = lambda _order: Failed(Kind.INVALID, "No.")
    settle(idp, clock)
    app.answer = lambda _order: None

    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "title", "value": "Dr"})
    drain(idp.integration)

    assert holders(app) == 0
    assert not Delivery.objects.filter(status=Delivery.Status.DEAD).exists()
