"""How an identity provider is set up: its steps, with the integration's own values in them."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from integrations.guides.registry import GUIDES
from integrations.models import Integration
from tests.db.console import path

DONE = re.compile(r'<li data-state="ok">\s*<h3>([^<]+)')


def page(integration: Integration, idp: str = "okta") -> str:
    here = {"workspace": integration.workspace.slug, "integration_id": integration.pk, "idp": idp}
    return reverse("console:setup", kwargs=here)


@pytest.mark.parametrize("idp", GUIDES)
def test_each_guide_has_the_values_to_copy(as_owner, integration, issued, idp):
    html = as_owner.get(page(integration, idp)).content.decode()

    assert f'value="http://testserver/scim/v2/{integration.pk}"' in html
    assert f'value="http://testserver/go/{integration.pk}"' in html
    assert issued.token.shown_name in html
    assert issued.text not in html
    assert f'href="{page(integration, idp)}" aria-current="page"' in html


def test_connected_services_leads_to_every_guide(as_owner, integration):
    html = as_owner.get(path("console:connected-services", integration)).content.decode()

    assert [idp for idp in GUIDES if page(integration, idp) not in html] == []


def test_without_a_token_the_step_leads_to_where_one_is_made(as_owner, integration):
    html = as_owner.get(page(integration)).content.decode()

    assert "Generate a token on Connected services" in html
    assert "Generate new token" not in html


def test_the_step_with_the_token_is_done_once_it_was_used(as_owner, provider):
    before = as_owner.get(page(provider.integration)).content.decode()
    provider.send("GET", "/Users")
    after = as_owner.get(page(provider.integration)).content.decode()

    assert DONE.findall(before) == []
    assert DONE.findall(after) == ["Connect it"]


def test_the_card_of_a_guide_leads_back_to_it(as_owner, provider):
    waiting = as_owner.get(page(provider.integration, "entra")).content.decode()
    (asked,) = re.findall(r'hx-get="([^"]+guide[^"]+)"', waiting)
    provider.send("GET", "/Users")

    answer = as_owner.get(asked)

    assert asked == path("console:connection", provider.integration) + "?guide=entra"
    assert page(provider.integration, "entra") in answer["HX-Location"]


def test_a_card_that_names_no_guide_of_ours_leads_to_connected_services(as_owner, provider):
    provider.send("GET", "/Users")

    answer = as_owner.get(path("console:connection", provider.integration) + "?guide=//evil.example")

    assert path("console:connected-services", provider.integration) in answer["HX-Location"]


def test_a_provider_that_nobody_knows_has_no_guide(as_owner, integration):
    assert as_owner.get(page(integration, "nobody")).status_code == 404
