"""Where an integration stands: computed from tokens, requests and the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations import catalog, tokens
from integrations.traffic import standing
from integrations.traffic.standing import Delivering, State
from tests import factories
from tests.db import console

AN_HOUR = timedelta(hours=1)


def test_without_a_token_it_is_a_draft(integration):
    stands = standing.of(integration)

    assert (stands.state, stands.has_live_token, stands.expires_at) == (State.DRAFT, False, None)
    assert stands.next_step == "Generate a token on Connected services."


def test_with_a_token_it_waits_for_the_provider(integration, issued):
    stands = standing.of(integration)

    assert stands.state == State.WAITING
    assert stands.expires_at == issued.token.expires_at


def test_an_accepted_request_connects_it(provider):
    provider.send("GET", "/Users")

    stands = standing.of(provider.integration)

    assert (stands.state, stands.idp, stands.alarms) == (State.CONNECTED, "okta", [])
    assert stands.label == "Connected (observing)"


@pytest.mark.parametrize(
    ("idp", "quiet", "state"),
    [
        pytest.param("entra", timedelta(hours=2), State.CONNECTED, id="Entra ID between two cycles"),
        pytest.param("entra", timedelta(hours=4), State.SILENT, id="Entra ID after three hours"),
        pytest.param("okta", timedelta(days=6), State.CONNECTED, id="Okta within a week"),
        pytest.param("okta", timedelta(days=8), State.SILENT, id="Okta after a week"),
    ],
)
def test_silence_is_judged_by_the_providers_habits(provider, time_machine, idp, quiet, state):
    provider.send("GET", "/Users")
    provider.integration.idp = idp
    time_machine.move_to(timezone.now() + quiet)

    assert standing.of(provider.integration).state == state


def test_no_token_that_works_needs_attention(provider):
    provider.send("GET", "/Users")
    tokens.revoke(provider.issued.token, by=factories.OPERATOR)

    stands = standing.of(provider.integration)

    assert stands.state == State.ATTENTION
    assert stands.cause == "No token works any more: every request is refused until you generate one."


def test_a_refused_token_needs_attention_for_an_hour(provider, time_machine):
    provider.send("GET", "/Users")
    provider.send("GET", "/Users", token="wrong")
    provider.send("GET", "/Users", token="wrong")
    now = timezone.now()

    fresh = standing.of(provider.integration)
    time_machine.move_to(now + timedelta(minutes=62))
    later = standing.of(provider.integration)

    assert fresh.alarms == ["2 requests were refused for their token in the last hour."]
    assert (fresh.state, later.state) == (State.ATTENTION, State.CONNECTED)


def test_a_refusal_is_answered_by_the_next_accepted_request(provider):
    provider.send("GET", "/Users", token="wrong")
    before = standing.of(provider.integration).state
    provider.send("GET", "/Users")

    assert (before, standing.of(provider.integration).state) == (State.ATTENTION, State.CONNECTED)


@pytest.mark.parametrize(
    ("days_left", "state"),
    [pytest.param(13, State.ATTENTION, id="13 days"), pytest.param(15, State.WAITING, id="15 days")],
)
def test_a_token_that_expires_soon_needs_attention(integration, days_left, state):
    factories.make_token(integration, life=timedelta(days=days_left))

    assert standing.of(integration).state == state


def test_a_successor_answers_an_expiry(integration):
    factories.make_token(integration, life=timedelta(days=3))
    young = tokens.rotate(integration, by=factories.OPERATOR, overlap=AN_HOUR)

    stands = standing.of(integration)

    assert (stands.state, stands.alarms) == (State.WAITING, [])
    assert stands.expires_at == young.token.expires_at


def test_an_extended_overlap_needs_attention(provider, time_machine):
    provider.send("GET", "/Users")
    tokens.rotate(provider.integration, by=factories.OPERATOR, overlap=AN_HOUR)
    time_machine.move_to(timezone.now() + timedelta(minutes=61))

    (alarm,) = standing.of(provider.integration).alarms

    assert "The overlap was extended once" in alarm
    assert provider.issued.token.shown_name in alarm


def test_archived_wins_over_everything(provider):
    provider.send("GET", "/Users", token="wrong")
    catalog.archive(provider.integration, by=factories.OPERATOR)
    provider.integration.refresh_from_db()

    stands = standing.of(provider.integration)

    assert (stands.state, stands.badge) == (State.ARCHIVED, "")


def test_many_cost_three_queries(workspace):
    senders = [console.provider(factories.make_integration(workspace, f"App {n}")) for n in range(4)]
    for sender in senders:
        sender.send("GET", "/Users", token="wrong")

    with CaptureQueriesContext(connection) as captured:
        found = standing.of_many([sender.integration for sender in senders])

    assert len(captured) == 3
    assert {stands.state for stands in found.values()} == {State.ATTENTION}


@pytest.mark.parametrize(
    ("going", "state", "cause"),
    [
        pytest.param(Delivering(), State.OPERATIONAL, "their changes are delivered", id="fine"),
        pytest.param(Delivering(waiting=7), State.OPERATIONAL, "their changes are delivered", id="waiting"),
        pytest.param(Delivering(failed=1), State.ATTENTION, "1 delivery failed.", id="one failed"),
        pytest.param(Delivering(failed=1_001), State.ATTENTION, "1000+ deliveries failed.", id="many failed"),
        pytest.param(Delivering(is_held=True, held_for="Bad key."), State.ATTENTION, "Bad key.", id="held"),
        pytest.param(Delivering(trouble="503."), State.ATTENTION, "The app is not reached: 503.", id="down"),
        pytest.param(Delivering(is_paused=True, failed=3), State.PAUSED, "Delivery is paused.", id="paused"),
    ],
)
def test_where_it_delivers_the_lane_has_its_say(provider, going, state, cause):
    provider.send("GET", "/Users")

    stands = standing.of(provider.integration, {provider.integration.pk: going})

    assert stands.state == state
    assert cause in stands.cause


def test_a_token_that_is_refused_comes_before_deliveries_that_failed(provider):
    tokens.revoke(provider.issued.token, by=factories.OPERATOR)

    stands = standing.of(provider.integration, {provider.integration.pk: Delivering(failed=2)})

    assert "No token works any more" in stands.cause
    assert stands.delivering == Delivering(failed=2)
