"""A lane that closes in the middle of a turn: what has not begun goes back as it was."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from integrations.delivery.connector import Failed, Kind, Mode, Order, Outcome, Retry
from integrations.delivery.models import Attempt, Delivery
from integrations.delivery.queue import lanes
from integrations.delivery.turns import controls, settling
from tests import factories
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

Status = Delivery.Status
BY = factories.OPERATOR
CLOSING = {
    "refused": Failed(Kind.AUTH, "The key was refused."),
    "down": Retry("Down."),
    "no answer": Retry("No answer.", timed_out=True),
}
closing = pytest.mark.parametrize("outcome", CLOSING.values(), ids=list(CLOSING))


def until(number: int, app, outcome: Outcome) -> Callable[[Order], Outcome | None]:
    """The app takes so many orders, and answers this to whatever comes then."""
    return lambda _order: outcome if len(app.orders) > number else None


def rows() -> list[Delivery]:
    return list(Delivery.objects.exclude(label__startswith="lasting").order_by("number"))


def forty(idp) -> None:
    """So many people wait for an app that takes several side by side."""
    idp.integration.connector = "probe_wide"
    idp.integration.save()
    for number in range(40):
        idp.person(f"p{number}")


@closing
def test_of_a_batch_no_more_is_sent_than_was_under_way(app, idp, outcome):
    forty(idp)
    app.answer = until(8, app, outcome)

    drain(idp.integration)

    assert 8 < len(app.orders) <= 8 + 4
    assert Attempt.objects.filter(delivery__in=rows()).count() == len(app.orders)
    untried = [one for one in rows() if one.status == Status.WAITING]
    assert len(untried) == 40 - len(app.orders)
    assert {(one.attempts, one.first_tried_at, one.place) for one in untried} == {(0, None, 1)}


@closing
def test_what_went_back_is_carried_once_when_the_lane_goes_on(app, idp, outcome):
    forty(idp)
    app.answer = until(8, app, outcome)
    drain(idp.integration)
    tried = {order.key for order in app.orders}
    app.orders.clear()
    app.answer = lambda _order: None

    controls.resume(idp.integration, by=BY)
    drain(idp.integration)

    assert len(app.accounts) == 41
    keys = [order.key for order in app.orders]
    assert len(keys) == len(set(keys))
    assert {order.key for order in app.orders if order.is_repeat} == tried & set(keys)


@closing
def test_a_connector_that_waits_for_nothing_ends_its_batch_too(app, idp, outcome):
    for name in ("ada", "ben", "cal"):
        idp.person(name)
    app.answer = lambda _order: outcome

    drain(idp.integration)

    assert len(app.orders) == 1
    assert [one.attempts for one in rows()] == [1, 0, 0]


def test_one_persons_trouble_ends_no_batch(app, idp):
    app.answer = lambda _order: Failed(Kind.INVALID, "No.")
    for name in ("ada", "ben", "cal"):
        idp.person(name)

    drain(idp.integration)

    assert len(app.orders) == 3


def test_a_leaver_who_went_back_was_let_go_all_the_same(app, idp):
    people = [idp.person(name) for name in ("ada", "ben")]
    drain(idp.integration)
    for person in people:
        wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    app.answer = lambda _order: Retry("Down.")

    drain(idp.integration)

    leaving = Delivery.objects.filter(intent="deactivate").order_by("number")
    brakes = list(leaving.values_list("brake", flat=True))
    assert brakes == [Delivery.Brake.COUNTED, Delivery.Brake.COUNTED]


def test_what_was_tried_before_goes_back_with_its_tries(app, idp, clock):
    for name in ("ada", "ben"):
        idp.person(name)
    app.answer = lambda _order: Retry("Not now.", of_app=False)
    drain(idp.integration)
    before = [(one.status, one.attempts, one.first_tried_at, one.due_at) for one in rows()]
    clock.shift(3_600)
    app.answer = lambda _order: Retry("Down.")

    drain(idp.integration)

    (tried,) = app.orders[2:]
    after = [
        (one.status, one.attempts, one.first_tried_at, one.due_at) for one in rows() if one.key != tried.key
    ]
    assert len(after) == 1
    assert after[0] in before


def test_what_was_called_off_meanwhile_does_not_come_back(app, idp):
    idp.person("ada")
    holder = lanes.take(idp.integration, "one", Mode.STATE)
    assert holder is not None
    lanes.place(holder)
    found = lanes.due(holder, 1)
    settling.begin(holder, found)
    Delivery.objects.filter(pk=found[0].pk).update(status=Status.CANCELLED, place=None)

    settling.put_back(holder, found)

    found[0].refresh_from_db()
    assert (found[0].status, found[0].place) == (Status.CANCELLED, None)
