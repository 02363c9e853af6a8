"""What people do around signing in, in a browser."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import LOOKS, audit, overflow

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
WAYS = pytest.mark.parametrize(
    "way",
    [
        pytest.param(PHONE, id="phone"),
        pytest.param(
            {**DESK, "java_script_enabled": False}, id="desk without scripts", marks=pytest.mark.thorough
        ),
    ],
)


def check(page: Page, way: dict[str, Any]) -> None:
    """Neither axe nor a phone finds fault with the page, in light and, with THOROUGH, in dark."""
    if not way.get("java_script_enabled", True):
        return
    assert overflow(page) == 0
    for scheme in ("light", "dark") if "THOROUGH" in os.environ else ("light",):
        page.emulate_media(color_scheme=scheme)
        assert audit(page, None if scheme == "light" else LOOKS) == []


def sign_in(page: Page, email: str, password: str = factories.PASSWORD) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def go(page: Page, name: str, way: dict[str, Any]) -> None:
    """Opens an entry of the menu, which a phone hides behind a button."""
    if way["viewport"]["width"] < 800:
        page.get_by_role("button", name="Navigation").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def act_on(page: Page, member: str, action: str) -> None:
    """Opens the menu of a member and chooses from it."""
    page.get_by_role("row", name=member).get_by_role("button", name="More options").click()
    page.get_by_role("link", name=action, exact=True).click()
