"""An app is read, and somebody decides about what it shows: the whole errand in a browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, SyncRun
from integrations.delivery.syncing import running
from integrations.delivery.turns import worker
from tests import factories, probe_connectors
from tests.browser.conftest import overflow, picture
from tests.browser.lived_in import person
from tests.browser.people import WAYS, check
from tests.db import console

ADA, BEN = "ada@northwind.example", "ben@northwind.example"
NAMES = ("ada", "ben", "cleo")


@pytest.fixture
def app(monkeypatch):
    return probe_connectors.install(monkeypatch)


@pytest.fixture
def okta(app, hootsuite):
    """Three people who are in the app, where somebody has changed things by hand since."""
    connecting.change(hootsuite, "probe_reads", {}, by=factories.OPERATOR)
    sender = console.Provider(hootsuite, factories.make_token(hootsuite), client=Client())
    for name in NAMES:
        sender.send("POST", "/Users", person(name))
    connecting.go_live(hootsuite, by=factories.OPERATOR)
    worker.drain(hootsuite.pk)
    app.accounts[ADA]["active"] = False
    app.accounts[BEN]["roles"] = ["Owner"]
    del app.accounts["cleo@northwind.example"]
    app.accounts["u-17"] = {"user_name": "cleo", "display_name": "Cleo", "email": "cleo@old.example"}
    app.accounts["u-18"] = {"user_name": "backup-robot", "roles": ["Admin"]}
    hootsuite.refresh_from_db()
    return sender


def read(page: Page, sender: console.Provider, way: dict[str, Any]) -> None:
    """Sync now, as a worker carries it; the page shows the end by itself where it has scripts."""
    page.get_by_role("button", name="Sync now").click()
    expect(page.get_by_text("Waiting for its turn…")).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    run = SyncRun.objects.for_integration(sender.integration).get(state="running")
    running.carry(run.pk)
    if not way.get("java_script_enabled", True):
        page.reload()
    expect(page.get_by_text("The app was read")).to_be_visible()


@WAYS
def test_an_app_is_read_brought_in_step_taken_over_and_matched(open_page, boss, app, okta, way):
    page = open_page(boss, console.path("console:general", okta.integration), **way)
    page.get_by_role("link", name="Sync", exact=True).click()
    expect(page.get_by_text("The app has not been read yet")).to_be_visible()
    check(page, way)
    read(page, okta, way)
    lists = page.get_by_role("navigation", name="What the app has")
    expect(lists.get_by_role("link", name="Out of step 3")).to_be_visible()
    expect(page.get_by_role("row", name="Ada")).to_contain_text("The account is not active in the app.")
    expect(page.get_by_role("row", name="Cleo")).to_contain_text("There is no account in the app.")
    check(page, way)
    if way.get("java_script_enabled", True):
        page.set_viewport_size({"width": 320, "height": 800})
        assert overflow(page) == 0
        table = page.get_by_role("region", name="Out of step")
        assert table.evaluate("box => box.scrollWidth - box.clientWidth") == 0
        picture(page, "sync-320")

    page.get_by_role("button", name="Bring the app in step: Ada").click()
    expect(page.get_by_text("1 delivery is on its way.")).to_be_visible()
    page.get_by_label("Choose Ben").check()
    page.get_by_role("button", name="Take over what the app has", exact=True).last.click()
    expect(page.get_by_text("What the app has was taken over for 1 account.")).to_be_visible()

    lists.get_by_role("link", name="Suggestions 1").click()
    expect(page.get_by_text("The display name is the same.")).to_be_visible()
    check(page, way)
    page.get_by_role("button", name="Match Cleo").click()
    expect(page.get_by_text("The account cleo is matched now.")).to_be_visible()
    lists.get_by_role("link", name="Found in the app only 1").click()
    page.get_by_role("link", name="backup-robot").click()
    expect(page.get_by_text("It is never touched.")).to_be_visible()
    page.get_by_label("User name of the person").fill("nobody")
    page.get_by_role("button", name="Match").click()
    expect(page.get_by_text("Nobody here has such a user name.")).to_be_visible()
    check(page, way)

    worker.drain(okta.integration.pk)
    # In the head, and on the way back.
    back = page.get_by_role("link", name="Sync", exact=True)
    expect(back.first).to_have_attribute("aria-current", "true")
    back.last.click()
    expect(back).to_have_attribute("aria-current", "page")
    read(page, okta, way)
    expect(page.get_by_text("4 accounts: 3 of people here")).to_be_visible()
    assert app.accounts[ADA]["active"] is True
    assert app.accounts[BEN]["roles"] == ["Owner"]
    assert Delivery.objects.for_integration(okta.integration).filter(place__isnull=False).count() == 0


def test_a_run_is_stopped_and_the_lists_are_walked_by_keyboard(open_page, boss, okta):
    page = open_page(boss, console.path("console:sync", okta.integration))
    page.get_by_role("button", name="Sync now").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="Stop").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("The sync was stopped")).to_be_visible()
    page.get_by_role("button", name="Sync now").focus()
    for _each in range(2):
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Suggestions")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"show=suggestions"))
    expect(page.get_by_text("Not known yet")).to_be_visible()
