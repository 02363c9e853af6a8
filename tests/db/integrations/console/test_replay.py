"""Replay: the changes since a moment are delivered once more."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.delivery.models import Delivery
from integrations.delivery.turns import controls, worker
from tests.db.console import path
from tests.db.scim import wire

Status = Delivery.Status


@pytest.fixture
def replay(integration):
    return path("console:deliveries-replay", integration)


def hidden(html: str) -> dict[str, str]:
    return dict(
        re.findall(r'<input type="hidden" name="(since|until|after_at|after_id)" value="([^"]+)"', html)
    )


def test_replay_says_how_many_changes_it_will_repeat_and_repeats_them(as_owner, live, app, clock, replay):
    live.person("ada")
    clock.shift(10)
    worker.drain(live.integration.pk)
    since = timezone.now()
    clock.shift(10)
    live.person("ben")
    worker.drain(live.integration.pk)
    app.accounts.clear()

    asked = as_owner.get(replay, {"since": f"{since:%Y-%m-%dT%H:%M:%S}"}).content.decode()
    answer = as_owner.post(replay, hidden(asked), follow=True).content.decode()
    clock.shift(1)
    worker.drain(live.integration.pk)

    assert "1 change since then" in asked
    assert "1 delivery was made." in answer
    assert list(app.accounts) == ["ben@northwind.example"]


def test_replay_goes_on_by_500_and_says_how_many_are_left(as_owner, live, monkeypatch, replay):
    monkeypatch.setattr(controls, "CHUNK", 2)
    since = timezone.now() - timedelta(minutes=1)
    person = live.person("ada")
    for title in "abcd":
        wire.patch(live, f"/Users/{person}", {"op": "replace", "path": "title", "value": title})
    before = Delivery.objects.for_integration(live.integration).count()

    page = as_owner.get(replay, {"since": since.isoformat()}).content.decode()
    assert "Deliver 2 changes once more" in page
    page = as_owner.post(replay, hidden(page)).content.decode()
    assert "3 changes are left" in page
    page = as_owner.post(replay, hidden(page)).content.decode()
    assert "1 change is left" in page
    as_owner.post(replay, hidden(page))

    made = Delivery.objects.for_integration(live.integration).count() - before
    assert made == 5


@pytest.mark.parametrize(
    ("since", "problem"),
    [("nonsense", "Enter a valid date"), ("2999-01-01T00:00", "still to come"), ("", "required")],
)
def test_replay_refuses_no_moment(as_owner, live, replay, since, problem):
    answer = as_owner.get(replay, {"since": since})

    assert answer.status_code == 422
    assert problem in answer.content.decode()


def test_replay_is_refused_while_nothing_is_delivered(as_owner, integration, replay):
    now = timezone.now().isoformat()

    answer = as_owner.post(replay, {"since": now, "until": now}, follow=True)

    assert "Delivery is not switched on here." in answer.content.decode()
