"""A real Chromium against a live server: what a person sees, hears and can do by keyboard alone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from integrations.models import Integration, Membership, Role, Workspace
from tests import factories, sessions
from tests.browser.lived_in import fill

# Playwright's sync API runs a loop in this thread, for which Django would refuse the ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
USUAL: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
WATCH = """
window.__policy = [];
document.addEventListener(
  "securitypolicyviolation", (e) => window.__policy.push(e.violatedDirective + " " + e.blockedURI)
);
"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# What another theme or another width can make worse; the rest is the same page.
LOOKS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]},
    "resultTypes": ["violations"],
}
AXE = Axe()
# htmx takes up its work a moment after the page has loaded; before that a click does what it does without it.
READY = "[data-htmx-powered], body:not(:has([hx-get], [hx-post]))"
OUTPUT = Path(__file__).resolve().parents[1] / "output"

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = "no Chromium or Chrome: install one, or name it in CHROMIUM"
        pytest.fail(reason) if os.environ.get("REQUIRE_ALL") else pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, live_server) -> Iterator[OpenPage]:
    """Opens a page as a person, or as a stranger; no console message and no policy error may come of it."""
    faults: list[str] = []
    opened: list[tuple[Page, bool]] = []

    def open_as(who: Membership | None = None, path: str = "", **options: Any) -> Page:
        context = browser.new_context(**{**USUAL, **options})
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH)
        if who is not None:
            cookie = sessions.sign_in(Client(), who).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("console", lambda message: faults.append(f"{page.url} console: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"{page.url} error: {error}"))
        opened.append((page, bool(options.get("java_script_enabled", True))))
        page.goto(live_server.url + path)
        if options.get("java_script_enabled", True):
            page.locator(READY).first.wait_for(state="attached")
        return page

    yield open_as
    for page, has_scripts in opened:
        faults += page.evaluate("window.__policy ?? []") if has_scripts else []
        page.context.close()
    # The browser itself reports an answer of 4xx, such as a form that came back.
    assert [fault for fault in faults if "the server responded with a status of 4" not in fault] == []


@pytest.fixture
def northwind() -> Workspace:
    return factories.make_workspace()


@pytest.fixture
def boss(northwind: Workspace) -> Membership:
    members = Membership.objects.for_workspace(northwind).select_related("user", "workspace")
    return members.get(role=Role.OWNER)


@pytest.fixture
def hootsuite(northwind: Workspace) -> Integration:
    return factories.make_integration(northwind)


@pytest.fixture
def lived_in(hootsuite: Integration) -> Integration:
    """An integration with people, a group, changes, a refused request and refused tokens."""
    fill(hootsuite)
    return hootsuite


def audit(page: Page, rules: dict[str, Any] | None = None) -> list[str]:
    """What axe finds wrong with the page, by all rules or by LOOKS; it is brought into each page once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate("(options) => axe.run(document, options)", rules or RULES)["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in found]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    page.wait_for_load_state()
    # A reserved scroll bar makes the page narrower than its window.
    return max(0, page.evaluate(wide))


def picture(page: Page, name: str) -> None:
    """A screenshot for eyes, where SCREENSHOTS is set; the caret is left alone, since hiding it writes an
    inline style."""
    if "SCREENSHOTS" not in os.environ:
        return
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png", caret="initial")
