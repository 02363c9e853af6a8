"""An app that is down, or asks for patience: how long its lane waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.delivery.connector import Done, Intent, Mode, Order, Outcome, Proof, Retry
from integrations.delivery.errands import connecting
from integrations.delivery.errands.carrying import Carried
from integrations.delivery.models import Delivery, Lane
from integrations.delivery.queue import lanes
from integrations.delivery.queue.lanes import Holder
from integrations.delivery.turns import settling
from integrations.delivery.turns.tried import Tried
from tests.db.integrations.delivery.conftest import drain

Status = Delivery.Status
MINUTES = timedelta(minutes=10)
DONE = Done(Proof("Written."), ref="7")


def lane_of(idp) -> Lane:
    return Lane.objects.for_integration(idp.integration).get()


def waits(idp) -> timedelta:
    """How long the lane waits from now on."""
    until = lane_of(idp).next_attempt_at
    assert until is not None
    return until - timezone.now()


def begun(idp, *names: str) -> tuple[Holder, list[Delivery]]:
    """People whose deliveries one worker has under way."""
    for name in names:
        idp.person(name)
    holder = lanes.take(idp.integration, "one", Mode.STATE)
    assert holder is not None
    lanes.place(holder)
    found = lanes.due(holder, len(names))
    settling.begin(holder, found)
    return holder, found


def settle(holder: Holder, *ended: tuple[Delivery, Outcome]) -> None:
    tried = [
        Tried(one, Order(Intent.CREATE, one.key, one.number), Carried(outcome, timezone.now(), 1))
        for one, outcome in ended
    ]
    settling.settle(holder, tried, connecting.of(holder.integration))


@pytest.mark.parametrize("of_app", [True, False], ids=["the app", "one person"])
def test_an_app_that_asks_for_no_patience_is_not_tried_again_at_once(app, idp, clock, of_app):
    answers = [Retry("Busy.", after=timedelta(), of_app=of_app)]
    app.answer = lambda _order: answers.pop() if answers else None
    idp.person("ada")

    drain(idp.integration)
    drain(idp.integration)
    assert len(app.orders) == 1

    clock.shift(3_600)
    drain(idp.integration)
    assert len(app.orders) == 2


def test_an_app_that_stays_down_is_tried_less_and_less_whatever_it_asks(app, idp, clock):
    app.answer = lambda _order: Retry("Busy.", after=timedelta(seconds=1))
    idp.person("ada")

    for _try in range(6):
        drain(idp.integration)
        clock.move_to(lane_of(idp).next_attempt_at)
    drain(idp.integration)

    assert waits(idp) >= timedelta(seconds=160)


@pytest.mark.parametrize(
    "later",
    [DONE, Retry("Down."), Retry("Busy.", after=timedelta(seconds=5)), Retry("Busy.", of_app=False)],
    ids=["arrived", "down", "less patience", "one person's trouble"],
)
def test_what_began_before_the_app_asked_for_patience_does_not_shorten_it(idp, clock, later):
    holder, (ada, ben) = begun(idp, "ada", "ben")
    settle(holder, (ada, Retry("Too many requests.", after=MINUTES)))

    settle(holder, (ben, later))

    lane = lane_of(idp)
    assert lane.next_attempt_at == timezone.now() + MINUTES
    assert (lane.failures, lane.trouble) == (1, "Too many requests.")


def test_what_began_before_an_app_was_down_may_say_how_long_it_asks_for(idp, clock):
    holder, (ada, ben) = begun(idp, "ada", "ben")
    settle(holder, (ada, Retry("Down.")))

    settle(holder, (ben, Retry("Too many requests.", after=MINUTES)))

    lane = lane_of(idp)
    assert lane.next_attempt_at == timezone.now() + MINUTES
    assert (lane.failures, lane.trouble) == (1, "Too many requests.")


def test_of_several_who_are_refused_together_the_longest_patience_counts(idp, clock):
    holder, (ada, ben) = begun(idp, "ada", "ben")

    settle(holder, (ada, Retry("Too many requests.", after=MINUTES)), (ben, Retry("Down.")))

    assert lane_of(idp).next_attempt_at == timezone.now() + MINUTES


def test_several_failures_of_one_turn_are_one(idp, clock):
    holder, found = begun(idp, *(f"p{number}" for number in range(8)))

    for one in found:
        settle(holder, (one, Retry("Down.")))

    assert lane_of(idp).failures == 1
    assert waits(idp) <= timedelta(seconds=5)


def test_a_try_of_the_turn_that_timed_out_leaves_the_lane_one_person_at_a_time(idp, clock):
    holder, (ada, ben) = begun(idp, "ada", "ben")
    settle(holder, (ada, Retry("No answer.", timed_out=True)))

    settle(holder, (ben, Retry("Down.")))

    assert lane_of(idp).has_timed_out
