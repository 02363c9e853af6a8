"""The Django admin as support staff see it: under the same policy, readable by everyone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests import factories
from tests.browser.conftest import AXE, LOOKS, RULES, picture

GRAVE = {"serious", "critical"}
# These come with Django's own templates of the admin.
DJANGOS_OWN = {"label-title-only", "link-in-text-block", "target-size"}


@pytest.fixture
def support():
    return factories.make_user("support@cerby.example", staff=True)


def grave(page: Page, rules: dict[str, Any]) -> list[str]:
    """What axe calls serious or critical."""
    found = AXE.run(page, options=rules).response["violations"]
    ours = [rule for rule in found if rule["impact"] in GRAVE and rule["id"] not in DJANGOS_OWN]
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in ours]


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.thorough)])
def test_support_walks_the_admin_without_a_grave_fault(open_page, live_server, lived_in, support, scheme):
    page = open_page(support, "/admin/", color_scheme=scheme)
    lists = page.locator("th a[href^='/admin/']").evaluate_all("links => links.map((link) => link.pathname)")
    # axe looks from a window of its own: on these pages it writes styles, which the policy would report.
    state = page.context.storage_state()
    reader = page.context.browser.new_context(storage_state=state, color_scheme=scheme, bypass_csp=True)
    seen, faults = reader.new_page(), {}

    for path in sorted(set(lists)):
        page.goto(f"{live_server.url}{path}?q={lived_in.pk}")
        picture(page, f"admin{path.replace('/', '-')}{scheme}")
        row = page.locator("#result_list th a").first
        if row.count():
            row.click()
            page.wait_for_load_state()
        seen.goto(page.url)
        faults[path] = grave(seen, RULES if scheme == "light" else LOOKS)
    reader.close()

    assert len(lists) > 5
    assert {path: found for path, found in faults.items() if found} == {}
