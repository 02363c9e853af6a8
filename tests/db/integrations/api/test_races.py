"""Scripts that act at the same moment."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from integrations import tokens
from integrations.models import Integration
from tests import factories
from tests.api import Api

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Any) -> list[Any]:
    """The answers to calls that are made at the same moment, the smallest status first."""
    answers: list[Any] = []
    start = threading.Barrier(len(calls))

    def run(call: Any) -> None:
        start.wait()
        try:
            answers.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers, key=lambda answer: answer.status_code)


def test_of_two_who_replace_one_token_at_once_one_wins_and_the_other_is_told_how_it_stands():
    integration = factories.make_integration(factories.make_workspace())
    factories.make_token(integration)
    scripts = [Api(integration.workspace) for _ in range(2)]
    path = f"integrations/{integration.pk}/tokens/rotate/"

    won, lost = at_once(*[lambda api=api: api.call("POST", path, {}) for api in scripts])

    assert (won.status_code, lost.status_code) == (201, 409)
    assert {token["public_id"] for token in lost.json()["tokens"]} == {
        token.public_id for token in tokens.live(integration)
    }
    assert len(tokens.live(integration)) == 2


def test_of_two_equal_requests_at_once_the_second_gets_the_first_ones_answer():
    api = Api(factories.make_workspace())

    def send() -> Any:
        return api.call("POST", "integrations/", {"name": "Miro"}, idempotency_key="a")

    answers = at_once(send, send, send)

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Integration.objects.count() == 1


def test_of_two_changes_of_one_reading_one_is_refused():
    integration = factories.make_integration(factories.make_workspace())
    api = Api(integration.workspace)
    path = f"integrations/{integration.pk}/"
    etag = api.call("GET", path)["ETag"]

    answers = at_once(
        *[
            lambda name=name: api.call("PATCH", path, {"name": name}, if_match=etag)
            for name in ("Hootsuite EU", "Hootsuite US")
        ]
    )

    assert [answer.status_code for answer in answers] == [200, 412]
    assert answers[0].json()["name"] == Integration.objects.get().name


def test_members_who_are_changed_at_once_wait_for_each_other():
    workspace = factories.make_workspace()
    people = [factories.make_member(workspace) for _ in range(4)]
    api = Api(workspace)

    answers = at_once(
        *[lambda one=one: api.call("PATCH", f"members/{one.pk}/", {"role": "member"}) for one in people]
    )

    assert [answer.status_code for answer in answers] == [200] * 4
