"""One delivery: its whole story, and what people do with it."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from django.utils.html import escape

from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.delivery.models import Attempt, Delivery, Task
from integrations.delivery.turns import worker
from tests import factories
from tests.db.console import path
from tests.db.integrations.console.conftest import deliveries

Status = Delivery.Status


def record(delivery: Delivery, name: str = "record") -> str:
    return path(f"console:delivery-{name}", delivery.integration, delivery_id=delivery.id)


def done(workspace, event: Event) -> list[dict]:
    entries = AuditEntry.objects.for_workspace(workspace).filter(action=event)
    return [entry.detail for entry in entries.order_by("at", "pk")]


def test_one_delivery_tells_its_whole_story(as_owner, live, dead):
    page = as_owner.get(record(dead)).content.decode()

    story = [
        *("Request received", "ada@northwind.example added", "Answered 201"),
        *(f"Delivery {dead.number}: Create the account", "Try 1: refused", "No seats are left."),
        *("PUT /accounts/ada@northwind.example: answered 200 after 7 ms", "&quot;a&quot;: 1"),
        *("Buy one, then retry.", dead.key, dead.trace_id),
    ]
    assert [words for words in story if words not in page] == []
    at = [page.index(words) for words in ("Request received", "Answered 201", "Try 1: refused")]
    assert at == sorted(at)


def test_one_delivery_costs_the_same_however_many_tries(as_owner, live, dead, queries):
    few = queries(as_owner, record(dead))
    rows = [
        Attempt(delivery=dead, number=number, started_at=timezone.now(), result="retry")
        for number in range(2, 31)
    ]
    Attempt.objects.bulk_create(rows)
    Delivery.objects.for_integration(live.integration).filter(pk=dead.pk).update(attempts=30)

    assert queries(as_owner, record(dead)) == few <= 18
    page = as_owner.get(record(dead)).content.decode()
    assert "10 earlier tries" in page
    assert page.count("not now") == 20


def test_a_request_shows_what_became_of_its_change(as_owner, live):
    live.person("ben")
    worker.drain(live.integration.pk)
    (made,) = deliveries(live, "ben")
    page = as_owner.get(record(made)).content.decode()
    request = re.findall(r'href="([^"]+/activity/[0-9a-f-]{36}/)"', page)[0]

    shown = as_owner.get(request).content.decode()

    for words in ("Proof: it has arrived", "Written.", "Digest", "In Hootsuite", "later", record(made)):
        assert words in shown
    assert "Next try" not in shown


def test_a_person_shows_their_changes_with_what_reached_the_app(as_owner, live):
    person = live.person("ben")
    worker.drain(live.integration.pk)
    (made,) = deliveries(live, "ben")

    page = as_owner.get(path("people:user", live.integration, user_id=person)).content.decode()

    assert "Proof: it has arrived" in page
    assert record(made) in page


def test_retry_sends_it_again(as_owner, workspace, app, live, dead):
    answer = as_owner.post(record(dead, "retry"), follow=True)
    worker.drain(live.integration.pk)

    dead.refresh_from_db()
    assert f"Delivery {dead.number} is tried again." in answer.content.decode()
    assert (dead.status, dead.attempts) == (Status.DELIVERED, 2)
    assert "ada@northwind.example" in app.accounts
    assert done(workspace, Event.DELIVERY_RETRIED) == [{"number": 1, "deliveries": [dead.number]}]


@pytest.mark.parametrize("verb", ["retry", "skip", "edit", "hand-over"])
def test_what_has_ended_stays_as_it_is(as_owner, live, verb):
    (ended,) = deliveries(live, "lasting")

    values = {"reason": "x", "override": "{}"}
    answer = as_owner.post(record(ended, verb), values, follow=True)

    ended.refresh_from_db()
    assert ended.status == Status.DELIVERED
    assert "has ended, or is being carried right now" in answer.content.decode()
    assert escape(record(ended, "retry")) not in answer.content.decode()


@pytest.mark.parametrize("verb", ["retry", "skip", "edit", "hand-over"])
def test_what_the_safety_brake_holds_waits_for_its_decision(as_owner, integration, verb):
    held = factories.make_delivery(
        integration, intent="deactivate", status=Status.HELD, place=3, brake=Delivery.Brake.HELD
    )

    answer = as_owner.post(record(held, verb), {"reason": "x", "override": "{}"}, follow=True)

    held.refresh_from_db()
    assert (held.status, held.place, held.brake) == (Status.HELD, 3, Delivery.Brake.HELD)
    assert "The safety brake holds this delivery until somebody decides." in answer.content.decode()
    assert path("console:deliveries-held", integration) in answer.content.decode()


def test_skip_asks_why_and_keeps_it(as_owner, workspace, live, dead):
    asked = as_owner.get(record(dead, "skip")).content.decode()
    empty = as_owner.post(record(dead, "skip"), {"reason": "  "})
    answer = as_owner.post(record(dead, "skip"), {"reason": "Left last week"}, follow=True)

    dead.refresh_from_db()
    assert "Create the account: ada@northwind.example" in asked
    assert empty.status_code == 422
    assert (dead.status, dead.place, dead.problem) == (Status.SKIPPED, None, "Left last week")
    assert "Left last week" in answer.content.decode()
    assert done(workspace, Event.DELIVERY_SKIPPED)[0]["reason"] == "Left last week"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("{nonsense", "This is not JSON", id="no JSON"),
        pytest.param("[1]", "This is no JSON object", id="a list"),
        pytest.param('{"a": ' + "[" * 9000 + "]" * 9000 + "}", "This is nested too deeply", id="deep"),
        pytest.param('{"a": NaN}', "no JSON number", id="NaN"),
        pytest.param('{"a": 1e999}', "a number that is too large", id="infinite"),
        pytest.param(r'{"a": "\ud800"}', "a character that cannot be kept", id="half a character"),
        pytest.param(r'{"\u0000": 1}', "a character that cannot be kept", id="NUL"),
        pytest.param("", "This field is required", id="nothing"),
        pytest.param('{"a": "' + "x" * 20_001 + '"}', "at most 20000 characters", id="too long"),
    ],
)
def test_what_is_sent_instead_is_judged(as_owner, dead, text, problem):
    answer = as_owner.post(record(dead, "edit"), {"override": text})

    dead.refresh_from_db()
    assert answer.status_code == 422
    assert problem in answer.content.decode()
    assert (dead.revision, dead.override) == (1, None)


def test_edit_starts_from_what_would_be_sent_and_goes_out_under_a_new_key(as_owner, app, live, dead):
    asked = as_owner.get(record(dead, "edit")).content.decode()
    as_owner.post(record(dead, "edit"), {"override": '{"user_name": "ada.l"}'})
    worker.drain(live.integration.pk)

    dead.refresh_from_db()
    assert "&quot;user_name&quot;: &quot;ada@northwind.example&quot;" in asked
    assert app.orders[-1].override == {"user_name": "ada.l"}
    assert (dead.status, dead.key) == (Status.DELIVERED, f"{dead.id}.2")
    assert "revision 2" in as_owner.get(record(dead)).content.decode()


def test_hand_over_makes_a_task(as_owner, live, dead):
    answer = as_owner.post(record(dead, "hand-over"), follow=True)

    dead.refresh_from_db()
    assert dead.status == Status.WITH_PERSON
    assert Task.objects.for_integration(live.integration).get().delivery == dead
    assert f"Delivery {dead.number} is a task now." in answer.content.decode()
    assert "Hand over to a person" not in answer.content.decode()
