"""People, groups and their attributes, looked for and understood in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import audit
from tests.browser.lived_in import crowd, pages

NO_SCRIPTS = [pytest.param(True, id="scripts"), pytest.param(False, id="no scripts")]


def test_the_search_and_the_state_narrow_the_people_as_one_types(open_page, boss, lived_in):
    page = open_page(boss, pages(lived_in, boss)["users"])
    expect(page.get_by_role("status").filter(has_text="3 people")).to_be_visible()

    page.keyboard.press("/")
    page.keyboard.type("cont")
    expect(page.get_by_role("row", name="Content design")).to_be_visible()
    expect(page.get_by_role("row", name="Payroll")).to_be_hidden()
    page.get_by_label("State").select_option("Inactive")

    expect(page.get_by_role("heading", name="Nobody found")).to_be_visible()
    expect(page).to_have_url(f"{page.url.split('?')[0]}?q=cont&state=inactive")
    assert audit(page) == []


def test_the_search_works_without_scripts_and_by_keyboard(open_page, boss, lived_in):
    crowd(lived_in)
    page = open_page(boss, pages(lived_in, boss)["users"], java_script_enabled=False)

    page.get_by_label("Search users").fill("somebody")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row")).to_have_count(51)
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_label("Search users")).to_have_value("somebody")
    page.get_by_role("link", name="Previous").click()

    expect(page.get_by_role("row")).to_have_count(51)
    expect(page.get_by_role("link", name="Somebody With A Long Name 0", exact=True)).to_be_visible()


@pytest.mark.parametrize("has_scripts", NO_SCRIPTS)
def test_a_person_is_read_in_words_and_unfolded_as_scim(open_page, boss, lived_in, has_scripts):
    page = open_page(boss, pages(lived_in, boss)["user"], java_script_enabled=has_scripts)

    attributes = page.get_by_role("region", name="Attributes by name")
    expect(attributes.get_by_role("row", name="E-mail (work)")).to_contain_text("content.design@")
    page.get_by_text("Resource as SCIM answers it").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("region", name="Resource as SCIM answers it")).to_contain_text('"resourceType"')
    expect(page.get_by_role("heading", name="title changed")).to_be_visible()


def test_a_group_names_whom_it_waits_for(open_page, boss, lived_in):
    page = open_page(boss, pages(lived_in, boss)["entitlement"])

    row = page.get_by_role("region", name="People awaited").get_by_role("row", name="nobody")
    expect(row).to_contain_text("Awaited")


@pytest.mark.parametrize("has_scripts", NO_SCRIPTS)
def test_an_attribute_that_was_set_aside_is_kept_and_removed_again(open_page, boss, lived_in, has_scripts):
    page = open_page(boss, pages(lived_in, boss)["mapping"], java_script_enabled=has_scripts)
    aside = page.get_by_role("region", name="Attributes set aside").get_by_role("row", name="favouriteColour")

    aside.get_by_role("button", name="Keep this attribute").click()
    expect(page.get_by_text("favouriteColour is kept from now on.")).to_be_visible()
    expect(aside).to_be_hidden()
    page.get_by_role("link", name="Remove favouriteColour").click()
    expect(page.get_by_text("for all 3 people of this integration")).to_be_visible()
    page.get_by_role("button", name="Remove attribute").click()

    expect(page.get_by_text("favouriteColour is set aside from now on.")).to_be_visible()
    expect(aside).to_be_visible()


def test_a_wrong_attribute_is_told_at_its_field(open_page, boss, lived_in):
    page = open_page(boss, pages(lived_in, boss)["mapping"])

    page.get_by_label("Name", exact=True).fill("costCenterCode")
    page.get_by_label("Schema", exact=True).fill("urn:ietf:params:scim:schemas:core:2.0:User")
    page.get_by_role("button", name="Add attribute").click()

    expect(page.get_by_text("This schema belongs to the standard.")).to_be_visible()
    expect(page.get_by_label("Schema", exact=True)).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("costCenterCode")
    assert audit(page) == []


def test_a_refusal_shows_what_was_expected_what_came_and_where_to_mend_it(open_page, boss, lived_in):
    page = open_page(boss, pages(lived_in, boss)["activity-refused"])

    expect(page.get_by_text("an attribute of User", exact=True)).to_be_visible()
    expect(page.get_by_text('"nosuch"', exact=True)).to_be_visible()
    expect(page.get_by_text("In Okta: Provisioning > To App.")).to_be_visible()


def test_ones_password_and_sessions_are_reached_from_every_page(open_page, boss, lived_in):
    page = open_page(boss, pages(lived_in, boss)["general"])
    account = page.get_by_role("navigation", name="Account")

    account.get_by_role("link", name="Sessions").click()
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    page.go_back()
    account.get_by_role("link", name="Password").click()

    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
