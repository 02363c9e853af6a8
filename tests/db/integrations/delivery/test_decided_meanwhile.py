"""What is decided about a delivery while its worker waits for the app stays, whatever the app says then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.delivery.connector import Accepted, Done, Order, Proof, Verdict, Verified
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppAccount, Attempt, Delivery, Task
from integrations.delivery.queue import lanes
from integrations.delivery.turns import controls
from integrations.delivery.turns.turn import Turn
from tests import factories
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

BY = factories.OPERATOR
Status = Delivery.Status
SEEN = [Verified(Verdict.MATCH, "The app shows it.", ref="7"), Verified(Verdict.UNKNOWN, "Not yet.")]


@pytest.fixture(params=SEEN, ids=["shown", "not shown"])
def meanwhile(request, app, idp, clock):
    """Lets something happen while a worker looks for what the app has taken of Ada."""
    app.answer = lambda _order: Accepted(Proof("Taken."), check_after=timedelta(minutes=1))
    idp.person("ada")
    drain(idp.integration)
    clock.shift(61)
    app.answer = lambda _order: None
    app.orders.clear()

    def happens(act) -> Delivery:
        def looked(_order: Order) -> Verified:
            act(delivery())
            return request.param

        app.shows = looked
        drain(idp.integration)
        return delivery()

    return happens


def delivery() -> Delivery:
    found = Delivery.objects.filter(intent="create").exclude(label__startswith="lasting")
    return found.select_related("integration").get()


def test_what_is_skipped_stays_skipped(meanwhile):
    found = meanwhile(lambda one: controls.skip([one], reason="Not this one.", by=BY))

    assert (found.status, found.place, found.problem) == (Status.SKIPPED, None, "Not this one.")


def test_what_is_switched_off_stays_called_off(meanwhile):
    found = meanwhile(lambda one: connecting.observe(one.integration, by=BY))

    assert (found.status, found.place) == (Status.CANCELLED, None)


def test_what_is_handed_over_stays_with_its_person(meanwhile):
    found = meanwhile(lambda one: controls.hand_over(one, by=BY))

    assert (found.status, found.place) == (Status.WITH_PERSON, Delivery.Place.PARKED)
    assert Task.objects.get(delivery=found).state == Task.State.OPEN


def test_what_is_edited_goes_out_as_edited(app, meanwhile):
    found = meanwhile(lambda one: controls.edit(one, {"title": "Dr"}, by=BY))

    (order,) = app.orders
    assert (order.override, order.key) == ({"title": "Dr"}, found.key)
    assert (found.status, found.revision) == (Status.DELIVERED, 2)


def test_what_is_retried_is_sent_again(app, meanwhile):
    found = meanwhile(lambda one: controls.retry([one], by=BY))

    assert len(app.orders) == 1
    assert found.status == Status.DELIVERED


def test_what_a_newer_change_made_needless_stays_so(app, idp, meanwhile, monkeypatch):
    carry = Turn._carry

    def placing(self, one, order):
        found = carry(self, one, order)
        lanes.place(self.holder)
        return found

    monkeypatch.setattr(Turn, "_carry", placing)
    title = {"op": "replace", "path": "title", "value": "Dr"}

    found = meanwhile(lambda one: wire.patch(idp, f"/Users/{one.line}", title))

    assert (found.status, found.place) == (Status.SUPERSEDED, None)
    assert len(app.orders) == 1


def test_the_try_and_what_the_app_has_are_kept(app, idp):
    def switched_off_and_on(_order: Order) -> Done:
        connecting.observe(idp.integration, by=BY)
        connecting.go_live(idp.integration, by=BY)
        app.answer = lambda _order: None
        return Done(Proof("Written."), ref="7")

    app.answer = switched_off_and_on
    person = idp.person("ada")

    drain(idp.integration)

    first = Delivery.objects.filter(line=person).order_by("number")[0]
    assert first.status == Status.CANCELLED
    assert Attempt.objects.get(delivery=first).result == Attempt.Result.DONE
    assert AppAccount.objects.get(line=person).is_active
