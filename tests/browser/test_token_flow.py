"""The help article's five steps on Connected services, as a person does them."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request

import pytest
from django.apps import apps
from playwright.sync_api import Error, Page, expect

from integrations import tokens
from integrations.models import GatewayToken, Integration
from tests import factories
from tests.browser.conftest import audit
from tests.browser.lived_in import services

TOKEN = re.compile(r"cgw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")
SCREENS = pytest.mark.parametrize(
    "screen",
    [
        pytest.param({"viewport": {"width": 1280, "height": 800}}, id="desk"),
        pytest.param({"viewport": {"width": 390, "height": 844}, "has_touch": True}, id="phone"),
    ],
)
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def scim(live_server, integration: Integration, token: str, agent: str = "Okta SCIM Client 1.0.0") -> int:
    url = f"{live_server.url}/scim/v2/{integration.pk}/Users?startIndex=1&count=2"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}", "User-Agent": agent})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.status


def test_copy_puts_the_absolute_address_into_the_clipboard(open_page, live_server, boss, hootsuite):
    page = open_page(boss, services(hootsuite), **CLIPBOARD)

    page.get_by_role("button", name="Copy SCIM Gateway URL").click()
    expect(page.get_by_text("SCIM Gateway URL copied")).to_be_attached()

    assert clipboard(page) == f"{live_server.url}/scim/v2/{hootsuite.pk}"
    page.get_by_role("button", name="Copy Bookmark URL").click()
    expect(page.get_by_text("Bookmark URL copied")).to_be_attached()
    assert clipboard(page) == f"{live_server.url}/go/{hootsuite.pk}"


@SCREENS
def test_a_first_token_by_keyboard_alone(open_page, boss, hootsuite, screen):
    page = open_page(boss, services(hootsuite), **CLIPBOARD, **screen)
    press = page.keyboard.press
    page.get_by_role("button", name="Generate token").focus()
    press("Enter")
    dialog = page.get_by_role("dialog", name="Generate token")
    copy = dialog.get_by_role("button", name="Copy token")
    expect(copy).to_be_focused()
    expect(dialog).to_contain_text("shown only once")
    assert audit(page) == []

    # Neither Escape, twice, nor a click beside it closes the dialog.
    press("Escape")
    press("Escape")
    page.mouse.click(10, 300)
    expect(dialog).to_be_visible()
    token = dialog.get_by_label("Token", exact=True).input_value()
    assert TOKEN.fullmatch(token)

    copy.focus()
    press("Enter")
    expect(page.get_by_text("Token copied")).to_be_attached()
    assert clipboard(page) == token
    press("Tab")
    press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Waiting for the first request…")).to_be_visible()
    more = page.get_by_role("button", name="More options")
    expect(more).to_be_focused()
    assert token not in page.content()
    expect(page.get_by_role("row", name=token[:16])).to_contain_text("Not used yet")


@SCREENS
def test_a_guide_goes_on_as_the_provider_calls(open_page, live_server, boss, hootsuite, screen):
    issued = factories.make_token(hootsuite)
    page = open_page(boss, services(hootsuite), **CLIPBOARD, **screen)
    picker = page.get_by_role("navigation", name="Identity provider")
    picker.get_by_role("link", name="Microsoft Entra ID").click()
    expect(page.get_by_role("heading", name="Set up Microsoft Entra ID")).to_be_visible()
    picker.get_by_role("link", name="Okta").click()

    page.get_by_role("button", name="Copy SCIM connector base URL").click()
    expect(page.get_by_text("SCIM connector base URL copied")).to_be_attached()
    assert clipboard(page) == f"{live_server.url}/scim/v2/{hootsuite.pk}"
    expect(page.get_by_text("Waiting for the first request…")).to_be_visible()

    assert scim(live_server, hootsuite, issued.text) == 200

    # The card asks by itself; the page stays the guide's.
    expect(page.get_by_role("heading", name="Connect it (done)")).to_be_visible()
    expect(page.get_by_text("Connected (Okta)")).to_be_visible()
    expect(page.get_by_role("heading", name="Set up Okta")).to_be_visible()


@SCREENS
def test_rotation_by_keyboard_alone(open_page, live_server, boss, hootsuite, screen):
    old = factories.make_token(hootsuite)
    assert scim(live_server, hootsuite, old.text) == 200
    page = open_page(boss, services(hootsuite), **screen)
    press = page.keyboard.press
    more = page.get_by_role("button", name="More options")
    more.focus()
    press("Enter")
    expect(page.get_by_role("link", name="Generate new token")).to_be_focused()
    press("ArrowDown")
    expect(page.get_by_role("link", name="Revoke")).to_be_focused()
    press("Escape")
    expect(more).to_be_focused()
    press("Enter")
    press("Enter")
    new = page.get_by_role("dialog", name="New token")
    expect(new).to_contain_text(
        "When the old token stops, provisioning stops until your identity provider has the new one."
    )
    expect(new.get_by_label("Keep it for 1 hour")).to_be_checked()
    assert audit(page) == []
    press("Escape")
    expect(new).to_be_hidden()
    expect(more).to_be_focused()
    press("Enter")
    press("Enter")

    new.get_by_role("button", name="Generate new token").press("Enter")
    once = page.get_by_role("dialog", name="Generate token")
    token = once.get_by_label("Token", exact=True).input_value()
    once.get_by_role("button", name="I have copied it").press("Enter")

    expect(page.get_by_role("row", name=old.text[:16])).to_contain_text("Being replaced")
    assert scim(live_server, hootsuite, old.text) == 200
    assert scim(live_server, hootsuite, token) == 200


@SCREENS
def test_revoke_ends_a_token_at_once(open_page, live_server, boss, hootsuite, screen):
    issued = factories.make_token(hootsuite)
    page = open_page(boss, services(hootsuite), **screen)
    page.get_by_role("button", name="More options").click()
    page.get_by_role("link", name="Revoke").click()
    dialog = page.get_by_role("dialog", name="Revoke token")
    dialog.get_by_label("Type Hootsuite to confirm").fill("Hootsuit")
    dialog.get_by_role("button", name="Revoke").click()
    expect(dialog.get_by_text("This is not the name.")).to_be_visible()

    dialog.get_by_label("Type Hootsuite to confirm").fill("Hootsuite")
    dialog.get_by_role("button", name="Revoke").click()

    expect(page.get_by_text("is revoked. Its next request is refused.")).to_be_visible()
    expect(page.get_by_role("button", name="Generate token")).to_be_visible()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        scim(live_server, hootsuite, issued.text)


@SCREENS
def test_every_step_but_copying_works_without_scripts(open_page, boss, hootsuite, screen):
    page = open_page(boss, services(hootsuite), java_script_enabled=False, **screen)
    expect(page.get_by_role("button", name="Copy SCIM Gateway URL")).to_be_hidden()
    page.get_by_role("button", name="Generate token").click()
    expect(page.get_by_role("dialog", name="Generate token")).to_be_in_viewport()
    first = page.get_by_role("dialog", name="Generate token").get_by_label("Token", exact=True).input_value()
    page.get_by_role("button", name="I have copied it").click()
    assert first not in page.content()
    page.get_by_role("button", name="More options").click()
    page.get_by_role("link", name="Generate new token").click()
    page.get_by_role("button", name="Generate new token").click()
    second = page.get_by_role("dialog", name="Generate token").get_by_label("Token", exact=True).input_value()
    page.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_text("Being replaced")).to_be_visible()
    page.get_by_role("button", name="More options").click()
    page.get_by_role("link", name=f"Revoke {second[:16]}").click()
    page.get_by_label("Type Hootsuite to confirm").fill("Hootsuite")
    page.get_by_role("button", name="Revoke").click()

    assert TOKEN.fullmatch(first)
    expect(page.get_by_text("is revoked. Its next request is refused.")).to_be_visible()
    expect(page.get_by_role("row", name=first[:16])).to_contain_text("Not used yet")


def test_the_card_turns_to_connected_without_a_reload(open_page, live_server, boss, hootsuite):
    issued = factories.make_token(hootsuite)
    page = open_page(boss, services(hootsuite))
    card = page.get_by_role("region", name="Connection")
    expect(card).to_contain_text("Waiting for the first request…")
    page.evaluate("window.__same_page = true")

    scim(live_server, hootsuite, issued.text)

    expect(card).to_contain_text("Connected (Okta)")
    expect(page.get_by_text("Connected (observing)")).to_be_visible()
    expect(page.get_by_role("row", name=issued.text[:16])).to_contain_text("Active")
    assert page.evaluate("window.__same_page")


def test_the_bookmark_url_opens_the_apps_sign_in_page(open_page, live_server, northwind, boss):
    app = f"{live_server.url}/sign-in/?from=bookmark"
    integration = factories.make_integration(northwind, "Own app", sign_in_url=app)

    page = open_page(None, f"/go/{integration.pk}/?next=https://evil.example/&url=//evil.example")

    assert page.url == app


def test_after_back_nothing_shows_the_token(open_page, boss, hootsuite):
    page = open_page(boss, services(hootsuite))
    page.get_by_role("button", name="Generate token").click()
    token = page.get_by_role("dialog", name="Generate token").get_by_label("Token", exact=True).input_value()
    page.get_by_role("link", name="Members and roles").evaluate("link => link.click()")
    expect(page.get_by_role("heading", name="Members and roles", level=1)).to_be_visible()

    page.go_back()

    assert token not in page.content()
    assert token not in json.dumps(page.context.storage_state(indexed_db=True))
    assert token not in page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}, history.state])"
    )


def test_after_back_nothing_shows_the_token_without_scripts(open_page, boss, hootsuite):
    page = open_page(boss, services(hootsuite), java_script_enabled=False)
    page.get_by_role("button", name="Generate token").click()
    token = page.get_by_role("dialog", name="Generate token").get_by_label("Token", exact=True).input_value()
    page.get_by_role("button", name="I have copied it").click()

    # The page that showed it is in no cache: the browser would have to send the form again.
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    page.wait_for_url("chrome-error://**")

    assert token not in page.content()
    assert GatewayToken.objects.for_integration(hootsuite).count() == 1


def test_the_token_is_in_no_table(open_page, boss, hootsuite):
    page = open_page(boss, services(hootsuite))
    page.get_by_role("button", name="Generate token").click()
    token = page.get_by_role("dialog", name="Generate token").get_by_label("Token", exact=True).input_value()

    secret = token[-38:-6]
    for model in apps.get_models():
        assert secret not in str(list(model._default_manager.values())), model


def test_two_admins_at_once_are_told_what_happened(open_page, boss, hootsuite):
    factories.make_token(hootsuite)
    page = open_page(boss, services(hootsuite))
    page.get_by_role("button", name="More options").click()
    page.get_by_role("link", name="Generate new token").click()
    dialog = page.get_by_role("dialog", name="New token")
    expect(dialog).to_be_visible()
    tokens.rotate(hootsuite, by=boss, overlap=tokens.overlaps("okta")[0])

    dialog.get_by_role("button", name="Generate new token").click()

    expect(page.get_by_role("dialog", name="No token was made")).to_contain_text("Revoke one first")


def test_an_old_sign_in_is_confirmed_before_a_token_is_made(open_page, boss, hootsuite, monkeypatch):
    page = open_page(boss, services(hootsuite))
    monkeypatch.setattr("integrations.sign_in.is_fresh", lambda _request: False)

    page.get_by_role("button", name="Generate token").click()

    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    monkeypatch.undo()
    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("button", name="Generate token")).to_be_visible()
    assert not GatewayToken.objects.for_integration(hootsuite).exists()
