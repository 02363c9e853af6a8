"""The pictures of the docs, of changes that really went into an app; UPDATE_PICTURES=1 renews them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cerby_gateway.demo.sample_app import SampleApp
from integrations.delivery.errands import connecting
from integrations.delivery.syncing import running, verbs
from integrations.delivery.turns import worker
from integrations.models import Integration, Membership
from tests import factories
from tests.browser import synced
from tests.browser.synced import RECIPE
from tests.db import console

pytestmark = pytest.mark.thorough

PICTURES = Path(__file__).resolve().parents[2] / "docs/pictures"
NAMES = ("amara.osei", "elsa.lindqvist", "farid.rahimi", "hana.sato")
LARGEST = 150_000


@pytest.fixture
def app(settings) -> Iterator[SampleApp]:
    """It has a seat too few."""
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("127.0.0.1/32")]
    with SampleApp("sample-token", seats=len(NAMES) - 1) as app:
        yield app


@pytest.fixture
def carried(app: SampleApp, hootsuite: Integration, boss: Membership, time_machine) -> Integration:
    """Okta sent four people two hours ago, of whom three are in the app; there somebody has changed things by
    hand since."""
    now = timezone.now()
    time_machine.move_to(now - timedelta(hours=2))
    given = {"base_url": app.url, "recipe": RECIPE}
    connecting.change(
        hootsuite, "rest_template", given, secrets={"secret": "sample-token"}, by=factories.OPERATOR
    )
    # One after the other: the last finds no seat.
    connecting.set_meaning(hootsuite, {"width": 1}, by=factories.OPERATOR)
    connecting.go_live(hootsuite, by=factories.OPERATOR)
    synced.send(hootsuite, NAMES)
    time_machine.move_to(now - timedelta(hours=1, minutes=58))
    worker.drain(hootsuite.pk)
    time_machine.move_to(now)
    first, second, *_others = app.accounts
    app.accounts.grant(first.id, "approver")
    app.accounts.mark(second.id, "suspended")
    app.accounts.make({"login": "backup-robot", "email": "robot@northwind.example"})
    running.carry(verbs.start(hootsuite, by=boss).pk)
    hootsuite.refresh_from_db()
    return hootsuite


def take(page: Page, name: str) -> None:
    file = PICTURES / f"{name}.png"
    if os.environ.get("UPDATE_PICTURES"):
        page.screenshot(path=file, caret="initial")
    assert 10_000 < file.stat().st_size < LARGEST


def test_the_pictures_of_delivery_show_what_happened(open_page, live_server, boss, carried):
    page = open_page(boss, console.path("console:deliveries", carried))
    expect(page.get_by_role("row", name="hana.sato")).to_contain_text("Every seat of the plan is taken.")
    take(page, "deliveries")

    page.get_by_role("row", name="amara.osei").get_by_role("link").click()
    expect(page.get_by_role("heading", name="Try 1: it arrived")).to_be_visible()
    page.get_by_role("heading", name="Proof: it has arrived").scroll_into_view_if_needed()
    take(page, "delivery")

    page.get_by_role("link", name="Sync", exact=True).click()
    expect(page.get_by_text("The app was read")).to_be_visible()
    expect(page.get_by_role("link", name="Out of step 2")).to_be_visible()
    take(page, "sync")

    page.goto(live_server.url + console.path("console:delivery-connector", carried))
    expect(page.get_by_label("Recipe")).to_have_value(RECIPE)
    take(page, "connector")
