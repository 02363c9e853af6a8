"""Everybody gets a delivery when delivery is switched on: a chunk at once, the rest by a worker."""

from __future__ import annotations

import functools
import threading
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.utils import timezone

from integrations.audit.models import AuditEntry
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, Planning
from integrations.delivery.queue import engine, outbox, planning
from integrations.delivery.turns import worker
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Role
from tests import factories
from tests.db import console, races
from tests.db.console import Provider
from tests.db.integrations.delivery.conftest import drain
from tests.db.integrations.delivery.test_outbox import draft

BY = factories.OPERATOR
State = Planning.State


@pytest.fixture
def woken(monkeypatch) -> list[object]:
    """The integrations that a worker was asked for; people come two a chunk."""
    found: list[object] = []
    monkeypatch.setattr(engine, "wake_planning", found.append)
    monkeypatch.setattr(planning, "CHUNK", 2)
    monkeypatch.setattr(planning, "PAUSE_S", 0)
    return found


@pytest.fixture
def idp(app, integration) -> Provider:
    """Five people whom nobody has told the app of."""
    found = console.provider(integration)
    for number in range(5):
        found.person(f"p{number}")
    connecting.change(integration, "probe", {}, by=BY)
    return found


def now(integration: Integration) -> Planning:
    return Planning.objects.for_integration(integration).get()


def told(integration: Integration) -> Counter[str]:
    """How many deliveries each person has."""
    return Counter(Delivery.objects.for_integration(integration).values_list("label", flat=True))


def once(*names: str) -> Counter[str]:
    return Counter(f"{name}@northwind.example" for name in names)


ALL = once("p0", "p1", "p2", "p3", "p4")


def test_what_is_more_than_a_chunk_is_left_to_a_worker(app, idp, woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        planned = connecting.go_live(idp.integration, by=BY)

    assert planned is not None
    assert (planned.state, planned.made, planned.total) == (State.RUNNING, 2, 5)
    assert woken == [idp.integration.pk]

    planning.carry(idp.integration.pk)
    drain(idp.integration)

    assert (now(idp.integration).state, now(idp.integration).seen) == (State.DONE, 5)
    assert told(idp.integration) == ALL
    assert set(app.accounts) == set(ALL)


def test_a_chunk_is_whole_or_not_at_all(idp, woken, monkeypatch):
    connecting.go_live(idp.integration, by=BY)
    save = Planning.save

    def killed(*_words: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Planning, "save", killed)
    with pytest.raises(ZeroDivisionError):
        planning.carry(idp.integration.pk)
    assert sum(told(idp.integration).values()) == 2

    monkeypatch.setattr(Planning, "save", save)
    planning.carry(idp.integration.pk)

    assert told(idp.integration) == ALL


@pytest.mark.django_db(transaction=True)
def test_two_workers_plan_nobody_twice(idp, woken):
    connecting.go_live(idp.integration, by=BY)

    races.at_once(*[functools.partial(planning.carry, idp.integration.pk)] * 2)

    assert told(idp.integration) == ALL


def test_who_comes_meanwhile_is_planned_once(idp, woken):
    connecting.go_live(idp.integration, by=BY)
    idp.person("new")

    planning.carry(idp.integration.pk)

    assert told(idp.integration) == ALL + once("new")


def test_a_request_that_saw_it_observe_is_delivered_if_it_is_live_by_then(idp):
    stale = Integration.objects.get(pk=idp.integration.pk)
    connecting.go_live(idp.integration, by=BY)

    with transaction.atomic():
        change = outbox.record(draft(stale))

    assert Delivery.objects.for_integration(stale).filter(change=change).exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_switching_on_waits_for_who_is_being_written(idp):
    def switch_on() -> None:
        connecting.go_live(idp.integration, by=BY)
        connection.close()

    switched = threading.Thread(target=switch_on)

    with transaction.atomic():
        outbox.record(draft(Integration.objects.get(pk=idp.integration.pk)))
        switched.start()
        switched.join(0.3)
        assert switched.is_alive()
    switched.join()

    assert told(idp.integration) == ALL


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_is_written_while_it_is_switched_on_waits_and_is_delivered(idp):
    stale = Integration.objects.get(pk=idp.integration.pk)
    kept: list[UUID] = []

    def write() -> None:
        with transaction.atomic():
            kept.append(outbox.record(draft(stale)).pk)
        connection.close()

    writer = threading.Thread(target=write)
    with transaction.atomic():
        connecting.go_live(idp.integration, by=BY)
        writer.start()
        writer.join(0.3)
        assert writer.is_alive()
    writer.join()

    assert Delivery.objects.for_integration(stale).filter(change__in=kept).exists()


def test_it_is_stopped_between_two_chunks(idp, woken, owner):
    connecting.go_live(idp.integration, by=BY)

    planning.stop(idp.integration, by=owner)
    planning.carry(idp.integration.pk)

    assert (now(idp.integration).state, sum(told(idp.integration).values())) == (State.STOPPED, 2)
    assert AuditEntry.objects.filter(action="delivery.planning_stopped").exists()
    with pytest.raises(Refused, match="ended already"):
        planning.stop(idp.integration, by=owner)
    with pytest.raises(NotAllowed):
        planning.stop(idp.integration, by=factories.make_member(owner.workspace, Role.MEMBER))


def test_switching_off_stops_it(idp, woken):
    connecting.go_live(idp.integration, by=BY)

    connecting.observe(idp.integration, by=BY)
    planning.carry(idp.integration.pk)

    assert now(idp.integration).state == State.STOPPED
    assert set(Delivery.objects.values_list("status", flat=True)) == {"cancelled"}


def test_a_way_that_sends_each_change_on_its_own_ends_it(idp, woken):
    connecting.go_live(idp.integration, by=BY)

    connecting.change(idp.integration, "probe_events", {}, by=BY)
    planning.carry(idp.integration.pk)

    assert (now(idp.integration).state, sum(told(idp.integration).values())) == (State.STOPPED, 2)


def test_bringing_in_step_anew_begins_from_the_first(idp, woken):
    connecting.go_live(idp.integration, by=BY)

    connecting.replan(idp.integration, by=BY)
    planning.carry(idp.integration.pk)

    assert told(idp.integration) == ALL + once("p0", "p1")


def test_the_sweep_asks_again_for_what_a_dead_worker_left(idp, woken):
    connecting.go_live(idp.integration, by=BY)
    worker.sweep()
    assert woken == []
    Planning.objects.update(beat_at=timezone.now() - planning.LOST_AFTER - timedelta(seconds=1))

    worker.sweep()

    assert woken == [idp.integration.pk]
