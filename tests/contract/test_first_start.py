"""From the first start to the first Owner, over HTTP."""

from __future__ import annotations

import httpx

from tests import factories
from tests.running import first_start, product
from tests.sessions import CSRF, found

OWNER = {
    "name": "Ada Lovelace",
    "email": "ada@northwind.example",
    "password": factories.PASSWORD,
    "workspace": "Northwind",
}


def test_each_start_makes_a_fresh_link_until_there_is_an_owner(tmp_path):
    with first_start(tmp_path) as first:
        older = first.start_url
        assert [httpx.head(older).status_code, httpx.get(older).status_code] == [200, 200]

    with product(tmp_path) as second, httpx.Client(follow_redirects=True) as browser:
        stale = browser.get(second.url + httpx.URL(older).path)
        page = browser.get(second.start_url)
        form = {**OWNER, "csrfmiddlewaretoken": found(CSRF, page.text)}
        arrived = browser.post(second.start_url, data=form)
        again = httpx.get(second.start_url)

    with product(tmp_path) as third:
        link_of_third = third.start_url

    assert stale.status_code == 410
    assert arrived.url.path == "/w/northwind/integrations/"
    assert "No integrations yet" in arrived.text
    assert again.status_code == 410
    assert link_of_third == ""
