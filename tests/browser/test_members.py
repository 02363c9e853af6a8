"""Members and roles, as Owners keep them, and what the people concerned see of it."""

from __future__ import annotations

from playwright.sync_api import expect

from integrations.models import Membership, Role
from tests import factories
from tests.browser.people import WAYS, act_on, check, go, sign_in

ADMIN = "admin@northwind.example"


def members(workspace) -> str:
    return f"/w/{workspace.slug}/members/"


@WAYS
def test_an_owner_changes_a_role(open_page, northwind, boss, way):
    factories.make_member(northwind, Role.ADMIN, ADMIN)
    page = open_page(boss, members(northwind), **way)
    check(page, way)
    act_on(page, ADMIN, "Change role")
    check(page, way)
    page.get_by_label("Role").select_option("Super Admin")
    page.get_by_role("button", name="Change role").click()

    expect(page.get_by_text(f"{ADMIN} is Super Admin now.")).to_be_visible()
    expect(page.get_by_role("row", name=ADMIN)).to_contain_text("Super Admin")


@WAYS
def test_an_owner_removes_a_member_who_sees_nothing_any_more(open_page, live_server, northwind, boss, way):
    factories.make_member(northwind, Role.ADMIN, ADMIN)
    theirs = open_page(None, members(northwind), **way)
    sign_in(theirs, ADMIN)
    expect(theirs.get_by_role("heading", name="Members and roles", level=1)).to_be_visible()
    page = open_page(boss, members(northwind), **way)
    act_on(page, ADMIN, "Remove")
    check(page, way)
    page.get_by_label(f"Type {ADMIN} to confirm").fill(ADMIN)
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text(f"{ADMIN} is not a member any more.")).to_be_visible()
    expect(page.get_by_role("row", name=ADMIN)).to_be_hidden()

    theirs.goto(live_server.url + members(northwind))
    sign_in(theirs, ADMIN)

    expect(theirs.get_by_role("heading", name="This page does not exist")).to_be_visible()
    theirs.goto(live_server.url)
    expect(theirs.get_by_role("heading", name="You belong to no workspace")).to_be_visible()
    check(theirs, way)


@WAYS
def test_the_last_owner_is_told_in_plain_words_why_they_stay(open_page, live_server, northwind, boss, way):
    refusal = "A workspace always has an Owner. Make someone else Owner first."
    page = open_page(boss, members(northwind), **way)
    act_on(page, boss.user.email, "Leave")
    page.get_by_label(f"Type {boss.user.email} to confirm").fill(boss.user.email)
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("alert")).to_contain_text(refusal)
    check(page, way)

    page.goto(live_server.url + members(northwind))
    act_on(page, boss.user.email, "Change role")
    page.get_by_label("Role").select_option("Admin")
    page.get_by_role("button", name="Change role").click()

    expect(page.get_by_role("alert")).to_contain_text(refusal)
    assert Membership.objects.for_workspace(northwind).get().role == Role.OWNER


@WAYS
def test_a_person_of_two_workspaces_switches_between_them(open_page, northwind, boss, way):
    other = factories.make_workspace("Contoso")
    Membership.objects.create(workspace=other, user=boss.user, role=Role.ADMIN)
    factories.make_integration(other, "Canva Teams")
    page = open_page(boss, f"/w/{northwind.slug}/integrations/", **way)
    expect(page.get_by_text("No integrations yet")).to_be_visible()
    if way["viewport"]["width"] < 800:
        page.get_by_role("button", name="Navigation").click()
    page.get_by_role("button", name="Switch workspace").click()
    page.get_by_role("link", name="Contoso").click()

    expect(page.get_by_role("row", name="Canva Teams")).to_be_visible()
    go(page, "Members and roles", way)
    expect(page.get_by_role("link", name="Invite member")).to_be_hidden()
    check(page, way)


@WAYS
def test_a_form_sent_after_the_session_ended_leads_back_to_itself(open_page, northwind, boss, way):
    page = open_page(None, f"{members(northwind)}invite/", **way)
    sign_in(page, boss.user.email)
    page.get_by_label("E-mail").fill("new@northwind.example")
    page.context.clear_cookies(name="session")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("Your sign-in had ended, so nothing was changed.")).to_be_visible()
    check(page, way)
    sign_in(page, boss.user.email)

    expect(page.get_by_role("heading", name="Invite member", level=1)).to_be_visible()
    assert not northwind.invitations.exists()


@WAYS
def test_settings_of_the_workspace_and_the_audit_of_it(open_page, northwind, boss, way):
    page = open_page(boss, f"/w/{northwind.slug}/settings/", **way)
    page.get_by_label("Workspace name").fill("Northwind Traders")
    page.get_by_label("Admins see only the integrations given to them").check()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("The changes are saved.")).to_be_visible()
    check(page, way)

    go(page, "Audit log", way)

    expect(page.get_by_role("row", name="Changed the workspace settings")).to_contain_text(boss.user.email)
    check(page, way)
