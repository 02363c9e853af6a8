"""An app's late answer: who may give it, and what of it is taken."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from integrations.audit.models import AuditEntry
from integrations.delivery.connector import Intent
from integrations.delivery.models import AppConnection, Delivery, Lane
from integrations.kit import ids, rates
from tests import factories
from tests.receivers import OTHER, SECRET, signed

Status, Place = Delivery.Status, Delivery.Place
DONE = {"status": "done"}


@pytest.fixture(autouse=True)
def _nobody_was_refused():
    rates.limiter.storage.reset()


@pytest.fixture
def delivery(integration) -> Delivery:
    """Taken by the app, which has promised to answer."""
    Lane.objects.create(integration=integration)
    AppConnection.objects.create(integration=integration, secrets={"signing_secret": SECRET})
    return Delivery.objects.create(
        integration=integration,
        trace_id=ids.trace(),
        line=ids.new(),
        label="ada",
        intent=Intent.CREATE,
        status=Status.CONFIRMING,
        place=Place.PARKED,
        proof={"words": "The app took it (202) and answers later.", "seen": {"status": 202}},
        attempts=1,
    )


def send(key: object, message: dict) -> tuple[int, dict]:
    answer = Client(enforce_csrf_checks=True).post(reverse("callback", args=[key]), **message)
    assert answer.headers["Content-Type"] == "application/json"
    assert not answer.cookies
    return answer.status_code, answer.json()


def stand(delivery: Delivery) -> tuple[str, int | None, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.place, delivery.problem


WAITS = (Status.CONFIRMING, Place.PARKED, "")


def test_done_ends_the_delivery_with_proof_and_is_nobodys_act(delivery):
    assert send(delivery.key, signed(DONE, name="msg_9")) == (200, {"status": "delivered"})

    assert stand(delivery) == (Status.DELIVERED, None, "")
    assert delivery.proof["seen"]["message_id"] == "msg_9"
    assert delivery.proof["seen"]["accepted"]["seen"] == {"status": 202}
    assert not AuditEntry.objects.filter(action__startswith="delivery").exists()


def test_failed_keeps_the_reason_without_secrets(delivery):
    reason = f'{"x" * 2000} password eq "hunter2"'

    assert send(delivery.key, signed({"status": "failed", "reason": reason})) == (200, {"status": "dead"})

    status, place, problem = stand(delivery)
    assert (status, place) == (Status.DEAD, Place.PARKED)
    assert problem == "x" * 1000
    assert "hunter2" not in json.dumps(delivery.proof)


def test_a_second_answer_changes_nothing(delivery):
    send(delivery.key, signed(DONE))
    before = Delivery.objects.filter(pk=delivery.pk).values().get()

    assert send(delivery.key, signed({"status": "failed", "reason": "No."})) == (200, {"status": "delivered"})
    assert send(delivery.key, signed(DONE)) == (200, {"status": "delivered"})

    assert Delivery.objects.filter(pk=delivery.pk).values().get() == before


def test_failed_twice_is_failed_once(delivery):
    send(delivery.key, signed({"status": "failed", "reason": "First."}))
    send(delivery.key, signed({"status": "failed", "reason": "Second."}))

    assert stand(delivery) == (Status.DEAD, Place.PARKED, "First.")


def test_an_answer_to_what_was_there_before_an_edit_changes_nothing(delivery):
    old = delivery.key
    Delivery.objects.filter(pk=delivery.pk).update(revision=2)

    assert send(old, signed(DONE)) == (200, {"status": "confirming"})

    assert stand(delivery) == WAITS


def test_both_secrets_answer_while_one_is_replaced(delivery):
    connection = AppConnection.objects.for_integration(delivery.integration).get()
    connection.secrets = {"signing_secret": OTHER, "previous_signing_secret": SECRET}
    connection.save()

    assert send(delivery.key, signed(DONE))[0] == 200


def test_a_person_who_is_at_it_keeps_it_until_the_app_says_done(delivery):
    Delivery.objects.filter(pk=delivery.pk).update(status=Status.WITH_PERSON)

    send(delivery.key, signed({"status": "failed"}))
    assert stand(delivery)[0] == Status.WITH_PERSON
    send(delivery.key, signed(DONE))
    assert stand(delivery)[0] == Status.DELIVERED


@pytest.mark.parametrize(
    "forged",
    [
        {**signed(DONE), "headers": {}},
        signed(DONE, secret=OTHER),
        {**signed(DONE), "data": '{"status":"failed"}'},
        {**signed(DONE), "data": b"\xff\xfe"},
    ],
    ids=["unsigned", "another's secret", "another body", "no text"],
)
def test_who_is_not_the_app_is_turned_away(delivery, forged):
    status, content = send(delivery.key, forged)

    assert (status, list(content)) == (401, ["error"])
    assert stand(delivery) == WAITS


def test_an_old_answer_is_turned_away(delivery):
    old = datetime.now(tz=UTC) - timedelta(minutes=6)

    assert send(delivery.key, signed(DONE, at=old))[0] == 401
    assert stand(delivery) == WAITS


def test_without_a_secret_nobody_can_answer(delivery):
    AppConnection.objects.for_integration(delivery.integration).delete()

    assert send(delivery.key, signed(DONE))[0] == 401


def test_another_integrations_secret_does_not_answer(delivery, workspace):
    other = factories.make_integration(workspace, "Trello")
    AppConnection.objects.create(integration=other, secrets={"signing_secret": OTHER})

    assert send(delivery.key, signed(DONE, secret=OTHER))[0] == 401


@pytest.mark.parametrize(
    "key",
    [
        *(
            "x",
            "{id}",
            "{id}.",
            "{id}.0",
            "{id}.2",
            "{id}.01",
            "{id}.-1",
            "{id}.\N{ARABIC-INDIC DIGIT ONE}",
            "{id}.1.1",
            "{{{id}}}.1",
        ),
        *("{hex}.1", "0195f6c4-0000-7000-8000-000000000001.1", "{id}.99999999999999999999"),
    ],
)
def test_an_unknown_key_is_not_there(delivery, key):
    found = key.format(id=delivery.id, hex=delivery.id.hex)

    assert send(found, signed(DONE))[0] == 404
    assert stand(delivery) == WAITS


@pytest.mark.parametrize(
    "content", ["", "no json", "[]", "[" * 15_000, "null", {"status": "maybe"}, {"status": ["done"]}, {}]
)
def test_what_is_not_understood_is_said(delivery, content):
    status, words = send(delivery.key, signed(content))

    assert (status, '"done"' in words["error"]) == (400, True)
    assert stand(delivery) == WAITS


def test_a_body_that_is_too_large_is_not_read_on(delivery):
    message = signed({"status": "done", "reason": "x" * 16 * 1024})

    assert send(delivery.key, message)[0] == 413
    assert stand(delivery) == WAITS


@pytest.mark.parametrize(
    ("status", "place"),
    [
        (Status.RUNNING, Place.HEAD),
        (Status.RETRYING, Place.HEAD),
        (Status.WAITING, Place.NEW),
        (Status.WAITING, Place.BEHIND),
        (Status.HELD, Place.PARKED),
    ],
)
def test_an_answer_that_comes_before_it_is_waited_for_is_asked_again(delivery, status, place):
    Delivery.objects.filter(pk=delivery.pk).update(status=status, place=place)

    answer = Client().post(reverse("callback", args=[delivery.key]), **signed(DONE))

    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "10")
    assert stand(delivery)[:2] == (status, place)


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_post_is_taken(delivery, method):
    assert getattr(Client(), method)(reverse("callback", args=[delivery.key])).status_code == 405


def test_who_insists_is_asked_to_wait_and_the_app_is_not(delivery):
    seen = {send(delivery.key, signed(DONE, secret=OTHER))[0] for _ in range(60)}
    late = Client().post(reverse("callback", args=[delivery.key]), **signed(DONE, secret=OTHER))

    assert seen == {401}
    assert late.status_code == 429
    assert 1 <= int(late.headers["Retry-After"]) <= 60
    assert send(delivery.key, signed(DONE))[0] == 200
