"""Nothing else that happens to people carries what the safety brake holds, or is going to hold; and who has
left already does not trip it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.delivery.connector import Done, Failed, Kind, Order, Proof, Retry
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppAccount, Delivery, Task
from integrations.delivery.queue import brake, emptied, lanes
from integrations.delivery.turns import controls
from integrations.delivery.turns.controls import Replay
from integrations.delivery.turns.turn import Turn
from tests import factories
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

BY = factories.OPERATOR
Status = Delivery.Status
MANY = emptied.LARGEST + 1
HOUR_S, DAY_S, SETTLED_S = 3_601, 86_400, 61


@pytest.fixture
def crowd(app, idp) -> list[str]:
    """Twelve people in the app; five may leave within an hour."""
    people = [idp.person(f"p{number}") for number in range(11)]
    drain(idp.integration)
    return people


class Large:
    """A group of many people, who hold it in the app too, and what happens to them."""

    def __init__(self, app, idp, clock) -> None:
        self.app, self.idp, self.clock = app, idp, clock
        self.people = [idp.person(f"p{number}") for number in range(MANY)]
        self.group = idp.group("Editors", *self.people)
        self.viewers = idp.group("Viewers")
        drain(idp.integration)
        clock.shift(1)

    def empty(self) -> None:
        wire.patch(self.idp, f"/Groups/{self.group}", {"op": "remove", "path": "members"})

    def delete(self) -> None:
        self.idp.send("DELETE", f"/Groups/{self.group}")

    def settle(self) -> None:
        self.clock.shift(SETTLED_S)
        drain(self.idp.integration)

    def holders(self) -> int:
        return sum("Editors" in account["roles"] for account in self.app.accounts.values())


@pytest.fixture
def large(app, idp, clock) -> Large:
    return Large(app, idp, clock)


def set_active(idp, people: list[str], *, to: bool) -> None:
    for person in people:
        wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": to})


def set_title(idp, people: list[str]) -> None:
    for person in people:
        wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "title", "value": "Dr"})


def active(app) -> int:
    return sum(account["active"] for account in app.accounts.values())


def other_changes_behind_a_pause(large: Large) -> None:
    controls.pause(large.idp.integration, by=BY)
    large.empty()
    set_title(large.idp, large.people)
    large.clock.shift(SETTLED_S)
    controls.resume(large.idp.integration, by=BY)
    drain(large.idp.integration)


def all_are_planned_before_it_settles(large: Large) -> None:
    large.empty()
    large.clock.shift(1)
    connecting.replan(large.idp.integration, by=BY)
    drain(large.idp.integration)


def another_group_is_gained_before_it_settles(large: Large) -> None:
    large.empty()
    value = [{"value": person} for person in large.people[:20]]
    wire.patch(large.idp, f"/Groups/{large.viewers}", {"op": "add", "path": "members", "value": value})
    drain(large.idp.integration)


def the_old_gain_is_replayed(large: Large) -> None:
    large.empty()
    large.settle()
    since = timezone.now() - timedelta(hours=1)
    controls.replay(large.idp.integration, Replay(since, timezone.now()), by=BY)
    drain(large.idp.integration)


def all_leave_are_held_and_come_back(large: Large) -> None:
    large.empty()
    large.settle()
    set_active(large.idp, large.people, to=False)
    drain(large.idp.integration)
    set_active(large.idp, large.people, to=True)
    drain(large.idp.integration)


def a_sync_has_found_them_not_active(large: Large) -> None:
    AppAccount.objects.update(is_active=False)
    large.empty()


def all_are_changed_before_it_is_deleted(large: Large) -> None:
    set_title(large.idp, large.people)
    large.delete()
    drain(large.idp.integration)


def it_is_deleted_in_a_pause_and_all_are_planned(large: Large) -> None:
    controls.pause(large.idp.integration, by=BY)
    large.delete()
    large.clock.shift(SETTLED_S)
    connecting.replan(large.idp.integration, by=BY)
    controls.resume(large.idp.integration, by=BY)
    drain(large.idp.integration)


def some_lose_it_and_it_is_deleted(large: Large) -> None:
    controls.pause(large.idp.integration, by=BY)
    value = [{"value": person} for person in large.people[:20]]
    wire.patch(large.idp, f"/Groups/{large.group}", {"op": "remove", "path": "members", "value": value})
    set_title(large.idp, large.people)
    large.delete()
    controls.resume(large.idp.integration, by=BY)
    drain(large.idp.integration)


def its_old_name_is_replayed_before_its_end_is_carried(large: Large) -> None:
    renamed = {"op": "replace", "path": "displayName", "value": "Editors"}
    wire.patch(large.idp, f"/Groups/{large.group}", renamed | {"value": "Writers"})
    wire.patch(large.idp, f"/Groups/{large.group}", renamed)
    until = timezone.now()
    large.clock.shift(1)
    controls.pause(large.idp.integration, by=BY)
    large.delete()
    since = until - timedelta(seconds=1)
    controls.replay(large.idp.integration, Replay(since, until), by=BY)
    controls.resume(large.idp.integration, by=BY)
    drain(large.idp.integration)


@pytest.mark.parametrize(
    "happens",
    [
        *(other_changes_behind_a_pause, all_are_planned_before_it_settles),
        *(another_group_is_gained_before_it_settles, the_old_gain_is_replayed),
        *(all_leave_are_held_and_come_back, a_sync_has_found_them_not_active),
        *(all_are_changed_before_it_is_deleted, it_is_deleted_in_a_pause_and_all_are_planned),
        *(some_lose_it_and_it_is_deleted, its_old_name_is_replayed_before_its_end_is_carried),
    ],
)
def test_nothing_else_carries_the_end_of_a_large_group(large, happens: Callable[[Large], None]):
    happens(large)

    large.settle()

    assert large.holders() == MANY
    assert brake.tally(large.idp.integration).losers == {"Editors": MANY}


def test_the_end_of_a_large_group_is_held_where_the_app_names_no_accounts(app, idp, clock):
    app.answer = lambda _order: Done(Proof("Written."))
    large = Large(app, idp, clock)
    app.orders.clear()

    large.empty()
    large.settle()

    assert app.orders == []


def test_changes_of_all_whom_it_holds_carry_none_of_them(app, idp, crowd):
    idp.integration.connector = "probe_wide"
    idp.integration.save()
    set_active(idp, crowd, to=False)
    drain(idp.integration)

    set_title(idp, crowd)
    drain(idp.integration)

    assert active(app) == 12
    assert brake.tally(idp.integration).leavers == 11


def test_a_change_of_somebody_held_does_not_carry_them_an_hour_later(app, idp, crowd, clock):
    for people in (crowd[:5], crowd[5:6]):
        set_active(idp, people, to=False)
        drain(idp.integration)
    clock.shift(HOUR_S)

    set_title(idp, crowd[5:6])
    drain(idp.integration)

    assert active(app) == 7
    assert brake.held(idp.integration).count() == 1


def test_a_retry_of_what_came_before_does_not_carry_somebody_held(app, idp, crowd, clock, monkeypatch):
    """The leaving came while a change before it was under way: that failed, and is retried an hour later."""
    carry = Turn._carry

    def placing(self, delivery, order):
        found = carry(self, delivery, order)
        lanes.place(self.holder)
        return found

    def fails(_order: Order) -> Failed:
        set_active(idp, crowd[5:6], to=False)
        app.answer = lambda _order: None
        return Failed(Kind.INVALID, "No.")

    set_active(idp, crowd[:5], to=False)
    drain(idp.integration)
    monkeypatch.setattr(Turn, "_carry", placing)
    app.answer = fails
    set_title(idp, crowd[5:6])
    drain(idp.integration)
    clock.shift(HOUR_S)

    controls.retry([Delivery.objects.get(status=Status.DEAD)], by=BY)
    drain(idp.integration)

    assert active(app) == 7
    assert brake.tally(idp.integration).leavers == 1


def leaves_six_groups(idp, crowd, clock) -> None:
    groups = [idp.group(f"Team {number}", crowd[0]) for number in range(6)]
    drain(idp.integration)
    set_active(idp, crowd[:1], to=False)
    drain(idp.integration)
    for group in groups:
        wire.patch(idp, f"/Groups/{group}", {"op": "remove", "path": "members"})
    clock.shift(SETTLED_S)


def is_changed_days_after_they_left(idp, crowd, clock) -> None:
    for person in crowd[:6]:
        set_active(idp, [person], to=False)
        drain(idp.integration)
        clock.shift(DAY_S)
    set_title(idp, crowd[:6])


def is_deleted_after_the_deactivation(idp, crowd, _clock) -> None:
    set_active(idp, crowd[:3], to=False)
    drain(idp.integration)
    for person in crowd[:3]:
        idp.send("DELETE", f"/Users/{person}")


def is_changed_after_they_were_released(idp, crowd, _clock) -> None:
    set_active(idp, crowd, to=False)
    drain(idp.integration)
    batch = brake.open_batch(idp.integration)
    assert batch is not None
    brake.release(batch, by=BY)
    set_title(idp, crowd)


@pytest.mark.parametrize(
    ("happens", "left"),
    [
        *((leaves_six_groups, 1), (is_changed_days_after_they_left, 6)),
        *((is_deleted_after_the_deactivation, 3), (is_changed_after_they_were_released, 11)),
    ],
)
def test_a_person_leaves_once_whatever_follows(app, idp, crowd, clock, happens, left):
    happens(idp, crowd, clock)

    drain(idp.integration)

    assert active(app) == 12 - left
    assert not brake.held(idp.integration).exists()


def test_who_is_tried_twice_leaves_once(app, idp, crowd):
    app.answer = lambda _order: Retry("Not now.", of_app=False)
    set_active(idp, crowd[:3], to=False)
    drain(idp.integration)
    app.answer = lambda _order: None

    set_title(idp, crowd[:3])
    drain(idp.integration)

    assert active(app) == 9


def test_who_came_back_and_leaves_again_counts_again(app, idp, crowd, clock):
    for to in (False, True):
        set_active(idp, crowd[:5], to=to)
        drain(idp.integration)
        clock.shift(DAY_S)

    set_active(idp, crowd[:6], to=False)
    drain(idp.integration)

    assert active(app) == 12
    assert brake.tally(idp.integration).leavers == 6


@pytest.mark.parametrize("change", ["name", "end"])
def test_a_change_of_their_group_carries_no_leaver_who_was_called_off(app, idp, crowd, clock, change):
    group = idp.group("Editors", *crowd[:3])
    drain(idp.integration)
    set_active(idp, crowd, to=False)
    drain(idp.integration)
    batch = brake.open_batch(idp.integration)
    assert batch is not None
    brake.discard(batch, by=BY)

    if change == "name":
        renamed = {"op": "replace", "path": "displayName", "value": "Writers"}
        wire.patch(idp, f"/Groups/{group}", renamed)
    else:
        idp.send("DELETE", f"/Groups/{group}")
    drain(idp.integration)
    clock.shift(SETTLED_S)
    drain(idp.integration)

    assert active(app) == 12


def test_a_large_group_that_is_deleted_and_made_anew_is_held_once_by_each(large):
    large.idp.send("DELETE", f"/Groups/{large.group}")
    large.settle()
    large.settle()

    large.idp.group("editors", *large.people)
    large.settle()

    assert {tuple(account["roles"]) for account in large.app.accounts.values()} == {(), ("editors",)}
    assert brake.tally(large.idp.integration).losers == {"Editors": MANY}


def test_an_event_that_is_handed_over_asks_for_no_leaving_that_is_held(app, idp_of_events):
    idp = idp_of_events
    people = [idp.person(f"p{number}") for number in range(11)]
    drain(idp.integration)
    app.answer = lambda order: (
        Failed(Kind.INVALID, "No.") if order.event and order.event.type == "user.updated" else None
    )
    set_title(idp, people[:1])
    drain(idp.integration)
    set_active(idp, people, to=False)
    drain(idp.integration)
    assert brake.tally(idp.integration).leavers == 11

    controls.hand_over(Delivery.objects.get(status=Status.DEAD), by=BY)

    task = Task.objects.get()
    assert task.question.startswith("Bring p0@northwind.example in step")
    assert task.becomes == {}
