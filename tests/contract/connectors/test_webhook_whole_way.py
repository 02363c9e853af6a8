"""From what an identity provider sends to what the app's receiver is told, and back by its late answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, Lane
from integrations.delivery.turns import controls, worker
from integrations.delivery.turns.trouble import LONGEST_PAUSE
from integrations.models import Integration
from tests import factories, receivers, sessions
from tests.db import console
from tests.db.console import Provider
from tests.db.scim import wire
from tests.receivers import SECRET, Receiver, answering, signed

Status, Place = Delivery.Status, Delivery.Place
DAY_S = 86_400


@pytest.fixture
def live(integration: Integration, receiver: Receiver) -> Integration:
    values, secrets = {"url": receiver.url}, {"signing_secret": SECRET}
    connecting.change(integration, "webhook", values, secrets=secrets, by=factories.OPERATOR)
    connecting.go_live(integration, by=factories.OPERATOR)
    return integration


@pytest.fixture
def idp(live: Integration, receiver: Receiver, clock) -> Provider:
    """Sends to an integration where somebody stayed: nobody is taken for a connection test any more."""
    found = console.provider(live)
    found.person("lasting")
    clock.shift(61)
    drain(found)
    receiver.messages.clear()
    return found


def drain(idp: Provider) -> None:
    worker.drain(idp.integration.pk)


def retitle(idp: Provider, person: str, title: str) -> None:
    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "title", "value": title})


def lane_of(idp: Provider) -> Lane:
    return Lane.objects.for_integration(idp.integration).get()


def delivery_of(idp: Provider, label: str) -> Delivery:
    """The oldest of a person."""
    rows = Delivery.objects.for_integration(idp.integration).filter(label__startswith=label)
    return rows.order_by("number")[0]


def answer(receiver: Receiver, content: Any, number: int = 0) -> tuple[int, str]:
    """The app calls back, at the address that its message named."""
    address = receiver.messages[number].content["callback_url"]
    path = "/" + address.split("/", 3)[3]
    came = Client(enforce_csrf_checks=True).post(path, **signed(content))
    return came.status_code, came.json().get("status", "")


def test_every_change_of_a_person_arrives_in_its_order(idp, receiver):
    group = idp.group("Editors")
    drain(idp)
    person = idp.person("ada")
    wire.patch(idp, f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": person}]})
    retitle(idp, person, "Dr")
    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    idp.send("DELETE", f"/Users/{person}")

    drain(idp)

    mine = [message for message in receiver.messages if message.content["data"]["resource_id"] == person]
    assert [message.type for message in mine] == [
        *("user.created", "group.member_added", "user.updated", "user.deactivated", "user.deleted")
    ]
    sequences = [int(message.headers["webhook-sequence"]) for message in mine]
    assert sequences == sorted(set(sequences))
    created, added, updated, *_rest = (message.content["data"] for message in mine)
    assert created["before"] is None
    assert created["after"]["userName"] == "ada@northwind.example"
    assert added["entitlement"] == {"value": "Editors", "name": "Editors", "group_id": group}
    assert [entry["path"] for entry in updated["delta"]] == ["title"]
    kept = delivery_of(idp, "ada")
    assert (kept.status, created["trace_id"]) == (Status.DELIVERED, kept.trace_id)
    assert kept.proof["seen"]["webhook_id"] == mine[0].id == kept.key
    assert receiver.forged == []


def test_an_app_that_is_down_gets_the_same_message_again_and_nothing_is_lost(idp, receiver, clock):
    receiver.answers += [answering(500), receivers.drop]
    person = idp.person("ada")
    retitle(idp, person, "Dr")

    for _ in range(3):
        drain(idp)
        clock.shift(3600)

    first, second, third, later = receiver.messages
    assert first.id == second.id == third.id != later.id
    assert first.body == third.body
    assert receiver.told() == ["user.created"] * 3 + ["user.updated"]
    assert lane_of(idp).failures == 0


def test_an_app_that_fails_for_an_hour_gets_everything_once_and_in_order(idp, receiver, clock):
    receiver.usual = answering(500)
    people = [idp.person("ada"), idp.person("ben")]
    for person in people:
        retitle(idp, person, "Dr")
    pauses, over = [], timezone.now() + timedelta(hours=1)
    while timezone.now() < over:
        drain(idp)
        again_at = lane_of(idp).next_attempt_at
        assert again_at is not None
        pauses.append(again_at - timezone.now())
        clock.move_to(again_at)
    growing = [pause for pause in pauses if pause < LONGEST_PAUSE / 2]
    assert growing == sorted(growing)
    assert 5 <= len(pauses) <= 12
    assert not Delivery.objects.for_integration(idp.integration).filter(status=Status.DEAD).exists()
    tried = {message.id for message in receiver.messages}
    receiver.messages.clear()
    receiver.usual = receivers.OK

    drain(idp)

    for person in people:
        mine = [one for one in receiver.messages if one.content["data"]["resource_id"] == person]
        assert [one.type for one in mine] == ["user.created", "user.updated"]
    assert len(receiver.messages) == 4
    assert tried <= {message.id for message in receiver.messages}


def test_retry_after_is_kept(idp, receiver, clock):
    receiver.answers.append(answering(429, "Retry-After: 90\r\n"))
    idp.person("ada")

    drain(idp)
    clock.shift(89)
    drain(idp)
    assert len(receiver.messages) == 1

    clock.shift(2)
    drain(idp)
    assert len(receiver.messages) == 2


def test_a_receiver_that_is_gone_holds_the_lane_and_nothing_becomes_dead(idp, receiver):
    receiver.usual = answering(410)
    idp.person("ada")
    idp.person("ben")

    drain(idp)

    assert "410" in lane_of(idp).held_for
    assert not Delivery.objects.for_integration(idp.integration).filter(status=Status.DEAD).exists()


def test_one_message_that_is_refused_as_gone_is_that_persons_trouble(idp, receiver):
    receiver.answers.append(answering(410))
    idp.person("ada")

    drain(idp)

    assert receiver.told() == ["user.created", "gateway.test"]
    assert (lane_of(idp).held_for, delivery_of(idp, "ada").status) == ("", Status.RETRYING)


def test_a_late_answer_ends_the_delivery_and_lets_the_next_go(idp, receiver):
    receiver.answers.append(answering(202))
    person = idp.person("ada")
    retitle(idp, person, "Dr")
    drain(idp)
    waiting = delivery_of(idp, "ada")
    assert (waiting.status, waiting.place) == (Status.CONFIRMING, Place.PARKED)
    assert receiver.told() == ["user.created"]

    assert answer(receiver, {"status": "done"}) == (200, "delivered")
    drain(idp)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.proof["seen"]["status"]) == (Status.DELIVERED, "done")
    assert waiting.proof["seen"]["accepted"]["seen"]["status"] == 202
    assert waiting.proof["digest"]
    assert receiver.told() == ["user.created", "user.updated"]


def test_a_late_no_makes_it_dead_with_the_apps_reason(idp, receiver):
    receiver.answers.append(answering(202))
    idp.person("ada")
    drain(idp)

    assert answer(receiver, {"status": "failed", "reason": "No licence is left."}) == (200, "dead")

    dead = delivery_of(idp, "ada")
    assert (dead.status, dead.place, dead.problem) == (Status.DEAD, Place.PARKED, "No licence is left.")
    assert dead.proof["seen"]["reason"] == "No licence is left."


def test_what_is_never_answered_is_dead_after_a_day_and_may_still_be_answered(idp, receiver, clock):
    receiver.answers.append(answering(202))
    idp.person("ada")
    drain(idp)

    clock.shift(DAY_S - 1)
    worker.sweep()
    assert delivery_of(idp, "ada").status == Status.CONFIRMING

    clock.shift(2)
    worker.sweep()
    dead = delivery_of(idp, "ada")
    assert (dead.status, dead.place) == (Status.DEAD, Place.PARKED)
    assert dead.problem == "The app took it, and did not say within 24 hours whether it is done."

    assert answer(receiver, {"status": "done"}) == (200, "delivered")


def test_who_leaves_does_not_wait_for_a_late_answer(idp, receiver):
    receiver.answers.append(answering(202))
    person = idp.person("ada")
    drain(idp)

    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    drain(idp)

    assert receiver.told() == ["user.created", "user.deactivated"]


def test_half_a_character_in_an_answer_is_taken_once_and_the_page_opens(idp, receiver, owner):
    receiver.answers.append(answering(200, body=rb'{"a": "\ud800\u0000", "\udfff": 1}'))
    receiver.answers.append(answering(202))
    for name in ("ada", "ben"):
        idp.person(name)
        drain(idp)
    late = answer(receiver, {"status": "failed", "reason": "\ud800\u0000"}, 1)

    drain(idp)

    assert receiver.told() == ["user.created"] * 2
    assert (delivery_of(idp, "ada").status, late) == (Status.DELIVERED, (200, "dead"))
    browser = sessions.sign_in(Client(), owner)
    for name in ("ada", "ben"):
        record = console.path(
            "console:delivery-record", idp.integration, delivery_id=delivery_of(idp, name).id
        )
        assert browser.get(record).status_code == 200


def test_an_edit_goes_out_under_a_new_key(idp, receiver):
    receiver.answers.append(answering(422))
    idp.person("ada")
    drain(idp)
    dead = delivery_of(idp, "ada")

    controls.edit(dead, {"user": "ada"}, by=factories.OPERATOR)
    drain(idp)

    first, second = receiver.messages
    assert (first.id, second.id) == (f"{dead.id}.1", f"{dead.id}.2")
    assert second.content["data"] == {"user": "ada"}
    assert delivery_of(idp, "ada").status == Status.DELIVERED


def test_the_test_of_the_connection_says_what_it_sent(live, receiver):
    (finding,) = connecting.test(live, by=factories.OPERATOR)

    assert finding.ok
    assert receiver.told() == ["gateway.test"]
