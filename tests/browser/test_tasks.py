"""Tasks at the console: a change that a person carries out, from the request to the proof."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from integrations.delivery.errands import connecting
from integrations.delivery.hands import tasks
from integrations.delivery.models import Task
from integrations.delivery.turns import worker
from integrations.models import Integration, Membership, Role
from tests import factories
from tests.browser.conftest import picture
from tests.browser.people import DESK, PHONE, WAYS, check, go
from tests.db import console
from tests.db.console import Provider

DOCS = Path(__file__).resolve().parents[2] / "docs"
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
def set_up(open_page, boss: Membership) -> Callable[[], Integration]:
    """An owner adds an integration, chooses that people carry its changes, and switches delivery on."""

    def by_pages() -> Integration:
        page = open_page(boss, f"/w/{boss.workspace.slug}/integrations/new/")
        page.get_by_label("Name").fill("Hootsuite")
        page.get_by_role("button", name="Add integration").click()
        settings = page.get_by_role("navigation", name="Settings")
        settings.get_by_role("link", name="Delivery").click()
        page.get_by_role("link", name="Choose a connector").click()
        page.get_by_role("link", name="Use Manual task").click()
        page.get_by_label("Where accounts are managed in the app").fill("https://app.hootsuite.example/users")
        page.get_by_role("button", name="Save settings").click()
        page.get_by_role("link", name="Switch delivery on").click()
        page.get_by_role("button", name="Switch delivery on").click()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
        return Integration.objects.for_workspace(boss.workspace).get()

    return by_pages


@pytest.fixture
def arrived(time_machine) -> Callable[[Integration], tuple[Provider, str]]:
    """The provider, and the id of a person whom it sent two hours ago, and who was to get an account."""

    def two_hours_ago(integration: Integration) -> tuple[Provider, str]:
        now, sender = timezone.now(), console.provider(integration)
        time_machine.move_to(now - timedelta(hours=2))
        person = sender.person("payroll")
        time_machine.move_to(now - timedelta(hours=1))
        worker.drain(integration.pk)
        time_machine.move_to(now)
        return sender, person

    return two_hours_ago


def leaves(idp: Provider, person: str) -> None:
    idp.send("PATCH", f"/Users/{person}", DEACTIVATE)
    worker.drain(idp.integration.pk)


def test_a_leaver_becomes_a_task_and_is_offboarded_with_proof_on_a_phone(
    open_page, live_server, boss, northwind, set_up, arrived
):
    hootsuite = set_up()
    leaves(*arrived(hootsuite))
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
    desk = open_page(boss, console.path("people:users", hootsuite), **DESK)
    expect(desk.get_by_role("row", name="Payroll")).to_contain_text("Offboarded")
    picture(desk, "errand-users-1280")
    desk.get_by_role("link", name="Payroll").click()
    expect(desk.get_by_text("hands@northwind.example says that it is done.").first).to_be_visible()
    check(desk, DESK)
    desk.get_by_role("link", name="See the delivery").click()
    expect(desk.get_by_text("hands@northwind.example says that it is done.").first).to_be_visible()
    picture(desk, "errand-user-1280")


def test_the_picture_of_a_task(open_page, boss, hootsuite, by_hand, arrived):
    """The picture in docs/connectors/manual.md; UPDATE_PICTURES=1 renews it."""
    leaves(*arrived(by_hand))
    task = Task.objects.for_integration(hootsuite).get(state=Task.State.OPEN)
    tasks.tick(tasks.take(task, by=boss), 0, done=True, by=boss)
    page = open_page(boss, f"/w/{hootsuite.workspace.slug}/tasks/{task.pk}/")
    expect(page.get_by_role("progressbar", name="1 of 2 steps")).to_be_visible()
    file = DOCS / "pictures/task.png"

    if os.environ.get("UPDATE_PICTURES"):
        page.screenshot(path=file, caret="initial")

    assert file.stat().st_size > 10_000


@WAYS
def test_proof_that_is_missing_is_told_at_its_field_and_what_was_written_stays(
    open_page, northwind, hootsuite, way
):
    task = factories.make_task(hootsuite)
    member = factories.make_member(northwind, Role.MEMBER, "hands@northwind.example")
    page = open_page(member, "/", **way)
    page.get_by_role("link", name=task.title).click()
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.get_by_text("Say what you did, or attach a file that shows it.")).to_be_visible()
    if way.get("java_script_enabled", True):
        expect(page.get_by_label("Note")).to_be_focused()
    # A link that is half beneath the bar at the top is a small one to axe.
    page.mouse.wheel(0, -5000)
    check(page, way)

    page.get_by_label("Note").fill("Nobody of that name is there.")
    page.get_by_label("Proof").set_input_files([{**PROOF, "name": "page.html", "mimeType": "text/html"}])
    page.get_by_role("button", name="Done", exact=True).click()

    expect(page.get_by_text("This is none: page.html.")).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("Nobody of that name is there.")
    page.get_by_role("button", name="Done", exact=True).click()
    expect(page.get_by_text(f"Done: {task.title}.")).to_be_visible()


@WAYS
def test_steps_are_ticked_and_kept_with_who_and_when(open_page, live_server, boss, hootsuite, way):
    task = factories.make_task(hootsuite, assignee=boss)
    page = open_page(boss, f"/w/{hootsuite.workspace.slug}/tasks/{task.pk}/", **way)
    page.get_by_label("Deactivate them.").check()
    if not way.get("java_script_enabled", True):
        page.get_by_role("button", name="Save the ticks").click()
    expect(page.get_by_text(f"{boss.user.email}, ")).to_be_visible()
    expect(page.get_by_role("progressbar", name="1 of 2 steps")).to_be_visible()
    page.reload()

    expect(page.get_by_label("Deactivate them.")).to_be_checked()
    expect(page.get_by_label("Open Hootsuite.")).not_to_be_checked()
    check(page, way)


def test_a_step_is_ticked_by_keyboard_and_the_focus_and_the_note_stay(open_page, boss, hootsuite):
    task = factories.make_task(hootsuite, assignee=boss)
    page = open_page(boss, f"/w/{hootsuite.workspace.slug}/tasks/{task.pk}/")
    page.get_by_label("Note").fill("Half of a sen")
    page.get_by_label("Open Hootsuite.").focus()

    page.keyboard.press("Space")

    expect(page.get_by_role("progressbar", name="1 of 2 steps")).to_be_visible()
    expect(page.get_by_label("Open Hootsuite.")).to_be_focused()
    expect(page.get_by_label("Note")).to_have_value("Half of a sen")
    page.keyboard.press("Space")
    expect(page.get_by_role("progressbar", name="0 of 2 steps")).to_be_visible()


@WAYS
def test_an_owner_gives_a_task_to_somebody_who_gives_it_back(open_page, northwind, boss, hootsuite, way):
    task = factories.make_task(hootsuite)
    member = factories.make_member(northwind, Role.MEMBER, "hands@northwind.example")
    here = f"/w/{northwind.slug}/tasks/{task.pk}/"
    page = open_page(boss, here, **way)
    page.get_by_label("Give it to").select_option("hands@northwind.example")
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_text("hands@northwind.example has this task now.")).to_be_visible()
    check(page, way)
    theirs = open_page(member, here, **way)

    theirs.get_by_role("button", name="Give it back").click()

    expect(theirs.get_by_text("Nobody has this task now")).to_be_visible()
    go(theirs, "Tasks", way)
    expect(theirs.get_by_role("link", name="Unassigned 1")).to_be_visible()


@WAYS
def test_who_comes_too_late_is_told_who_was_faster(open_page, northwind, boss, hootsuite, way):
    task = factories.make_task(hootsuite)
    member = factories.make_member(northwind, Role.MEMBER, "hands@northwind.example")
    page = open_page(member, f"/w/{northwind.slug}/tasks/{task.pk}/", **way)
    page.get_by_label("Note").fill("My own words.")
    tasks.finish(task, note="I was faster.", by=boss)

    page.get_by_role("button", name="Done", exact=True).click()

    expect(page.get_by_role("alert")).to_contain_text(f"{boss.user.email} finished this task")
    expect(page.get_by_label("Your note, which was not saved")).to_have_value("My own words.")
    check(page, way)
