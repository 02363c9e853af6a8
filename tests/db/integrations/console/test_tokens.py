"""The token dialogs: what is shown, how often, and to whom."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client

from integrations import tokens
from integrations.audit.models import AuditEntry
from integrations.models import GatewayToken
from tests import factories, sessions
from tests.db.console import path

TOKEN = re.compile(r"cgw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def generate(integration):
    return path("console:token-generate", integration)


@pytest.fixture
def new(integration):
    return path("console:token-new", integration)


@pytest.fixture
def services(integration):
    return path("console:connected-services", integration)


def sent(**fields: str) -> dict[str, str]:
    """The New token form, filled in."""
    return {"form_key": str(factories.form_key()), "overlap": "60", "life": "365", **fields}


def token_in(answer) -> str:
    found = set(TOKEN.findall(answer.content.decode()))
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("headers", [{}, FRAGMENT], ids=["as a page", "as a fragment"])
def test_a_first_token_is_shown_in_the_answer_that_made_it(as_owner, generate, integration, headers):
    answer = as_owner.post(generate, {"form_key": factories.form_key()}, headers=headers)

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert tokens.verify(f"Bearer {token_in(answer)}", integration.pk).integration == integration
    assert ("<html" in answer.content.decode()) is (not headers)


def test_a_shown_token_is_kept_nowhere(as_owner, generate, services, caplog):
    token = token_in(as_owner.post(generate, {"form_key": factories.form_key()}))

    secret = token.rpartition("_")[2][:32]
    for model in apps.get_models():
        assert secret not in str(list(model._default_manager.values())), model
    assert secret not in str(dict(as_owner.session))
    assert secret not in str(as_owner.cookies)
    assert secret not in caplog.text
    assert secret not in as_owner.get(services).content.decode()


def test_the_same_form_sent_twice_makes_one_token(as_owner, generate, integration):
    form = {"form_key": factories.form_key()}
    as_owner.post(generate, form)

    again = as_owner.post(generate, form)

    assert again.status_code == 409
    assert "This form was already sent" in again.content.decode()
    assert not TOKEN.search(again.content.decode())
    assert GatewayToken.objects.for_integration(integration).count() == 1


def test_a_second_first_token_is_refused(as_owner, generate, issued):
    answer = as_owner.post(generate, {"form_key": factories.form_key()}, headers=FRAGMENT)

    assert answer.status_code == 409
    assert "already has a token that works" in answer.content.decode()


def test_new_token_says_what_happens_and_offers_the_overlaps(as_owner, new, issued):
    text = as_owner.get(new).content.decode()

    assert (
        "When the old token stops, provisioning stops until your identity provider has the new one." in text
    )
    assert issued.token.shown_name in text
    assert re.findall(r'name="overlap" value="(\d+)"', text) == ["60", "1440", "0"]


def test_a_cyclic_provider_is_recommended_two_cycles(as_owner, new, issued, integration):
    integration.idp = "entra"
    integration.save()

    text = as_owner.get(new).content.decode()

    assert re.findall(r'name="overlap" value="(\d+)"', text) == ["80", "60", "1440", "0"]
    assert "<span>Keep it for 80 minutes</span><small>Recommended." in text


def test_a_new_token_leaves_the_old_one_its_overlap(as_owner, new, issued, integration):
    token = token_in(as_owner.post(new, sent(life="90"), headers=FRAGMENT))

    old, young = tokens.live(integration)
    assert old == issued.token
    assert old.overlap == timedelta(hours=1)
    assert token.startswith(young.shown_name)
    assert young.expires_at is not None
    assert young.expires_at - young.created_at == pytest.approx(timedelta(days=90), abs=timedelta(seconds=5))


def test_without_overlap_the_old_token_stops_now(as_owner, new, issued, integration):
    answer = as_owner.post(new, sent(overlap="0", life="0"))

    (only,) = tokens.live(integration)
    assert only.expires_at is None
    assert "has stopped" in answer.content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"overlap": "7"}, id="an overlap that is not offered"),
        pytest.param({"life": "9999"}, id="a life that is not offered"),
        pytest.param({"form_key": "x"}, id="no form key"),
    ],
)
def test_a_choice_that_is_not_offered_makes_nothing(as_owner, new, issued, integration, wrong):
    answer = as_owner.post(new, sent(**wrong))

    assert answer.status_code == 422
    assert tokens.live(integration) == [issued.token]


def test_two_admins_at_once_make_one_token(as_owner, as_admin, new, issued, integration):
    as_owner.post(new, sent())

    answer = as_admin.post(new, sent(), headers=FRAGMENT)

    assert answer.status_code == 409
    assert "Revoke one first." in answer.content.decode()
    assert len(tokens.live(integration)) == 2


def test_new_token_is_refused_before_anything_is_chosen(as_owner, new, integration):
    assert "Use Generate token." in as_owner.get(new).content.decode()
    old = factories.make_token(integration)
    tokens.rotate(integration, by=factories.OPERATOR, overlap=timedelta(hours=1))

    answer = as_owner.get(new)

    assert answer.status_code == 409
    assert "Two tokens work already" in answer.content.decode()
    assert old.token in tokens.live(integration)


@pytest.mark.parametrize("name", ["console:token-generate", "console:token-new"])
@pytest.mark.parametrize("headers", [{}, FRAGMENT], ids=["page", "fragment"])
def test_an_old_sign_in_is_confirmed_first_and_nothing_is_made(owner, integration, services, name, headers):
    client = sessions.sign_in(Client(), owner, age=timedelta(minutes=11))

    answer = client.post(path(name, integration), sent(), headers=headers)

    target = answer["HX-Redirect"] if headers else answer["Location"]
    assert target == f"/sign-in/confirm/?next={services.replace('/', '%2F')}"
    assert not GatewayToken.objects.for_integration(integration).exists()


def test_revoke_says_what_stops_in_numbers(as_owner, provider):
    provider.person("brand.lead")
    provider.send("GET", "/Users")

    page = as_owner.get(path("console:token-revoke", provider.integration, token_id=provider.issued.token.pk))

    text = page.content.decode()
    assert "1 person stays as they are." in text
    assert re.search(r"It was last used <time[^>]+>just now</time> by Okta", text)


def test_revoke_needs_the_name(as_owner, integration, issued):
    here = path("console:token-revoke", integration, token_id=issued.token.pk)

    answer = as_owner.post(here, {"confirm": "hootsuit"})

    assert answer.status_code == 422
    assert "This is not the name." in answer.content.decode()
    assert tokens.live(integration) == [issued.token]


def test_revoke_stops_the_next_request(as_owner, owner, provider, services):
    here = path("console:token-revoke", provider.integration, token_id=provider.issued.token.pk)

    answer = as_owner.post(here, {"confirm": "Hootsuite"})

    assert answer["Location"] == services
    assert provider.send("GET", "/Users")[0] == 401
    assert AuditEntry.objects.for_workspace(owner.workspace).filter(
        action="token.revoked", actor_label=owner.user.email
    )


def test_a_token_that_stopped_meanwhile_has_nothing_to_revoke(as_owner, integration, issued):
    tokens.revoke(issued.token, by=factories.OPERATOR)
    here = path("console:token-revoke", integration, token_id=issued.token.pk)

    answer = as_owner.post(here, {"confirm": "Hootsuite"}, headers=FRAGMENT)

    assert answer.status_code == 409
    assert f"{issued.token.shown_name} stopped already" in answer.content.decode()


def test_revoking_the_new_token_says_that_the_old_one_stays(as_owner, integration, issued):
    young = tokens.rotate(integration, by=factories.OPERATOR, overlap=timedelta(hours=1)).token
    here = path("console:token-revoke", integration, token_id=young.pk)

    assert f"{issued.token.shown_name} keeps working" in as_owner.get(here).content.decode()
    as_owner.post(here, {"confirm": "Hootsuite"})

    (only,) = tokens.live(integration)
    assert only == issued.token
    assert only.retires_at is None


def test_every_role_may_manage_tokens(as_admin, generate):
    assert as_admin.post(generate, {"form_key": factories.form_key()}).status_code == 200
