"""Who works on a lane: leases, fences, and what a worker finds that comes after a dead one."""

from __future__ import annotations

import os
import socket
from uuid import uuid4

import pytest
from django.utils import timezone

from integrations.delivery.connector import Done, Intent, LaneLostError, Mode, Order, Proof
from integrations.delivery.errands import connecting
from integrations.delivery.errands.carrying import Carried
from integrations.delivery.models import Attempt, Delivery, Lane
from integrations.delivery.queue import engine, lanes
from integrations.delivery.turns import settling, worker
from integrations.delivery.turns.tried import Tried
from tests import factories
from tests.db.integrations.delivery.conftest import drain

ONE_LEASE = lanes.LEASE.total_seconds() + 1


def lane_of(idp) -> Lane:
    return Lane.objects.for_integration(idp.integration).get()


def take(idp, owner: str):
    return lanes.take(idp.integration, owner, Mode.STATE)


def begin_one(idp, holder) -> Delivery:
    lanes.place(holder)
    (delivery,) = lanes.due(holder, 1)
    settling.begin(holder, [delivery])
    return delivery


def test_a_lane_has_one_holder(idp):
    assert take(idp, "one") is not None
    assert take(idp, "two") is None


def test_a_lane_that_was_given_back_is_free(idp):
    lanes.release(take(idp, "one"))

    assert take(idp, "two") is not None


def test_an_heir_takes_the_lane_when_the_lease_has_ended(idp, clock):
    first = take(idp, "one")
    clock.shift(ONE_LEASE)

    heir = take(idp, "two")

    assert heir is not None
    assert heir.fence > first.fence


def test_who_comes_back_from_the_dead_writes_nothing(idp, clock):
    idp.person("ada")
    dead = take(idp, "one")
    delivery = begin_one(idp, dead)
    clock.shift(ONE_LEASE)
    heir = take(idp, "two")

    carried = Carried(Done(Proof("Late.")), timezone.now(), 1)
    order = Order(Intent.CREATE, delivery.key, delivery.number)
    with pytest.raises(LaneLostError):
        settling.settle(dead, [Tried(delivery, order, carried)], connecting.of(idp.integration))
    lanes.release(dead)

    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.RUNNING
    assert not Attempt.objects.filter(delivery=delivery).exists()
    assert lane_of(idp).fence == heir.fence
    assert lane_of(idp).lease_owner == "two"


def test_an_heir_knows_that_a_try_may_have_had_its_effect(app, idp, clock):
    idp.person("ada")
    begin_one(idp, take(idp, "one"))
    clock.shift(ONE_LEASE)

    drain(idp.integration)

    (order,) = app.orders
    assert order.is_repeat
    assert Delivery.objects.get(label__startswith="ada").attempts == 2


def test_lanes_of_workers_that_died_here_are_free_at_once(idp, monkeypatch):
    gone = 2**22 + 1  # above every process id of Linux
    take(idp, f"{socket.gethostname()[:40]}:{gone}:1")

    worker.take_over()

    assert take(idp, "two") is not None


def test_lanes_of_living_workers_and_of_other_machines_stay_theirs(idp):
    parent = os.getppid()
    for owner in (f"{socket.gethostname()[:40]}:{parent}:1", "elsewhere:1:1"):
        holder = take(idp, owner)

        worker.take_over()

        assert take(idp, "two") is None
        lanes.release(holder)


def test_the_sweep_finds_what_is_due_and_nothing_else(idp, clock):
    assert lanes.with_something_due() == []

    idp.person("ada")
    assert lanes.with_something_due() == [(idp.integration.pk, None)]

    held = take(idp, "one")
    ((_pk, lease_until),) = lanes.with_something_due()
    assert lease_until == lane_of(idp).lease_until
    lanes.release(held)

    Lane.objects.update(paused_at=timezone.now())
    assert lanes.with_something_due() == []


def test_archived_and_observing_integrations_are_left_alone(app, idp):
    idp.person("ada")
    idp.integration.mode = "observing"
    idp.integration.save()

    drain(idp.integration)

    assert app.orders == []


def test_a_lane_that_timed_out_gets_one_slot_and_all_such_half_of_the_threads(app, idp, monkeypatch):
    woken = []
    monkeypatch.setattr(engine, "wake", lambda pk, *, at=None: woken.append(at))
    Lane.objects.update(has_timed_out=True)
    idp.person("ada")
    taken = [worker._slow.acquire(blocking=False) for _ in range(worker.THREADS // 2)]
    try:
        drain(idp.integration)
    finally:
        for _one in taken:
            worker._slow.release()

    assert app.orders == []
    assert woken[-1] is not None
    drain(idp.integration)
    assert len(app.orders) == 1
    assert lane_of(idp).has_timed_out is False


def place_all(provider, mode: Mode) -> None:
    holder = lanes.take(provider.integration, "one", mode)
    assert holder is not None
    while lanes.place(holder):
        pass


def test_more_changes_of_one_person_than_a_statement_takes_find_their_places(idp_of_events, few_parameters):
    line = uuid4()
    for _ in range(few_parameters + 2):
        factories.make_delivery(idp_of_events.integration, line=line)

    place_all(idp_of_events, Mode.EVENT)

    rows = Delivery.objects.for_integration(idp_of_events.integration).filter(line=line)
    assert rows.filter(place=Delivery.Place.HEAD).count() == 1
    assert rows.filter(place=Delivery.Place.BEHIND).count() == few_parameters + 1


def test_whoever_leaves_takes_more_losses_along_than_a_statement_takes(idp, few_parameters):
    line = uuid4()
    for _ in range(few_parameters + 1):
        factories.make_delivery(idp.integration, line=line, intent="revoke", group_id=uuid4())
    factories.make_delivery(idp.integration, line=line, intent="deactivate")

    place_all(idp, Mode.STATE)

    rows = Delivery.objects.for_integration(idp.integration).filter(line=line)
    assert [row.intent for row in rows.filter(place=Delivery.Place.HEAD)] == ["deactivate"]
    assert rows.filter(status=Delivery.Status.SUPERSEDED).count() == few_parameters + 1
