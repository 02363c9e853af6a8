"""An app is connected, a delivery fails, and somebody mends it: the whole errand in a browser."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import expect

from integrations.delivery.connector import Failed, Kind
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery
from integrations.delivery.turns import worker
from tests import factories, probe_connectors
from tests.browser.lived_in import person
from tests.browser.people import WAYS, check
from tests.db import console


@pytest.fixture
def app(monkeypatch):
    return probe_connectors.install(monkeypatch)


@pytest.fixture
def okta(hootsuite):
    """The identity provider, which has sent two people."""
    sender = console.Provider(hootsuite, factories.make_token(hootsuite), client=Client())
    for name in ("ada", "ben"):
        sender.send("POST", "/Users", person(name))
    hootsuite.refresh_from_db()
    return sender


@WAYS
def test_from_observing_to_a_delivery_that_failed_and_was_mended(open_page, boss, okta, app, way):
    here = console.path("console:delivery", okta.integration)
    page = open_page(boss, here, **way)
    page.get_by_role("link", name="Choose a connector").click()
    page.get_by_text("What it can do: Probe with a key").click()
    page.get_by_role("link", name="Use Probe with a key").click()
    check(page, way)
    page.get_by_label("Address").fill("https://api.hootsuite.example")
    page.get_by_label("API key").fill("right")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("textbox", name="Signing secret")).to_have_value("made-for-you")
    check(page, way)
    page.get_by_role("link", name="I have copied it").click()

    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("The key may write.")).to_be_visible()
    page.get_by_label("User name").fill("ada")
    page.get_by_role("button", name="Show the plan").click()
    expect(page.get_by_role("heading", name="ada@northwind.example")).to_be_visible()
    expect(page.get_by_role("heading", name="create")).to_be_visible()
    check(page, way)
    assert app.orders == []
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Delivery").click()

    page.get_by_role("link", name="Switch delivery on").click()
    expect(page.get_by_text("all 2 people who are present are brought to Hootsuite now")).to_be_visible()
    page.get_by_role("button", name="Switch delivery on").click()
    expect(page.get_by_text("2 deliveries are on their way.")).to_be_visible()
    app.answer = lambda order: (
        Failed(Kind.INVALID, "No seats are left.", "Buy one, then retry.")
        if order.person.user_name.startswith("ada")
        else None
    )
    worker.drain(okta.integration.pk)
    page.reload()
    tabs = page.get_by_role("navigation", name="Integration")
    expect(tabs.get_by_role("link", name="Deliveries")).to_contain_text("1 failed")
    check(page, way)

    page.get_by_role("row", name="ada@northwind.example").get_by_role("link").click()
    expect(page.get_by_text("Buy one, then retry.").first).to_be_visible()
    expect(page.get_by_role("heading", name="Try 1: refused")).to_be_visible()
    app.answer = lambda _order: None
    page.get_by_role("button", name="Retry").click()
    expect(page.get_by_text("is tried again.")).to_be_visible()
    worker.drain(okta.integration.pk)
    page.reload()

    expect(page.get_by_role("heading", name="Try 2: it arrived")).to_be_visible()
    expect(page.get_by_role("heading", name="Proof: it has arrived")).to_be_visible()
    page.get_by_text("Sent: PUT /accounts/ada@northwind.example").first.click()
    check(page, way)
    assert set(app.accounts) == {"ada@northwind.example", "ben@northwind.example"}


@WAYS
def test_several_that_failed_are_skipped_for_one_reason(open_page, boss, okta, app, way):
    connecting.change(okta.integration, "probe", {}, by=factories.OPERATOR)
    connecting.go_live(okta.integration, by=factories.OPERATOR)
    app.answer = lambda _order: Failed(Kind.INVALID, "No seats are left.")
    worker.drain(okta.integration.pk)
    page = open_page(boss, console.path("console:deliveries", okta.integration), **way)

    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Skip", exact=True).click()
    expect(page.get_by_role("heading", name="Skip 2 deliveries")).to_be_visible()
    page.get_by_role("button", name="Skip").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    check(page, way)
    page.get_by_label("Why").fill("They left")
    page.get_by_role("button", name="Skip").click()

    expect(page.get_by_text("2 deliveries are skipped.")).to_be_visible()
    statuses = Delivery.objects.for_integration(okta.integration).values_list("status", flat=True)
    assert set(statuses) == {"skipped"}


@WAYS
def test_rules_are_put_in_order_and_saved_by_the_enter_key(open_page, boss, okta, app, way):
    connecting.change(okta.integration, "probe", {}, by=factories.OPERATOR)
    page = open_page(boss, console.path("console:delivery-roles", okta.integration), **way)
    page.get_by_role("button", name="Add rows").click()
    for number, (group, role) in enumerate((("Editors", "editor"), ("Admins", "owner")), start=1):
        row = page.get_by_role("group", name=f"Row {number}")
        row.get_by_label("Group").fill(group)
        row.get_by_label("Role in the app").fill(role)
    page.get_by_role("button", name="Add rows").click()

    page.get_by_role("button", name="Move row 2 up").click()
    check(page, way)
    page.get_by_role("group", name="Row 1").get_by_label("Group").press("Enter")

    expect(page.get_by_text("The changes are saved.")).to_be_visible()
    kept = connecting.of(okta.integration).roles
    assert [(rule["group"], rule["value"]) for rule in kept] == [("Admins", "owner"), ("Editors", "editor")]
