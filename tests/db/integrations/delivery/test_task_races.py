"""Two people at one task at the same moment."""

from __future__ import annotations

import pytest

from integrations.delivery.hands import tasks
from integrations.delivery.models import Delivery, Task
from integrations.models import Role
from tests import factories
from tests.db.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(workspace):
    return [factories.make_member(workspace, Role.MEMBER) for _each in range(2)]


@pytest.fixture
def task(integration) -> Task:
    return factories.make_task(integration)


def test_of_two_who_finish_one_is_told_that_it_is_closed(task, two):
    one, other = two

    outcomes = at_once(
        lambda: tasks.finish(task, note="One.", by=one), lambda: tasks.finish(task, note="Other.", by=other)
    )

    assert outcomes == ["closed", "made"]
    task.refresh_from_db()
    assert {(one.user.email, "One."), (other.user.email, "Other.")} >= {(task.done_by, task.note)}
    delivery = Delivery.objects.get(pk=task.delivery_id)
    assert delivery.proof["seen"]["note"] == task.note


def test_of_two_who_take_it_one_is_told_who_has_it(task, two):
    outcomes = at_once(lambda: tasks.take(task, by=two[0]), lambda: tasks.take(task, by=two[1]))

    assert outcomes == ["made", "taken"]


def test_no_tick_of_two_is_lost(task, two):
    outcomes = at_once(
        lambda: tasks.tick(task, 0, done=True, by=two[0]), lambda: tasks.tick(task, 1, done=True, by=two[1])
    )

    task.refresh_from_db()
    assert outcomes == ["made", "made"]
    assert [step["done_by"] for step in task.steps] == [member.user.email for member in two]
