"""The webhook connector against a receiver that verifies, answers, answers badly, or not at all."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks import Webhook as Verifier

from integrations.delivery.connector import (
    Accepted,
    Context,
    Done,
    Entitlement,
    Event,
    Failed,
    Intent,
    Kind,
    LaneLostError,
    Order,
    Person,
    Retry,
)
from integrations.delivery.connectors.webhook import Webhook
from integrations.kit import outbound_wire as wire
from tests import receivers
from tests.receivers import OTHER, SECRET, answering

AT = datetime(2026, 11, 28, 13, 53, 18, tzinfo=UTC)
KEY = "0195f6c4-0000-7000-8000-000000000001.1"
ADA = {"userName": "ada@northwind.example", "displayName": "Ada", "active": True}


def event(**more) -> Event:
    values = {
        "type": "user.updated",
        "id": "0195f6c4-0000-7000-8000-00000000000a",
        "at": AT,
        "trace_id": "a" * 32,
        "actor": "Okta",
        "before": {**ADA, "title": "Dr"},
        "after": ADA,
        "delta": [{"path": "title", "before": "Dr", "after": None}],
    }
    return Event(**{**values, **more})


def order(**more) -> Order:
    return Order(**{"intent": Intent.UPDATE, "key": KEY, "sequence": 7, "event": event(), **more})


def connector(receiver, *, secrets: dict[str, str] | None = None, **more) -> Webhook:
    context = Context(
        settings={"url": receiver.url, **more.pop("settings", {})},
        secrets={"signing_secret": SECRET} if secrets is None else secrets,
        integration_id="0195f6c4-0000-7000-8000-0000000000ff",
        integration_name="Hootsuite",
        callback_url=lambda key: f"https://gateway.example/callbacks/{key}/",
        **more,
    )
    return Webhook(context)


@pytest.mark.parametrize("status", [200, 202, 307, 400])
def test_a_secret_that_the_receiver_says_back_is_shown_to_nobody(receiver, status):
    key = "k-very-secret-4711"
    body = f'{{"{"x" * 2030}": "{key}", "{key}": ["Sent {key}"]}}'.encode()
    receiver.usual = answering(status, f"Location: https://new.example/{key}\r\n", body)
    secrets = {"signing_secret": SECRET, "header_value": key}
    hook = connector(receiver, secrets=secrets, settings={"header_name": "X-Key"})

    shown = repr([hook.carry(order()), hook.test(), hook.context.exchanges])

    assert receiver.messages[0].headers["x-key"] == key
    assert "k-very" not in shown


def test_a_message_tells_the_whole_change(receiver):
    outcome = connector(receiver).carry(order())

    (message,) = receiver.messages
    assert isinstance(outcome, Done)
    assert (message.id, message.headers["webhook-sequence"]) == (KEY, "7")
    assert message.headers["content-type"] == "application/json"
    assert message.content == {
        "type": "user.updated",
        "timestamp": "2026-11-28T13:53:18.000Z",
        "data": {
            "event_id": "0195f6c4-0000-7000-8000-000000000001",
            "resource_type": "User",
            "resource_id": "0195f6c4-0000-7000-8000-00000000000a",
            "before": {**ADA, "title": "Dr"},
            "after": ADA,
            "delta": [{"path": "title", "before": "Dr", "after": None}],
            "entitlement": None,
            "actor": "Okta",
            "trace_id": "a" * 32,
            "integration": {"id": "0195f6c4-0000-7000-8000-0000000000ff", "name": "Hootsuite"},
        },
        "callback_url": f"https://gateway.example/callbacks/{KEY}/",
    }
    assert outcome.proof.seen["answer"] == '{"ok":true}'


def test_a_membership_names_what_is_granted(receiver):
    told = event(
        type="group.member_added",
        before=None,
        after=None,
        delta=[],
        entitlement=Entitlement("Editors", "Editors", "g1"),
    )

    connector(receiver).carry(order(intent=Intent.GRANT, event=told))

    data = receiver.messages[0].content["data"]
    assert data["resource_type"] == "User"
    assert data["entitlement"] == {"value": "Editors", "name": "Editors", "group_id": "g1"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (answering(204, body=b""), Done),
        (answering(202), Accepted),
        (answering(302, "Location: https://new.example/hook\r\n"), (Kind.GONE, 302)),
        (answering(400), (Kind.INVALID, 400)),
        (answering(401), (Kind.AUTH, 401)),
        (answering(402), (Kind.LICENCE, 402)),
        (answering(403), (Kind.PERMISSION, 403)),
        (answering(404), (Kind.NOT_FOUND, 404)),
        (answering(409), (Kind.CONFLICT, 409)),
        (answering(410), (Kind.GONE, 410)),
        (answering(418), (Kind.INVALID, 418)),
        (answering(429, "Retry-After: 30\r\n"), timedelta(seconds=30)),
        (answering(500), None),
        (answering(502), None),
        (answering(503, "Retry-After: 7\r\n"), timedelta(seconds=7)),
        (answering(504, "Retry-After: soon\r\n"), None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70_000, Done),
    ],
)
def test_what_an_answer_means(receiver, answer, expected):
    receiver.answers.append(answer)

    outcome = connector(receiver).carry(order())

    if isinstance(outcome, Failed):
        assert (outcome.kind, outcome.status) == expected
        assert outcome.reason
        assert outcome.fix
    elif isinstance(outcome, Retry):
        assert (outcome.of_app, outcome.timed_out, outcome.after) == (True, False, expected)
    else:
        assert type(outcome) is expected
    assert len(receiver.messages) == 1


def test_an_answer_that_comes_later_is_waited_for_without_asking(receiver):
    receiver.answers.append(answering(202))

    outcome = connector(receiver).carry(order())

    assert isinstance(outcome, Accepted)
    assert outcome.check_after is None


def test_retry_after_may_be_a_date(receiver, clock):
    clock.move_to(AT, tick=False)
    at = format_datetime(AT + timedelta(minutes=3), usegmt=True)
    receiver.answers.append(answering(429, f"Retry-After: {at}\r\n"))

    outcome = connector(receiver).carry(order())

    assert isinstance(outcome, Retry)
    assert outcome.after == timedelta(minutes=3)


def test_a_redirect_names_where_it_leads_and_is_not_followed(receiver):
    receiver.answers.append(answering(307, "Location: https://new.example/hook\r\n"))

    outcome = connector(receiver).carry(order())

    assert isinstance(outcome, Failed)
    assert outcome.reason == "The address moved to https://new.example/hook (307)."
    assert len(receiver.messages) == 1


def test_a_receiver_that_hangs_has_timed_out_and_gets_the_same_message_again(receiver, monkeypatch):
    monkeypatch.setattr(wire, "WHOLE_S", 0.5)
    over = threading.Event()
    receiver.answers.append(receivers.hang(over))

    outcome = connector(receiver).carry(order())
    over.set()
    again = connector(receiver).carry(order(is_repeat=True))

    assert isinstance(outcome, Retry)
    assert outcome.timed_out
    assert isinstance(again, Done)
    first, second = receiver.messages
    assert (first.id, first.body) == (second.id, second.body)


def test_a_connection_that_is_dropped_after_reading_is_tried_again(receiver):
    receiver.answers.append(receivers.drop)

    outcome = connector(receiver).carry(order())

    assert isinstance(outcome, Retry)
    assert (outcome.of_app, outcome.timed_out) == (True, False)
    assert len(receiver.messages) == 1


def test_nobody_at_the_address_is_tried_again(loopback):
    with receivers.receiving() as gone:
        pass

    assert isinstance(connector(gone).carry(order()), Retry)


def test_an_address_that_is_not_allowed_is_named_and_nothing_is_sent(receiver, settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = []

    outcome = connector(receiver).carry(order())

    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.PERMISSION
    assert receiver.messages == receiver.forged == []


def test_while_a_secret_is_replaced_both_verify(receiver):
    connector(receiver, secrets={"signing_secret": OTHER, "previous_signing_secret": SECRET}).carry(order())

    (message,) = receiver.messages
    assert len(message.headers["webhook-signature"].split(" ")) == 2
    for secret in (SECRET, OTHER):
        Verifier(secret).verify(message.body, message.headers)


def test_another_secret_is_the_lanes_trouble(receiver):
    outcome = connector(receiver, secrets={"signing_secret": OTHER}).carry(order())

    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.AUTH
    assert receiver.messages == []


@pytest.mark.parametrize("missing", ["signing_secret", "header_value"])
def test_without_a_secret_nothing_is_sent_and_the_lane_waits(receiver, missing):
    secrets = {"signing_secret": SECRET, "header_value": "k"}
    del secrets[missing]

    outcome = connector(receiver, secrets=secrets, settings={"header_name": "X-Key"}).carry(order())

    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.AUTH
    assert missing in outcome.reason
    assert receiver.messages == receiver.forged == []


def test_a_further_header_is_sent_and_no_secret_is_noted(receiver):
    receiver.url += "?key=of-the-address"
    secrets = {"signing_secret": SECRET, "header_value": "quite-secret"}
    carrier = connector(receiver, secrets=secrets, settings={"header_name": "X-Api-Key"})

    carrier.carry(order())

    (message,) = receiver.messages
    assert message.headers["x-api-key"] == "quite-secret"
    (noted,) = carrier.context.exchanges
    assert (noted.status, noted.words) == (200, f"POST {receiver.url.partition('?')[0]}")
    for secret in ("quite-secret", SECRET, "v1,", "of-the-address"):
        assert secret not in str(noted)


def test_passwords_in_an_answer_are_not_kept(receiver):
    receiver.answers.append(answering(400, body=b'{"echo": {"password": "hunter2"}}'))
    carrier = connector(receiver)

    carrier.carry(order())

    assert "hunter2" not in str(carrier.context.exchanges)


def test_a_large_change_is_told_without_before_and_after(receiver):
    after = {**ADA, "title": "x" * 20_000}
    told = event(before=ADA, after=after, delta=[{"path": "nickName", "before": None, "after": "A"}])

    connector(receiver).carry(order(event=told))

    (message,) = receiver.messages
    data = message.content["data"]
    assert data["truncated"] is True
    assert "before" not in data
    assert "after" not in data
    assert data["delta"] == [{"path": "nickName", "before": None, "after": "A"}]
    assert len(message.body) < 20_000


def test_a_delta_that_does_not_fit_is_left_out_too(receiver):
    told = event(delta=[{"path": "title", "before": "é" * 10_000, "after": None}])

    connector(receiver).carry(order(event=told))

    (message,) = receiver.messages
    assert message.content["data"]["delta"] == []
    assert message.content["data"]["truncated"] is True
    assert message.content["data"]["resource_id"] == told.id


def test_what_an_admin_wrote_stands_in_the_place_of_data(receiver):
    connector(receiver).carry(order(override={"only": "this"}))

    content = receiver.messages[0].content
    assert (content["type"], content["data"]) == ("user.updated", {"only": "this"})


def test_what_an_admin_wrote_is_refused_when_too_large(receiver):
    outcome = connector(receiver).carry(order(override={"only": "x" * 20_000}))

    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.INVALID
    assert receiver.messages == []


def test_who_lost_the_lane_sends_nothing(receiver):
    def lost() -> None:
        raise LaneLostError

    with pytest.raises(LaneLostError):
        connector(receiver, check=lost).carry(order())

    assert receiver.messages == receiver.forged == []


def test_the_test_sends_a_signed_message_that_changes_nothing(receiver):
    (finding,) = connector(receiver).test()

    (message,) = receiver.messages
    assert finding.ok
    assert "gateway.test" in finding.words
    assert message.type == "gateway.test"
    assert "webhook-sequence" not in message.headers


@pytest.mark.parametrize("status", [401, 404, 410, 500])
def test_the_test_says_what_is_wrong(receiver, status):
    receiver.answers.append(answering(status))

    (finding,) = connector(receiver).test()

    assert not finding.ok
    assert str(status) in finding.words


def test_the_plan_shows_the_message_and_sends_nothing(receiver):
    (step,) = connector(receiver).plan(order())

    assert step.words == f"Send user.updated to {receiver.url.split('/')[2]}."
    assert '"type":"user.updated"' in step.detail
    assert receiver.messages == []


def test_the_plan_of_a_person_says_that_changes_are_told_as_they_happen(receiver):
    (step,) = connector(receiver).plan(order(event=None, person=Person(id="1", user_name="ada")))

    assert not step.effect
    assert receiver.messages == []
