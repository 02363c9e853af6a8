"""What each page may cost and must hold: bytes, requests, no shift, no sideways scroll, keyboard, names."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from playwright.sync_api import Page, Request

from tests.browser.conftest import audit, overflow
from tests.browser.lived_in import crowd, pages, services

MOST_HTML_BYTES = 15_000
MOST_CODE_BYTES = 60_000
MOST_REQUESTS = 9
CODE = (".css", ".js")
# 1280 x 800 at 200 % zoom, and the narrowest window that WCAG 2.2, 1.4.10 asks for.
THOROUGH = pytest.mark.thorough
NARROW = [
    pytest.param({"viewport": {"width": 320, "height": 640}}, id="320 px"),
    pytest.param(
        {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}, id="200 % zoom", marks=THOROUGH
    ),
]
SHIFT = """
window.__shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries()) {
    const moved = sources.map(({ node }) => (node?.outerHTML ?? node?.textContent ?? "gone").slice(0, 120));
    window.__shifts.push(`${value}: ${moved.join(", ")}`);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
# What Tab should reach, in the order of the page. Of a group of radio buttons one is a stop.
STOPS = """
() => {
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const isStop = (el) => {
    if (el.disabled || !el.checkVisibility({ visibilityProperty: true })) return false;
    if (el.type !== "radio") return true;
    const group = [...document.getElementsByName(el.name)];
    return el === (group.find((one) => one.checked) ?? group[0]);
  };
  window.__stops = [...document.querySelectorAll(all)].filter(isStop);
  return window.__stops.map((el) => el.outerHTML.slice(0, 120));
}
"""
# How the focus shows: on the element, on what is stretched over its row, or around the field it is part of.
FOCUSED = """
() => {
  const el = document.activeElement;
  if (!el || el === document.body) return null;
  const ring = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const parts = [getComputedStyle(el), getComputedStyle(el, "::after"), getComputedStyle(el.parentElement)];
  return { at: window.__stops.indexOf(el), html: el.outerHTML.slice(0, 120), seen: parts.some(ring) };
}
"""
ROW_FAULTS = """
() => [...document.querySelectorAll("tr, .card-row")].flatMap((row) => {
  const seen = new Map();
  const faults = [];
  for (const el of row.querySelectorAll("a[href], button")) {
    if (!el.checkVisibility()) continue;
    const described = el.getAttribute("aria-describedby") ?? "";
    const name = `${el.getAttribute("aria-label") ?? el.textContent.trim()} ${described}`;
    const does = el.getAttribute("href") ?? el.getAttribute("popovertarget") ?? el.form?.action;
    if (seen.has(name) && seen.get(name) !== does) faults.push(`${name}: ${does}`);
    seen.set(name, does);
  }
  return faults;
})
"""
# Of all buttons in tables: the same name twice needs a description that tells them apart.
TWINS = """
() => {
  const names = [...document.querySelectorAll("main :is(table, .card-row) button")]
    .filter((el) => el.checkVisibility())
    .map((el) => {
      const described = document.getElementById(el.getAttribute("aria-describedby"))?.textContent ?? "";
      return `${el.getAttribute("aria-label") ?? el.textContent.trim()} ${described.trim()}`;
    });
  return names.filter((name, at) => names.indexOf(name) !== at);
}
"""
NAMED_ROLES = {
    *("button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio"),
    *("dialog", "navigation", "region", "search", "radiogroup"),
}


@pytest.fixture
def crowded(lived_in):
    """As much on each page as it ever shows."""
    crowd(lived_in)
    return lived_in


def visit(page: Page, url: str) -> dict[str, Any]:
    """What the page costs, in gzipped HTML and requests, cached ones among them; and what shifts."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    # A page that shifts does so each time; one painted half by a busy machine does not.
    for _visit in range(3):
        asked.clear()
        answer = page.goto(url)
        shifts = page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(__shifts), 50)))"
        )
        if not shifts:
            break
    page.remove_listener("request", note)
    assert answer is not None
    return {"html": len(gzip.compress(answer.body())), "requests": asked, "shifts": shifts}


def missed(page: Page) -> list[str]:
    """What Tab passes by, comes to out of order, or reaches without a focus that is to be seen."""
    stops = page.evaluate(STOPS)
    page.evaluate("document.activeElement?.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    reached: list[dict[str, Any]] = []
    for _step in range(len(stops) + 2):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        # Behind the last stop the browser begins anew, with or without a stop at the page itself.
        if focused is None or (reached and focused["at"] == reached[0]["at"]):
            break
        reached.append(focused)
    order = [each["at"] for each in reached]
    faults = [f"passed by: {stop}" for at, stop in enumerate(stops) if at not in order]
    faults += [f"no focus to see: {each['html']}" for each in reached if not each["seen"]]
    return faults + ([] if order == sorted(order) else [f"out of order: {order}"])


def unnamed(page: Page) -> list[str]:
    """What a screen reader would announce by its role alone."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return [
        node["role"]["value"]
        for node in nodes
        if not node["ignored"]
        and node["role"]["value"] in NAMED_ROLES
        and not node.get("name", {}).get("value", "").strip()
    ]


