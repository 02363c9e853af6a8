"""Answers that never come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.delivery.connector import Intent
from integrations.delivery.models import Delivery, Lane
from integrations.delivery.turns import answers
from integrations.kit import ids
from tests import factories

Status, Place = Delivery.Status, Delivery.Place


@pytest.fixture
def lane(integration) -> Lane:
    return Lane.objects.create(integration=integration)


def taken(lane: Lane, *, hours: float, **more) -> Delivery:
    """Taken by the app so many hours ago."""
    values = {"status": Status.CONFIRMING, "place": Place.PARKED, **more}
    return Delivery.objects.create(
        integration=lane.integration,
        trace_id=ids.trace(),
        line=ids.new(),
        label="ada",
        intent=Intent.CREATE,
        due_at=timezone.now() - timedelta(hours=hours),
        **values,
    )


def statuses(*deliveries: Delivery) -> list[str]:
    for one in deliveries:
        one.refresh_from_db()
    return [one.status for one in deliveries]


def test_after_a_day_it_is_dead_with_a_sentence_and_what_to_do(lane):
    late, fresh = taken(lane, hours=24.1), taken(lane, hours=23.9)

    answers.give_up()

    assert statuses(late, fresh) == [Status.DEAD, Status.CONFIRMING]
    assert (late.place, late.ended_at) == (Place.PARKED, None)
    assert late.problem
    assert late.remedy


def test_what_is_asked_for_by_the_worker_is_not_given_up(lane):
    polled = taken(lane, hours=30, place=Place.HEAD)
    others = [taken(lane, hours=30, status=status) for status in (Status.WITH_PERSON, Status.HELD)]

    answers.give_up()

    assert statuses(polled, *others) == [Status.CONFIRMING, Status.WITH_PERSON, Status.HELD]


def test_nothing_becomes_dead_from_a_held_lane(lane):
    late = taken(lane, hours=30)
    Lane.objects.for_integration(lane.integration).update(held_at=timezone.now())

    answers.give_up()

    assert statuses(late) == [Status.CONFIRMING]


def test_a_look_gives_up_a_batch_of_each_lane(lane, workspace, monkeypatch):
    monkeypatch.setattr(answers, "BATCH", 2)
    other = Lane.objects.create(integration=factories.make_integration(workspace, "Trello"))
    late = [taken(lane, hours=30 - number) for number in range(3)]
    theirs = taken(other, hours=30)

    answers.give_up()
    assert statuses(*late, theirs) == [Status.DEAD, Status.DEAD, Status.CONFIRMING, Status.DEAD]

    answers.give_up()
    assert statuses(*late) == [Status.DEAD] * 3


def test_a_look_costs_one_query_where_nothing_is_late(lane, django_assert_num_queries):
    taken(lane, hours=1)

    with django_assert_num_queries(1):
        answers.give_up()
