"""Tasks at the console: a change that a person carries out, from the request to the proof."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from integrations.delivery import connecting, worker
from integrations.models import Integration, Role
from tests import factories
from tests.browser.conftest import picture
from tests.browser.people import DESK, PHONE, WAYS, check, go
from tests.db import console
from tests.db.console import Provider

DEACTIVATE = {"Operations": [{"op": "replace", "path": "active", "value": False}]}
PROOF = {"name": "users.txt", "mimeType": "text/plain", "buffer": b"Payroll is not in the list."}


@pytest.fixture
def by_hand(hootsuite: Integration) -> Integration:
    """Its changes are carried by people."""
    settings = {"app_url": "https://app.hootsuite.example/users", "instructions": "Ask Ann for the licence."}
    connecting.change(hootsuite, "manual", settings, by=factories.OPERATOR)
    connecting.go_live(hootsuite, by=factories.OPERATOR)
    return hootsuite


@pytest.fixture
def idp(by_hand: Integration) -> Provider:
    return console.provider(by_hand)


@pytest.fixture
def payroll(idp: Provider, by_hand: Integration, time_machine) -> str:
    """The id of a person who came two hours ago, and got an account by hand."""
    now = timezone.now()
    time_machine.move_to(now - timedelta(hours=2))
    person = idp.person("payroll")
    time_machine.move_to(now - timedelta(hours=1))
    worker.drain(by_hand.pk)
    time_machine.move_to(now)
    return person


def leaves(idp: Provider, person: str) -> None:
    idp.send("PATCH", f"/Users/{person}", DEACTIVATE)
    worker.drain(idp.integration.pk)


def test_a_leaver_becomes_a_task_and_is_offboarded_with_proof_on_a_phone(
    open_page, live_server, boss, northwind, by_hand, idp, payroll
):
    leaves(idp, payroll)
    member = factories.make_member(northwind, Role.MEMBER, "hands@northwind.example")
    page = open_page(member, "/", **PHONE)
    expect(page.get_by_role("heading", name="Tasks", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Unassigned 1")).to_have_attribute("aria-current", "page")
    check(page, PHONE)
    picture(page, "errand-tasks-390")
    page.get_by_role("link", name="Deactivate Payroll in Hootsuite").click()
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("You have taken this task.")).to_be_visible()
    for step in page.get_by_role("checkbox").all():
        step.check()
        expect(page.get_by_text("hands@northwind.example,").nth(0)).to_be_visible()
    expect(page.get_by_role("status").get_by_role("progressbar", name="2 of 2 steps")).to_be_visible()
    check(page, PHONE)
    picture(page, "errand-task-390")
    page.get_by_label("Proof").set_input_files([PROOF])
    page.get_by_label("Note").fill("Payroll is gone from the list.")
    page.get_by_role("button", name="Done", exact=True).click()

    expect(page.get_by_text("Done: Deactivate Payroll in Hootsuite.")).to_be_visible()
    page.goto(live_server.url + f"/w/{northwind.slug}/tasks/?show=done")
    page.get_by_role("link", name="Deactivate Payroll in Hootsuite").click()
    expect(page.get_by_text("Payroll is gone from the list.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="users.txt").click()
    assert download.value.suggested_filename == "users.txt"
    check(page, PHONE)
    picture(page, "errand-done-390")
    desk = open_page(boss, console.path("people:users", by_hand), **DESK)
    expect(desk.get_by_role("row", name="Payroll")).to_contain_text("Offboarded")
    picture(desk, "errand-users-1280")
    desk.get_by_role("link", name="Payroll").click()
    expect(desk.get_by_text("hands@northwind.example says that it is done.")).to_be_visible()
    check(desk, DESK)
    picture(desk, "errand-user-1280")
