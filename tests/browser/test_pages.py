"""Every page of the console, in light and dark, on a desk and on a phone, without a fault that axe finds."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import expect

from tests import factories
from tests.browser import conftest
from tests.browser.conftest import audit, overflow, picture
from tests.browser.lived_in import pages, services

DOCS = Path(__file__).resolve().parents[2] / "docs"
LOOKS = [("light", 1280), ("dark", 320)]


def test_no_page_has_a_fault(open_page, live_server, boss, lived_in):
    page = open_page(boss)
    faults = {}

    for name, path in pages(lived_in, boss).items():
        page.goto(live_server.url + path)
        for scheme, width in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            picture(page, f"{name}-{scheme}-{width}")
            is_first = (scheme, width) == LOOKS[0]
            wide = overflow(page)
            found = [f"{wide} px too wide"] if wide else []
            # What is in order in the light is, where time is short, in order in the dark: by its own tokens.
            if is_first or "THOROUGH" in os.environ:
                found += audit(page, None if is_first else conftest.LOOKS)
            if found:
                faults[name, scheme] = found

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


def test_the_picture_of_connected_services(open_page, boss, lived_in, settings):
    """The README's picture; UPDATE_PICTURES=1 renews it. It shows an address that a provider can reach."""
    settings.PUBLIC_URL = "https://gateway.northwind.example"
    page = open_page(boss, services(lived_in), viewport={"width": 1280, "height": 800})
    page.reload()
    expect(page.get_by_text("Connected (Okta)")).to_be_visible()
    expect(page.get_by_label("SCIM Gateway URL", exact=True)).to_have_value(
        f"https://gateway.northwind.example/scim/v2/{lived_in.pk}"
    )
    expect(page.get_by_role("alert")).to_have_count(0)

    if os.environ.get("UPDATE_PICTURES"):
        (DOCS / "pictures").mkdir(exist_ok=True)
        page.screenshot(path=DOCS / "pictures/connected-services.png", caret="initial")

    assert (DOCS / "pictures/connected-services.png").stat().st_size > 10_000
