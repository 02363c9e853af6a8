"""From the first start to the first Owner, over HTTP."""

from __future__ import annotations

from dataclasses import replace

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


def test_commands_of_another_shell_print_the_address_that_others_use(tmp_path):
    with product(tmp_path, PUBLIC_URL="http://gateway.example.com:9000") as started:
        elsewhere = replace(started, env={**started.env, "PUBLIC_URL": ""})
        boss = elsewhere.command("create_workspace", "Northwind", "--owner", "owner@northwind.example")
        made = elsewhere.command("create_integration", "Hootsuite", "--workspace", "northwind")
        here, public = (tmp_path / "address").read_text(encoding="utf-8").splitlines()

    assert started.url == public == "http://gateway.example.com:9000"
    assert boss["sign_in_url"].startswith(f"{public}/sign-in/link/")
    assert made["scim_gateway_url"] == f"{public}/scim/v2/{made['id']}"
    assert here.startswith("http://127.0.0.1:")


def test_the_start_link_works_where_further_host_names_are_allowed(tmp_path):
    with product(tmp_path, ALLOWED_HOSTS="gateway.example.com") as started:
        here = httpx.get(started.start_url)
        named = httpx.get(started.start_url, headers={"host": "gateway.example.com"})
        other = httpx.get(started.start_url, headers={"host": "other.example.com"})

    assert [here.status_code, named.status_code, other.status_code] == [200, 200, 400]
