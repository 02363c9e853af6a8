"""A connector that is told each change, in order."""

from __future__ import annotations

import pytest
from django.utils import timezone

from integrations.delivery.connector import Accepted, Failed, Kind, Proof, Retry
from integrations.delivery.models import Delivery
from integrations.delivery.turns import controls
from integrations.delivery.turns.controls import Replay
from tests import factories
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

Status = Delivery.Status


def told(app) -> list[str]:
    return [order.event.type for order in app.orders]


def refuse(name: str):
    return lambda order: Failed(Kind.INVALID, "No.") if order.event.type == name else None


def test_each_change_comes_in_its_order(app, idp_of_events):
    person = idp_of_events.person("ada")
    group = idp_of_events.group("Editors", person)
    wire.patch(idp_of_events, f"/Users/{person}", {"op": "replace", "path": "title", "value": "Dr"})
    wire.patch(idp_of_events, f"/Groups/{group}", {"op": "remove", "path": f'members[value eq "{person}"]'})
    idp_of_events.send("DELETE", f"/Users/{person}")

    drain(idp_of_events.integration)

    of_person = [order.event.type for order in app.orders if order.event.id == person]
    assert of_person == [
        *("user.created", "group.member_added", "user.updated", "group.member_removed", "user.deleted")
    ]
    assert told(app).index("group.created") < told(app).index("group.member_added")


@pytest.mark.parametrize("way", ["PATCH", "DELETE"])
def test_nobody_who_comes_again_inactive_is_told_as_one_who_is_back(app, idp_of_events, way):
    person = idp_of_events.person("ada")
    drain(idp_of_events.integration)
    gone = {"Operations": [{"op": "replace", "path": "active", "value": False}]} if way == "PATCH" else None
    idp_of_events.send(way, f"/Users/{person}", gone)
    drain(idp_of_events.integration)
    app.orders.clear()

    assert idp_of_events.person("ada", active=False, title="Dr") == person
    drain(idp_of_events.integration)

    (order,) = app.orders
    assert order.event.after["active"] is False
    assert (order.event.type, order.is_leaving) == (
        ("user.updated", False) if way == "PATCH" else ("user.deactivated", True)
    )


def test_a_dead_event_holds_later_ones_but_not_the_leaver(app, idp_of_events):
    app.answer = refuse("user.updated")
    person = idp_of_events.person("ada")
    wire.patch(idp_of_events, f"/Users/{person}", {"op": "replace", "path": "title", "value": "Dr"})
    drain(idp_of_events.integration)
    app.answer = lambda _order: None
    app.orders.clear()
    wire.patch(
        idp_of_events, f"/Users/{person}", {"op": "replace", "path": "userName", "value": "ada@b.example"}
    )
    drain(idp_of_events.integration)
    assert told(app) == []

    wire.patch(idp_of_events, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    drain(idp_of_events.integration)

    assert told(app) == ["user.deactivated"]


@pytest.mark.parametrize(
    "outcome",
    [Failed(Kind.INVALID, "No."), Accepted(Proof("Taken, an answer will come."))],
    ids=["fails", "is taken"],
)
def test_who_stands_behind_a_change_passes_it_once_it_is_stuck(app, idp_of_events, outcome):
    app.answer = lambda order: outcome if order.event.type == "user.updated" else None
    person = idp_of_events.person("ada")
    wire.patch(idp_of_events, f"/Users/{person}", {"op": "replace", "path": "title", "value": "Dr"})
    wire.patch(idp_of_events, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})

    drain(idp_of_events.integration)

    assert told(app)[-1] == "user.deactivated"


def test_who_stands_behind_a_change_passes_it_once_it_is_handed_over(app, idp_of_events):
    app.answer = lambda _order: Retry("Not now.", of_app=False)
    person = idp_of_events.person("ada")
    drain(idp_of_events.integration)
    wire.patch(idp_of_events, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    drain(idp_of_events.integration)
    app.answer = lambda _order: None
    app.orders.clear()

    created = Delivery.objects.for_integration(idp_of_events.integration).get(intent="create", place=1)
    controls.hand_over(created, by=factories.OPERATOR)
    drain(idp_of_events.integration)

    assert told(app) == ["user.deactivated"]


def test_memberships_wait_for_their_group(app, idp_of_events):
    app.answer = refuse("group.created")
    person = idp_of_events.person("ada")
    idp_of_events.group("Editors", person)
    drain(idp_of_events.integration)
    assert told(app) == ["user.created", "group.created"] or told(app) == ["group.created", "user.created"]

    app.answer = lambda _order: None
    dead = Delivery.objects.for_integration(idp_of_events.integration).get(status=Status.DEAD)
    assert controls.retry([dead], by=factories.OPERATOR) == 1
    drain(idp_of_events.integration)

    assert told(app)[2:] == ["group.created", "group.member_added"]


def test_of_whom_a_connection_test_made_nothing_is_told_nor_replayed(app, idp_of_events):
    idp, since = idp_of_events, timezone.now()
    wire.choose(idp, test_user_name="probe@northwind.example")
    person = idp.person("probe")
    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "title", "value": "Dr"})
    idp.group("Editors", person)
    drain(idp.integration)
    assert told(app) == ["group.created"]

    controls.replay(idp.integration, Replay(since, timezone.now()), by=factories.OPERATOR)
    drain(idp.integration)

    assert told(app) == ["group.created", "group.created"]
    rows = Delivery.objects.for_integration(idp.integration)
    assert not rows.filter(place__isnull=False).exists()


def test_a_retried_event_goes_before_those_that_wait_behind_it(app, idp_of_events):
    app.answer = refuse("user.updated")
    person = idp_of_events.person("ada")
    for title in ("Dr", "Prof"):
        wire.patch(idp_of_events, f"/Users/{person}", {"op": "replace", "path": "title", "value": title})
        drain(idp_of_events.integration)
    app.answer = lambda _order: None
    app.orders.clear()

    dead = Delivery.objects.for_integration(idp_of_events.integration).get(status=Status.DEAD)
    controls.retry([dead], by=factories.OPERATOR)
    drain(idp_of_events.integration)

    assert [order.event.after["title"] for order in app.orders] == ["Dr", "Prof"]


def test_what_waits_for_a_group_holds_later_events_but_not_the_leaver(app, idp_of_events):
    app.answer = refuse("group.created")
    person = idp_of_events.person("ada")
    idp_of_events.group("Editors", person)
    wire.patch(idp_of_events, f"/Users/{person}", {"op": "replace", "path": "title", "value": "Dr"})
    drain(idp_of_events.integration)
    wire.patch(idp_of_events, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    drain(idp_of_events.integration)
    assert told(app)[2:] == ["user.deactivated"]

    app.answer = lambda _order: None
    dead = Delivery.objects.for_integration(idp_of_events.integration).get(status=Status.DEAD)
    controls.retry([dead], by=factories.OPERATOR)
    drain(idp_of_events.integration)

    assert told(app)[3:] == ["group.created", "group.member_added", "user.updated"]
