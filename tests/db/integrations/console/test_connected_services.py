"""Connected services: addresses, tokens, alarms, and the live card."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations import tokens
from integrations.models import GatewayToken
from tests import factories
from tests.db.console import path


@pytest.fixture
def show(as_owner, integration):
    """The page's words, tags and runs of blanks taken out."""

    def shown(name: str = "console:connected-services") -> str:
        html = as_owner.get(path(name, integration)).content.decode()
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))

    return shown


def test_the_addresses_are_absolute(as_owner, integration):
    html = as_owner.get(path("console:connected-services", integration)).content.decode()

    assert f'value="http://testserver/scim/v2/{integration.pk}"' in html
    assert f'value="http://testserver/go/{integration.pk}"' in html


def test_public_url_wins_over_the_host_that_was_asked(as_owner, integration, settings):
    settings.PUBLIC_URL = "https://gateway.example.com"

    html = as_owner.get(path("console:connected-services", integration)).content.decode()

    assert f'value="https://gateway.example.com/scim/v2/{integration.pk}"' in html
    assert "How to change that" not in html


@pytest.mark.parametrize(
    ("base", "says"),
    [
        pytest.param(
            "http://127.0.0.1:8000", "The SCIM Gateway URL leads to this machine alone.", id="loopback"
        ),
        pytest.param("http://gateway.example.com", "The SCIM Gateway URL is not https.", id="http"),
    ],
)
def test_an_address_that_no_cloud_can_reach_is_said(show, as_owner, workspace, settings, base, says):
    settings.PUBLIC_URL = base

    assert says in show()
    assert "PUBLIC_URL" in as_owner.get(f"/w/{workspace.slug}/help/reach/").content.decode()


def test_without_a_token_there_is_the_button_alone(show):
    page = show()

    assert "Generate token" in page
    assert "More options" not in page
    assert "Waiting for the first request" not in page


def test_with_a_token_there_is_the_menu_alone(as_owner, integration, issued):
    html = as_owner.get(path("console:connected-services", integration)).content.decode()

    assert 'aria-label="More options"' in html
    assert 'id="generate-form"' not in html
    assert "Not used yet" in html
    assert f"{issued.token.shown_name}…" in html


def test_after_the_last_token_ended_the_button_is_back(show, as_owner, integration, issued):
    tokens.revoke(issued.token, by=factories.OPERATOR)

    page = show()

    assert "Generate token" in page
    assert "No token works any more: every request is refused until you generate one." in page
    assert "Revoked" in page


def test_with_two_tokens_each_is_revoked_by_its_name(show, integration, issued):
    young = tokens.rotate(integration, by=factories.OPERATOR, overlap=timedelta(hours=1)).token

    page = show()

    assert f"Revoke {young.shown_name}" in page
    assert f"Revoke {issued.token.shown_name}" in page
    assert "Being replaced" in page


def test_a_token_row_tells_who_made_it_and_who_used_it_last(show, provider):
    provider.send("GET", "/Users?count=1")
    provider.send("GET", "/Users?count=100")

    page = show()

    assert re.search(r"Command line just now Okta · 127\.0\.0\.1", page)
    assert "Active" in page


def test_an_extended_overlap_is_an_alarm(show, integration, provider, time_machine):
    provider.send("GET", "/Users")
    tokens.rotate(integration, by=factories.OPERATOR, overlap=timedelta(hours=1))
    time_machine.move_to(timezone.now() + timedelta(minutes=61))

    assert "The new token has not been used yet. The overlap was extended once" in show()


def test_the_shortcut_says_when_it_leads_nowhere(show, integration):
    integration.sign_in_url = ""
    integration.save()

    assert "the app's sign-in page is not known" in show().replace("&#x27;", "'")


def test_a_name_cannot_break_the_page(as_owner, integration):
    integration.name = integration.app = "<script>alert(1)</script>"
    integration.save()

    html = as_owner.get(path("console:connected-services", integration)).content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


@pytest.mark.parametrize(
    ("age", "every"),
    [
        pytest.param(timedelta(0), "every 3s", id="at first"),
        pytest.param(timedelta(minutes=6), "every 15s", id="after five minutes"),
        pytest.param(timedelta(minutes=31), None, id="after half an hour"),
    ],
)
def test_the_card_asks_ever_more_rarely(as_owner, integration, issued, age, every):
    GatewayToken.objects.update(created_at=issued.token.created_at - age)

    html = as_owner.get(path("console:connection", integration)).content.decode()

    assert "Waiting for the first request…" in html
    assert re.findall(r'hx-trigger="([^"]+)"', html) == ([every] if every else [])


def test_the_card_stops_asking_and_renews_the_page_once_connected(as_owner, provider):
    provider.send("GET", "/Users")

    answer = as_owner.get(path("console:connection", provider.integration))

    assert "Connected (Okta)" in answer.content.decode()
    assert "hx-trigger" not in answer.content.decode()
    assert path("console:connected-services", provider.integration) in answer["HX-Location"]


def test_the_card_waits_for_the_new_token_while_the_old_one_is_used(as_owner, integration, provider):
    provider.send("GET", "/Users")
    young = tokens.rotate(integration, by=factories.OPERATOR, overlap=timedelta(hours=1))
    card = path("console:connection", integration)

    waiting = as_owner.get(card)
    provider.send("GET", "/Users", token=young.text)
    proven = as_owner.get(card)

    assert "The new token has not been used yet." in waiting.content.decode()
    assert "HX-Location" not in waiting
    assert "The new token has been in use since" in proven.content.decode()


def test_asking_does_not_count_as_being_at_work(as_owner, integration, issued, time_machine):
    as_owner.get(path("console:connected-services", integration))
    time_machine.move_to(timezone.now() + timedelta(minutes=20))
    as_owner.get(path("console:connection", integration))
    time_machine.move_to(timezone.now() + timedelta(minutes=11))

    answer = as_owner.get(path("console:connection", integration), headers={"HX-Request": "true"})

    assert answer.status_code == 401
