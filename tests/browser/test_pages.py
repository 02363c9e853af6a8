"""Every page of the console, in light and dark, on a desk and on a phone, without a fault that axe finds."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect

from integrations.models import Integration, Role
from integrations.traffic.models import RequestLog
from scim.models import ScimGroup, ScimUser
from tests import factories
from tests.browser.conftest import audit, overflow, picture, services

DOCS = Path(__file__).resolve().parents[2] / "docs"
LOOKS = [
    pytest.param("light", 1280, id="light, desk"),
    pytest.param("dark", 1280, id="dark, desk"),
    pytest.param("light", 390, id="light, phone"),
    pytest.param("dark", 320, id="dark, small phone"),
]


@pytest.fixture
def lived_in(hootsuite: Integration) -> Integration:
    """An integration with people, a group, changes, a refused request and refused tokens."""
    issued = factories.make_token(hootsuite)
    client = Client(
        headers={"authorization": f"Bearer {issued.text}", "user-agent": "Okta SCIM Client 1.0.0"}
    )
    base = f"/scim/v2/{hootsuite.pk}"

    def send(method: str, path: str, body: object = None) -> dict:
        content = json.dumps(body) if body is not None else ""
        answer = client.generic(method, base + path, content, content_type="application/scim+json")
        return json.loads(answer.content or b"{}")

    people = [send("POST", "/Users", person(name)) for name in ("brand.lead", "content.design", "payroll")]
    operation = {"op": "Replace", "path": "title", "value": "Senior <b>designer</b>"}
    send("PATCH", f"/Users/{people[1]['id']}", {"Operations": [operation]})
    send(
        "POST",
        "/Groups",
        {"displayName": "Editors", "members": [{"value": people[0]["id"]}, {"value": "nobody"}]},
    )
    send("GET", "/Users?filter=nosuch%20eq%20%22x%22")
    client.get(f"{base}/Users", headers={"authorization": "Bearer wrong"})
    send("GET", "/Users?startIndex=1&count=2")
    hootsuite.refresh_from_db()
    return hootsuite


def person(name: str) -> dict[str, object]:
    email = f"{name}@northwind.example"
    shown = name.replace(".", " ").capitalize()
    return {
        "userName": email,
        "displayName": shown,
        "active": True,
        "emails": [{"value": email, "type": "work"}],
    }


def pages(integration: Integration, boss) -> dict[str, str]:
    """The path of each page by its name."""
    workspace = f"/w/{integration.workspace.slug}"
    here = f"{workspace}/integrations/{integration.pk}"
    user = ScimUser.objects.for_integration(integration).get(user_name_key__startswith="content")
    group = ScimGroup.objects.for_integration(integration).get()
    refused = RequestLog.objects.for_integration(integration).get(status=400)
    changed = RequestLog.objects.for_integration(integration).get(method="PATCH")
    other = factories.make_member(integration.workspace, Role.ADMIN, "admin@northwind.example")
    token = integration.tokens.get()
    return {
        "sign-in": "/sign-in/",
        "reset": "/sign-in/reset/",
        "confirm": "/sign-in/confirm/",
        "password": "/account/password/",
        "sessions": "/account/sessions/",
        "integrations": f"{workspace}/integrations/",
        "nothing-found": f"{workspace}/integrations/?q=salesfroce",
        "integration-new": f"{workspace}/integrations/new/",
        "general": f"{here}/settings/general/",
        "connected-services": services(integration),
        "token-new": f"{services(integration)}tokens/new/",
        "token-revoke": f"{services(integration)}tokens/{token.pk}/revoke/",
        "users": f"{here}/users/",
        "user": f"{here}/users/{user.pk}/",
        "entitlements": f"{here}/entitlements/",
        "entitlement": f"{here}/entitlements/{group.pk}/",
        "activity": f"{here}/activity/",
        "activity-refused": f"{here}/activity/{refused.pk}/",
        "activity-changed": f"{here}/activity/{changed.pk}/",
        "members": f"{workspace}/members/",
        "member-invite": f"{workspace}/members/invite/",
        "member-role": f"{workspace}/members/{other.pk}/role/",
        "member-remove": f"{workspace}/members/{other.pk}/remove/",
        "audit": f"{workspace}/audit/",
        "workspace": f"{workspace}/settings/",
        "help-reach": f"{workspace}/help/reach/",
        "not-found": f"{workspace}/nowhere/",
    }


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_no_page_has_a_fault(open_page, live_server, boss, lived_in, scheme, width):
    page = open_page(boss, color_scheme=scheme, viewport={"width": width, "height": 800})
    faults = {}

    for name, path in pages(lived_in, boss).items():
        page.goto(live_server.url + path)
        picture(page, f"{name}-{scheme}-{width}")
        found = audit(page) + ([f"{overflow(page)} px too wide"] if overflow(page) else [])
        if found:
            faults[name] = found

    assert faults == {}


def test_hostile_words_stay_words(open_page, live_server, boss, lived_in):
    page = open_page(boss, pages(lived_in, boss)["activity-changed"])

    expect(page.get_by_role("insertion")).to_have_text("Senior <b>designer</b>")


def test_a_person_finds_the_way_from_the_empty_list_to_connected_services(open_page, boss):
    page = open_page(boss, f"/w/{boss.workspace.slug}/integrations/")
    page.get_by_role("link", name="Add integration").first.click()
    page.get_by_label("Name").fill("Canva Teams")
    page.get_by_label("Sign-in page of the app").fill("javascript:alert(1)")
    page.get_by_role("button", name="Add integration").click()
    expect(page.get_by_text("It must start with https://.")).to_be_visible()
    expect(page.get_by_label("Sign-in page of the app")).to_be_focused()
    expect(page.get_by_label("Name")).to_have_value("Canva Teams")

    page.get_by_label("Sign-in page of the app").fill("https://www.canva.example/login")
    page.get_by_role("button", name="Add integration").click()

    expect(page.get_by_role("heading", name="SCIM Gateway")).to_be_visible()
    tabs = page.get_by_role("navigation", name="Integration")
    expect(tabs.get_by_role("link", name="Settings")).to_have_attribute("aria-current", "true")


def test_the_search_narrows_the_list_as_one_types(open_page, boss, northwind):
    for name in ("Hootsuite", "Mailchimp", "Canva Teams"):
        factories.make_integration(northwind, name)
    page = open_page(boss, f"/w/{northwind.slug}/integrations/")

    page.keyboard.press("/")
    page.keyboard.type("mail")

    expect(page.get_by_role("row", name="Mailchimp")).to_be_visible()
    expect(page.get_by_role("row", name="Hootsuite")).to_be_hidden()
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_the_theme_is_kept(open_page, boss, hootsuite):
    page = open_page(boss, services(hootsuite))

    page.get_by_role("button", name="Dark theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.wait_for_load_state("networkidle")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_picture_of_connected_services(open_page, boss, lived_in):
    """The README's picture; UPDATE_PICTURES=1 renews it."""
    page = open_page(boss, services(lived_in), viewport={"width": 1280, "height": 900})
    page.reload()
    expect(page.get_by_text("Connected (Okta)")).to_be_visible()

    if os.environ.get("UPDATE_PICTURES"):
        (DOCS / "pictures").mkdir(exist_ok=True)
        page.screenshot(path=DOCS / "pictures/connected-services.png", caret="initial")

    assert (DOCS / "pictures/connected-services.png").stat().st_size > 10_000
