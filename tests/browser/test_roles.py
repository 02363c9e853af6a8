"""Owner, Super Admin, Admin and Member at the console: what each sees and may do."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from integrations.models import Role
from tests import factories
from tests.browser.lived_in import services


@pytest.mark.parametrize(
    ("role", "menu", "retires"),
    [
        pytest.param(
            Role.OWNER,
            ["Integrations", "Tasks", "Members and roles", "Audit log", "Settings"],
            True,
            id="Owner",
        ),
        pytest.param(
            Role.SUPER_ADMIN,
            ["Integrations", "Tasks", "Members and roles", "Audit log", "Settings"],
            True,
            id="Super Admin",
        ),
        pytest.param(Role.ADMIN, ["Integrations", "Tasks", "Members and roles"], False, id="Admin"),
    ],
)
def test_each_role_finds_what_it_may_do(open_page, northwind, hootsuite, role, menu, retires):
    member = factories.make_member(northwind, role)
    page = open_page(member, services(hootsuite))
    expect(page.get_by_role("navigation", name="Main").get_by_role("link")).to_have_text(menu)

    page.get_by_role("button", name="Generate token").click()
    expect(page.get_by_role("dialog", name="Generate token")).to_be_visible()
    page.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_role("button", name="More options")).to_be_visible()

    page.get_by_role("navigation", name="Settings").get_by_role("link", name="General").click()
    expect(page.get_by_role("heading", name="Identifiers")).to_be_visible()
    expect(page.get_by_role("heading", name="Danger zone")).to_be_visible(visible=retires)


def test_a_member_finds_tasks_and_nothing_else(open_page, live_server, northwind, boss, hootsuite):
    member = factories.make_member(northwind, Role.MEMBER)
    page = open_page(member, "/")

    expect(page.get_by_role("heading", name="Tasks", level=1)).to_be_visible()
    expect(page.get_by_role("navigation", name="Main").get_by_role("link")).to_have_text(["Tasks"])
    page.goto(live_server.url + services(hootsuite))

    expect(page.get_by_role("heading", name="You may not do this")).to_be_visible()
    expect(page.get_by_text("It takes: Owner, Super Admin, Admin.")).to_be_visible()
    expect(page.get_by_text("Hootsuite")).to_be_hidden()
    expect(page.get_by_text(f"Ask an Owner: {boss.user.email}.")).to_be_visible()


def test_an_admin_is_told_who_may_read_the_audit_log(open_page, northwind, boss):
    page = open_page(factories.make_member(northwind, Role.ADMIN), f"/w/{northwind.slug}/audit/")

    expect(page.get_by_role("heading", name="You may not do this")).to_be_visible()
    expect(page.get_by_text(f"Ask an Owner: {boss.user.email}.")).to_be_visible()


def test_a_limited_admin_finds_what_was_given_and_nothing_else(open_page, live_server, northwind, hootsuite):
    northwind.admins_limited = True
    northwind.save()
    admin = factories.make_member(northwind, Role.ADMIN)
    given = factories.make_integration(northwind, "Mailchimp")
    factories.give(given, admin)
    page = open_page(admin, f"/w/{northwind.slug}/integrations/")

    expect(page.get_by_role("row", name="Mailchimp")).to_be_visible()
    expect(page.get_by_role("row", name="Hootsuite")).to_be_hidden()
    page.goto(live_server.url + services(hootsuite))
    expect(page.get_by_role("heading", name="This page does not exist")).to_be_visible()


def test_an_owner_retires_an_integration_and_brings_it_back(open_page, boss, hootsuite):
    page = open_page(boss, services(hootsuite).replace("connected-services", "general"))

    page.get_by_role("button", name="Archive integration").click()
    expect(page.get_by_text("Hootsuite is archived. SCIM requests are answered 403.")).to_be_visible()
    page.get_by_role("button", name="Restore integration").click()

    expect(page.get_by_text("Hootsuite is restored.")).to_be_visible()


def test_an_owner_deletes_an_archived_integration_by_its_name(open_page, boss, hootsuite):
    page = open_page(boss, services(hootsuite).replace("connected-services", "general"))
    page.get_by_role("button", name="Archive integration").click()
    page.get_by_role("link", name="Delete integration").click()
    page.get_by_label("Type Hootsuite to confirm").fill("Hootsuite")
    page.get_by_role("button", name="Delete integration").click()

    expect(page.get_by_text("Hootsuite is deleted.")).to_be_visible()
    expect(page.get_by_text("No integrations yet")).to_be_visible()
