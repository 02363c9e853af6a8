"""When a worker is asked to look at a lane."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.delivery.models import Delivery, Lane
from integrations.delivery.queue import engine, outbox
from integrations.kit import ids


class Queue(list):
    """A task that keeps how it was called: "now", or when it is to run."""

    def __call__(self, _integration_id: str) -> None:
        self.append("now")

    def schedule(self, *, args: list[str], eta: object) -> None:
        self.append(eta)


@pytest.fixture
def asked(monkeypatch) -> Queue:
    queue = Queue()
    monkeypatch.setattr(engine, "_tasks", lambda: {"drain": queue})
    monkeypatch.setattr(engine, "_calls", {})
    return queue


def made(integration, *, in_s: float = 0) -> Delivery:
    due_at = timezone.now() + timedelta(seconds=in_s)
    return Delivery(integration=integration, trace_id="t", line=ids.new(), intent="create", due_at=due_at)


def add(capture, *deliveries: Delivery) -> None:
    with capture(execute=True):
        outbox.add(list(deliveries))


def test_what_is_due_is_looked_at_at_once(integration, asked, django_capture_on_commit_callbacks):
    add(django_capture_on_commit_callbacks, made(integration), made(integration, in_s=60))

    assert asked == ["now"]


def test_a_thousand_who_wait_for_one_moment_are_one_look(
    integration, asked, django_capture_on_commit_callbacks
):
    first = made(integration, in_s=60)
    add(django_capture_on_commit_callbacks, first)
    for _number in range(20):
        add(django_capture_on_commit_callbacks, made(integration, in_s=60))

    assert asked == [first.due_at]


def test_somebody_who_is_due_before_is_looked_at_before(
    integration, asked, django_capture_on_commit_callbacks
):
    late, early = made(integration, in_s=60), made(integration, in_s=30)
    add(django_capture_on_commit_callbacks, late)
    add(django_capture_on_commit_callbacks, early)

    assert asked == [late.due_at, early.due_at]


def test_whoever_holds_the_lane_is_not_called(integration, asked, django_capture_on_commit_callbacks):
    Lane.objects.create(integration=integration, lease_until=timezone.now() + timedelta(seconds=30))
    add(django_capture_on_commit_callbacks, made(integration))

    assert asked == []


def test_a_queue_out_of_reach_fails_nobodys_request(
    integration, monkeypatch, django_capture_on_commit_callbacks
):
    def gone() -> dict[str, object]:
        raise ConnectionError

    monkeypatch.setattr(engine, "_tasks", gone)

    add(django_capture_on_commit_callbacks, made(integration))

    assert Delivery.objects.count() == 1
