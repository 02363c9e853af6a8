"""The API keys of a workspace, as an Owner keeps them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from integrations import api_keys
from tests.browser.conftest import overflow
from tests.browser.people import PHONE, WAYS, check

KEY = re.compile(r"cgk_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")


@WAYS
def test_an_owner_makes_a_key_copies_it_and_revokes_it(open_page, northwind, boss, way):
    clipboard = {"permissions": ["clipboard-read", "clipboard-write"]}
    page = open_page(boss, f"/w/{northwind.slug}/settings/", **way, **clipboard)
    page.get_by_role("link", name="Make an API key").click()
    dialog = page.get_by_role("dialog", name="Make an API key")
    dialog.get_by_label("What it is for").fill("Nightly export")
    expect(dialog.get_by_label("Read-only")).to_be_checked()
    dialog.get_by_label(re.compile("^Admin")).check()
    check(page, way)
    dialog.get_by_role("button", name="Make an API key").click()

    expect(dialog).to_contain_text("shown only once")
    check(page, way)
    key = dialog.get_by_label("API key", exact=True).input_value()
    assert KEY.fullmatch(key)
    if way == PHONE:
        page.keyboard.press("Escape")
        dialog.get_by_role("button", name="Copy API key").click()
        expect(page.get_by_text("API key copied")).to_be_attached()
        assert page.evaluate("navigator.clipboard.readText()") == key
    dialog.get_by_role("button", name="I have copied it").click()

    row = page.get_by_role("row", name=key[:16])
    expect(dialog).to_be_hidden()
    expect(row).to_contain_text("Not used yet")
    assert key not in page.content()
    check(page, way)
    row.get_by_role("link", name="Revoke").click()
    dialog = page.get_by_role("dialog", name="Revoke API key")
    dialog.get_by_label("Type Nightly export to confirm").fill("Nightly")
    dialog.get_by_role("button", name="Revoke").click()
    expect(dialog.get_by_text("This is not the name.")).to_be_visible()
    check(page, way)
    dialog.get_by_label("Type Nightly export to confirm").fill("Nightly export")
    dialog.get_by_role("button", name="Revoke").click()

    expect(page.get_by_text("is revoked. Its next request is refused.")).to_be_visible()
    expect(row).to_contain_text("Revoked")
    assert overflow(page) == 0 or way != PHONE
    with pytest.raises(api_keys.KeyRefused):
        api_keys.verify(f"Bearer {key}")
