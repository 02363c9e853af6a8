"""What admins do to lanes and deliveries."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from integrations.audit.models import AuditEntry
from integrations.delivery.connector import Failed, Kind
from integrations.delivery.models import Delivery, Task
from integrations.delivery.queue import outbox
from integrations.delivery.queue.change import ChangeEvent
from integrations.delivery.turns import controls
from integrations.delivery.turns.controls import Replay
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Role
from tests import factories
from tests.db.integrations.delivery.conftest import drain
from tests.db.integrations.delivery.test_outbox import draft

BY = factories.OPERATOR
Status = Delivery.Status


@pytest.fixture
def dead(app, idp) -> Delivery:
    app.answer = lambda _order: Failed(Kind.INVALID, "No licence is left.", "Buy one.")
    idp.person("ada")
    drain(idp.integration)
    app.answer = lambda _order: None
    app.orders.clear()
    found = Delivery.objects.get(status=Status.DEAD)
    assert (found.problem, found.remedy) == ("No licence is left.", "Buy one.")
    return found


def again(delivery: Delivery) -> Delivery:
    delivery.refresh_from_db()
    return delivery


def audited() -> str:
    return AuditEntry.objects.order_by("-pk")[0].action


def test_a_paused_lane_records_and_delivers_after_it_is_resumed(app, idp):
    controls.pause(idp.integration, by=BY)
    idp.person("ada")
    drain(idp.integration)
    assert app.orders == []

    controls.resume(idp.integration, by=BY)
    drain(idp.integration)

    assert "ada@northwind.example" in app.accounts
    assert audited() == "delivery.resumed"


def test_a_held_lane_goes_on_when_it_is_resumed(app, idp):
    app.answer = lambda _order: Failed(Kind.AUTH, "Wrong credential.")
    idp.person("ada")
    drain(idp.integration)
    app.answer = lambda _order: None

    controls.resume(idp.integration, by=BY)
    drain(idp.integration)

    assert "ada@northwind.example" in app.accounts


def test_a_dead_delivery_is_retried(app, idp, dead):
    assert controls.retry([dead], by=BY) == 1

    drain(idp.integration)

    assert again(dead).status == Status.DELIVERED
    assert [one.result for one in dead.tries.order_by("number")] == ["failed", "done"]


def test_one_that_has_ended_is_not_retried(app, idp, dead):
    controls.skip([dead], reason="She left.", by=BY)

    assert controls.retry([dead], by=BY) == 0
    assert again(dead).status == Status.SKIPPED


def test_a_skipped_delivery_keeps_its_reason(idp, dead):
    controls.skip([dead], reason=" She left. ", by=BY)

    assert (again(dead).problem, dead.place) == ("She left.", None)
    assert audited() == "delivery.skipped"


def test_skipping_takes_a_reason(dead):
    with pytest.raises(Refused):
        controls.skip([dead], reason="  ", by=BY)


def test_an_edited_delivery_is_sent_under_a_new_key(app, idp, dead):
    key = dead.key
    controls.edit(dead, {"title": "Dr"}, by=BY)

    drain(idp.integration)

    (order,) = app.orders
    assert order.override == {"title": "Dr"}
    assert order.key != key
    assert order.key.startswith(str(dead.pk)) is False


def test_a_delivery_is_handed_over_to_a_person(idp, dead):
    controls.hand_over(dead, by=BY)

    assert again(dead).status == Status.WITH_PERSON
    task = Task.objects.get()
    assert task.delivery_id == dead.pk
    assert "No licence is left." in task.steps[0]["detail"]


def test_changes_since_a_moment_are_delivered_again(app, idp, clock):
    idp.person("ada")
    drain(idp.integration)
    clock.shift(60)
    since = timezone.now()
    idp.person("ben")
    drain(idp.integration)
    app.orders.clear()

    done = controls.replay(idp.integration, Replay(since, timezone.now()), by=BY)
    drain(idp.integration)

    assert done == (1, None)
    assert [order.person.user_name for order in app.orders] == ["ben@northwind.example"]


def is_waiting() -> bool:
    """Whether somebody waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_replay_comes_behind_what_is_being_written(live_events):
    came = draft(live_events)
    leaves = replace(came, event=ChangeEvent.USER_DEACTIVATED, version=3)
    asked = Replay(timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1))

    def replay() -> None:
        controls.replay(live_events, asked, by=BY)
        connection.close()

    replaying = threading.Thread(target=replay)
    with transaction.atomic():
        outbox.record(came)
    with transaction.atomic():
        outbox.record(leaves)
        replaying.start()
        while replaying.is_alive() and not is_waiting():
            replaying.join(0.01)
    replaying.join()

    rows = Delivery.objects.for_integration(live_events).order_by("number")
    assert list(rows.values_list("intent", flat=True)) == ["update", "deactivate"] * 2


def test_nothing_is_replayed_while_nothing_is_delivered(integration):
    with pytest.raises(Refused):
        controls.replay(integration, Replay(timezone.now() - timedelta(days=1), timezone.now()), by=BY)


def test_a_member_may_do_none_of_it(workspace, idp, dead):
    member = factories.make_member(workspace, Role.MEMBER)

    for act in (
        lambda: controls.pause(idp.integration, by=member),
        lambda: controls.retry([dead], by=member),
        lambda: controls.skip([dead], reason="x", by=member),
        lambda: controls.replay(idp.integration, Replay(timezone.now(), timezone.now()), by=member),
    ):
        with pytest.raises(NotAllowed):
            act()
