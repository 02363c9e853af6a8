"""What people do while a worker is at a lane counts: between its look and its act, and during a turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.utils import timezone

from integrations.delivery.connector import Failed, Kind, Order, Retry
from integrations.delivery.errands import connecting, orders
from integrations.delivery.models import Delivery, Lane
from integrations.delivery.queue import brake, lanes
from integrations.delivery.turns import controls, settling, turn
from integrations.models import Integration
from tests import factories
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

BY = factories.OPERATOR
Status = Delivery.Status


@pytest.fixture
def between(monkeypatch) -> Callable[[Callable[[Sequence[Delivery]], object]], None]:
    """Lets something happen once, after a worker has chosen what it does next and before it does it."""

    def set_up(act: Callable[[Sequence[Delivery]], object]) -> None:
        prepare = orders.prepare

        def prepared(deliveries, way):
            found = prepare(deliveries, way)
            monkeypatch.setattr(orders, "prepare", prepare)
            act(deliveries)
            return found

        monkeypatch.setattr(orders, "prepare", prepared)

    return set_up


@pytest.mark.parametrize(
    ("act", "status"),
    [
        (lambda rows: controls.skip(rows, reason="Not this one.", by=BY), Status.SKIPPED),
        (lambda rows: controls.hand_over(rows[0], by=BY), Status.WITH_PERSON),
        (lambda rows: connecting.observe(rows[0].integration, by=BY), Status.CANCELLED),
    ],
    ids=["skipped", "handed over", "switched off"],
)
def test_what_was_taken_out_of_its_turn_is_not_carried(app, idp, between, act, status):
    idp.person("ada")
    between(act)

    drain(idp.integration)

    assert app.orders == []
    assert Delivery.objects.get(label__startswith="ada").status == status


def test_what_is_edited_goes_out_as_edited_and_once(app, idp, between):
    idp.person("ada")
    between(lambda rows: controls.edit(rows[0], {"title": "Dr"}, by=BY))

    drain(idp.integration)

    (order,) = app.orders
    assert order.override == {"title": "Dr"}


def test_what_was_skipped_is_neither_held_nor_ended_otherwise(app, idp, between):
    people = [idp.person(f"p{number}") for number in range(11)]
    drain(idp.integration)
    for person in people:
        wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    between(lambda rows: controls.skip(rows, reason="Not these.", by=BY))

    drain(idp.integration)

    assert not brake.held(idp.integration).exists()
    assert Delivery.objects.filter(status=Status.SKIPPED).count() == 11


@pytest.mark.parametrize("policy", ["deactivate", "nothing"])
def test_what_there_is_nothing_to_do_for_stays_skipped(app, idp, between, policy):
    person = idp.person("ada")
    drain(idp.integration)
    connecting.set_meaning(idp.integration, {"on_deactivate": policy}, by=BY)
    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    between(lambda rows: controls.skip(rows, reason="Not this one.", by=BY))

    drain(idp.integration)

    assert Delivery.objects.get(intent="deactivate").status == Status.SKIPPED


@pytest.mark.django_db(transaction=True)
def test_a_pause_stops_a_turn_in_which_all_goes_well(app, idp, monkeypatch):
    settle = settling.settle

    def settled(*args):
        settle(*args)
        if not Lane.objects.filter(paused_at=None).update(paused_by=""):
            return
        controls.pause(idp.integration, by=BY)

    monkeypatch.setattr(turn, "AHEAD_S", 0.0)
    monkeypatch.setattr(settling, "settle", settled)
    idp.integration.connector = "probe_wide"
    idp.integration.save()
    for number in range(40):
        idp.person(f"p{number}")

    drain(idp.integration)

    assert len(app.orders) <= 8


@pytest.fixture
def as_it_is_taken(monkeypatch) -> Callable[[Callable[[], object]], None]:
    """Lets something happen once, after a worker has looked at a lane and before it takes it."""

    def set_up(act: Callable[[], object]) -> None:
        take = lanes.take

        def taken(*args):
            monkeypatch.setattr(lanes, "take", take)
            act()
            return take(*args)

        monkeypatch.setattr(lanes, "take", taken)

    return set_up


def test_a_connector_that_was_changed_as_the_lane_was_taken_carries_what_is_due(app, idp, as_it_is_taken):
    idp.person("ada")
    as_it_is_taken(lambda: connecting.change(idp.integration, "probe_events", {}, by=BY))

    drain(idp.integration)

    assert [order.event.type for order in app.orders if order.event] == ["user.created"]
    assert len(app.orders) == 1


@pytest.mark.parametrize(
    "values", [{"mode": "observing"}, {"archived_at": timezone.now()}], ids=["off", "archived"]
)
def test_what_was_switched_off_as_the_lane_was_taken_is_left_alone(app, idp, as_it_is_taken, values):
    idp.person("ada")
    rows = Integration.objects.filter(pk=idp.integration.pk)
    as_it_is_taken(lambda: rows.update(**values))

    drain(idp.integration)

    assert app.orders == []
    assert Lane.objects.get().lease_until is None


def test_the_old_credential_does_not_hold_a_lane_that_has_a_new_one(app, idp):
    def refuses(_order: Order) -> Failed:
        app.answer = lambda _order: None
        connecting.change(idp.integration, "probe", {}, by=BY)
        return Failed(Kind.AUTH, "The token is not valid.")

    app.answer = refuses
    idp.person("ada")

    drain(idp.integration)

    assert Lane.objects.get().held_at is None
    assert Delivery.objects.get(label__startswith="ada").status == Status.RETRYING
    drain(idp.integration)
    assert "ada@northwind.example" in app.accounts


def test_what_was_in_flight_at_the_switch_off_is_not_sent_when_delivery_is_switched_on(
    app, idp_of_events, clock
):
    idp = idp_of_events

    def fails(_order: Order) -> Retry:
        connecting.observe(idp.integration, by=BY)
        return Retry("Down.")

    app.answer = fails
    idp.person("ada")
    drain(idp.integration)
    app.answer = lambda _order: None
    app.orders.clear()
    clock.shift(30 * 86_400)

    connecting.go_live(idp.integration, by=BY)
    drain(idp.integration)

    assert app.orders == []
    assert Delivery.objects.get(label__startswith="ada").status == Status.CANCELLED


def test_switching_delivery_on_twice_calls_nothing_off(app, idp_of_events):
    idp_of_events.person("ada")

    connecting.go_live(idp_of_events.integration, by=BY)
    drain(idp_of_events.integration)

    assert [order.event.type for order in app.orders if order.event] == ["user.created"]