def test_a_full_page_is_light_and_comes_in_few_requests_without_a_shift(
    open_page, live_server, boss, crowded
):
    signed_in, stranger = open_page(boss), open_page()
    for page in (signed_in, stranger):
        page.context.add_init_script(SHIFT)
    faults = {}

    for name, path in pages(crowded, boss).items():
        cost = visit(stranger if name == "sign-in" else signed_in, live_server.url + path)
        if cost["html"] > MOST_HTML_BYTES or len(cost["requests"]) > MOST_REQUESTS or cost["shifts"]:
            faults[name] = cost

    assert faults == {}


def test_styles_and_scripts_of_a_page_stay_within_their_budget(open_page, live_server, boss, lived_in):
    page = open_page(boss)
    page.context.add_init_script(SHIFT)
    asked = visit(page, live_server.url + services(lived_in))["requests"]

    code = {url: len(gzip.compress(page.request.get(url).body())) for url in asked if url.endswith(CODE)}

    assert len(code) == 4
    assert sum(code.values()) <= MOST_CODE_BYTES, code


def test_a_shift_would_be_seen(open_page, boss, hootsuite):
    page = open_page(boss)
    page.add_init_script(SHIFT)
    page.goto(page.url.split("/w/")[0] + services(hootsuite), wait_until="networkidle")
    page.evaluate("document.querySelector('main').prepend(Object.assign(document.createElement('hr'), {}))")
    page.evaluate("document.querySelector('main hr').style.height = '200px'")
    page.wait_for_timeout(200)

    assert page.evaluate("window.__shifts") != []


@pytest.mark.parametrize("window", NARROW)
def test_no_page_scrolls_sideways(open_page, live_server, boss, crowded, window):
    crowded.name = "Integrationofthemarketingdepartmentwhosenamewasneverbrokenbyasingleblankatall80"[:80]
    crowded.save()
    page = open_page(boss, **window)
    wide = {}

    for name, path in pages(crowded, boss).items():
        page.goto(live_server.url + path)
        if overflow(page):
            wide[name] = overflow(page)

    assert wide == {}


@THOROUGH
def test_every_page_works_by_keyboard_and_by_ear(open_page, live_server, boss, lived_in):
    page = open_page(boss)
    faults = {}

    for name, path in pages(lived_in, boss).items():
        page.goto(live_server.url + path)
        found = missed(page) + unnamed(page) + page.evaluate(ROW_FAULTS) + page.evaluate(TWINS)
        if found:
            faults[name] = found

    assert faults == {}


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("document.querySelector('h1').innerHTML += '<button></button>'", "button"),
        ("document.querySelector('main button, main a').tabIndex = 5", "out of order"),
        ("document.querySelector('main button, main a').style.outline = 'none'", "no focus to see"),
    ],
    ids=["no name", "out of order", "no focus"],
)
def test_a_fault_of_keyboard_or_ear_would_be_found(open_page, boss, hootsuite, fault, found):
    page = open_page(boss, services(hootsuite))

    page.evaluate(fault)

    assert any(each.startswith(found) for each in missed(page) + unnamed(page))


def test_high_contrast_keeps_the_current_item_the_edges_and_the_focus(open_page, boss, lived_in):
    page = open_page(boss, services(lived_in), forced_colors="active")
    tabs = page.get_by_role("navigation", name="Settings").get_by_role("link")
    colours = tabs.evaluate_all("links => links.map((link) => getComputedStyle(link).backgroundColor)")
    edges = page.get_by_role("link", name="View activity").evaluate("el => getComputedStyle(el).borderWidth")

    assert len(set(colours)) == 2
    assert edges == "1px"
    assert missed(page) == []
    assert audit(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize(("motion", "moving"), [("reduce", 0), ("no-preference", 1)])
def test_the_pulse_stands_still_for_whoever_asks_for_it(open_page, boss, hootsuite, motion, moving):
    page = open_page(boss, services(hootsuite), reduced_motion=motion)
    page.get_by_role("button", name="Generate token").click()
    page.get_by_role("button", name="I have copied it").click()
    page.get_by_text("Waiting for the first request…").wait_for()
    page.get_by_role("dialog").wait_for(state="detached")

    running = page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length")

    assert running == moving
