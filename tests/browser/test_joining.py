"""How people get in: the first start, signing in, invitations, a forgotten password."""

from __future__ import annotations

import re
import threading

import pytest
from playwright.sync_api import Locator, Page, expect

from integrations import one_time_links, workspaces
from integrations.models import Membership, Role
from tests import factories
from tests.browser.people import DESK, WAYS, check, go, sign_in

NEW = "new@northwind.example"
RESET = re.compile(r"https?://\S+/sign-in/reset/\S+")


def reset_link(mailoutbox) -> str:
    for thread in threading.enumerate():
        if thread.name == "mail":
            thread.join(10)
    return RESET.findall(mailoutbox[0].body)[0]


def at_the_integrations(page: Page) -> None:
    expect(page.get_by_role("heading", name="Integrations", level=1)).to_be_visible()


@WAYS
def test_the_first_owner_comes_from_the_start_link_to_the_empty_list(open_page, way):
    page = open_page(None, f"/start/{one_time_links.start()}/", **way)
    check(page, way)
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail").fill("ada@northwind.example")
    page.get_by_label("Password").fill("short")
    page.get_by_label("Workspace name").fill("Northwind")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("This password is too short.")).to_be_visible()
    expect(page.get_by_label("Workspace name")).to_have_value("Northwind")
    check(page, way)

    page.get_by_label("Password").fill(factories.PASSWORD)
    page.get_by_role("button", name="Start").click()

    expect(page.get_by_text("No integrations yet")).to_be_visible()
    go(page, "Members and roles", way)
    expect(page.get_by_role("row", name="ada@northwind.example")).to_contain_text("Owner")


@WAYS
def test_a_wrong_password_and_then_the_right_one(open_page, boss, way):
    page = open_page(None, "/", **way)
    sign_in(page, boss.user.email, "not this sentence")
    expect(page.get_by_role("alert")).to_contain_text("not correct")
    expect(page.get_by_label("Email")).to_have_value(boss.user.email)
    expect(page.get_by_label("Password")).to_have_value("")
    check(page, way)

    sign_in(page, boss.user.email)

    at_the_integrations(page)


@WAYS
def test_a_person_is_invited_and_joins_in_another_browser(
    open_page, live_server, northwind, boss, settings, way
):
    settings.PUBLIC_URL = live_server.url
    page = open_page(boss, f"/w/{northwind.slug}/members/", **way)
    page.get_by_role("link", name="Invite member").click()
    page.get_by_label("E-mail").fill("new")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("Enter a valid email address.")).to_be_visible()
    check(page, way)
    page.get_by_label("E-mail").fill(NEW)
    page.get_by_label("Role").select_option("Super Admin")
    page.get_by_role("button", name="Invite").click()
    check(page, way)
    link = page.get_by_role("textbox", name="Invitation link").input_value()
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("heading", name="Open invitations")).to_be_visible()
    assert link not in page.content()
    check(page, way)

    theirs = open_page(None, link.removeprefix(live_server.url), **way)
    expect(theirs.get_by_text(f"As Super Admin, with the account {NEW}.")).to_be_visible()
    check(theirs, way)
    theirs.get_by_label("Your name").fill("New Person")
    theirs.get_by_label("Password").fill(factories.PASSWORD)
    theirs.get_by_role("button", name="Join").click()
    at_the_integrations(theirs)

    page.reload()
    expect(page.get_by_role("row", name=NEW)).to_contain_text("Super Admin")
    expect(page.get_by_role("heading", name="Open invitations")).to_be_hidden()


@WAYS
def test_someone_with_an_account_signs_in_to_join(open_page, live_server, northwind, boss, way):
    factories.make_user(NEW)
    key = workspaces.invite(northwind, NEW, Role.ADMIN, by=boss).key
    page = open_page(None, f"/invite/{key}/", **way)
    check(page, way)
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, NEW)
    expect(page.get_by_role("heading", name="Join Northwind")).to_be_visible()
    check(page, way)

    page.get_by_role("button", name="Join").click()

    at_the_integrations(page)
    page.goto(f"{live_server.url}/invite/{key}/")
    expect(page.get_by_role("heading", name="This invitation does not work any more")).to_be_visible()
    check(page, way)


@WAYS
def test_a_forgotten_password_is_replaced_by_mail(open_page, live_server, boss, settings, mailoutbox, way):
    settings.MAIL_CONFIGURED, settings.PUBLIC_URL = True, live_server.url
    page = open_page(None, "/sign-in/", **way)
    page.get_by_role("link", name="Forgot your password?").click()
    check(page, way)
    page.get_by_label("Email").fill(boss.user.email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()
    check(page, way)

    page.goto(reset_link(mailoutbox))
    check(page, way)
    page.get_by_label("New Password", exact=True).fill("a quite different sentence")
    page.get_by_label("New Password (again)").fill("a quite different sentence")
    page.get_by_role("button", name="Save the password").click()
    expect(page.get_by_role("heading", name="The password is changed")).to_be_visible()
    check(page, way)
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, boss.user.email, "a quite different sentence")

    at_the_integrations(page)


@WAYS
def test_without_mail_a_link_from_the_operator_leads_to_a_new_password(open_page, live_server, boss, way):
    page = open_page(None, "/sign-in/reset/", **way)
    expect(page.get_by_text("manage.py sign_in_link")).to_be_visible()
    check(page, way)
    page.goto(f"{live_server.url}/sign-in/link/{one_time_links.sign_in(boss.user)}/")
    check(page, way)
    page.get_by_role("button", name="Choose a new password").click()
    page.get_by_label("New Password", exact=True).fill("a quite different sentence")
    page.get_by_label("New Password (again)").fill("a quite different sentence")
    page.get_by_role("button", name="Save the password").click()
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, boss.user.email, "a quite different sentence")

    at_the_integrations(page)


def test_from_the_start_link_to_an_invitation_by_keyboard_alone(open_page, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    page = open_page(None, f"/start/{one_time_links.start()}/", **DESK)
    press, write = page.keyboard.press, page.keyboard.type
    press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    for text in ("Ada Lovelace", "ada@northwind.example", factories.PASSWORD, "Northwind"):
        press("Tab")
        write(text)
    press("Enter")
    expect(page.get_by_text("No integrations yet")).to_be_visible()

    tab_to(page, page.get_by_role("link", name="Members and roles"))
    press("Enter")
    tab_to(page, page.get_by_role("link", name="Invite member"))
    press("Enter")
    tab_to(page, page.get_by_role("textbox", name="E-mail"))
    write(NEW)
    press("Tab")
    write("Owner")
    press("Tab")
    press("Tab")
    press("Enter")

    expect(page.get_by_role("textbox", name="Invitation link")).to_be_visible()
    assert Membership.objects.get().workspace.invitations.get().role == Role.OWNER


def tab_to(page: Page, target: Locator) -> None:
    """Goes on with Tab until the element has the focus."""
    expect(target).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail("Tab does not reach it")
