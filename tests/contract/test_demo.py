"""`manage.py demo` fills a workspace by real requests, to the product that runs or to one of its own."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cerby_gateway.demo import people
from cerby_gateway.demo.apps import APPS
from integrations import addresses
from tests import running, sessions
from tests.running import Product
from tests.unit.scim.emulators import gateway

pytestmark = pytest.mark.thorough

NAMES = [app.name for app in APPS]
ARRIVED = """
    SELECT i.name, i.people_count, i.group_count FROM integrations_integration i ORDER BY i.name
"""
CREATED = """
    SELECT i.name, count(*)
    FROM traffic_requestlog r JOIN integrations_integration i ON i.id = r.integration_id
    WHERE r.method = 'POST' AND r.path = '/Users' AND r.status = 201 GROUP BY i.name
"""
RECOGNISED = """
    SELECT i.name, c.idp FROM traffic_contact c JOIN integrations_integration i ON i.id = c.integration_id
"""
LEFT = """
    SELECT i.name, count(*) FROM scim_scimuser u JOIN integrations_integration i ON i.id = u.integration_id
    WHERE NOT u.active AND NOT u.test_only GROUP BY i.name
"""
CARRIED = """
    SELECT i.name, d.status, count(*) FROM delivery_delivery d
    JOIN integrations_integration i ON i.id = d.integration_id GROUP BY i.name, d.status
"""
# Proofs of what arrived: whose word it is, or what the app showed when it was read back.
PROOFS = """
    SELECT DISTINCT i.name, json_extract(d.proof, '$.words') FROM delivery_delivery d
    JOIN integrations_integration i ON i.id = d.integration_id WHERE d.status = 'delivered'
"""
ACCOUNTS = """
    SELECT count(*), sum(a.is_active), sum(a.roles LIKE '%itor%') FROM delivery_appaccount a
    JOIN integrations_integration i ON i.id = a.integration_id WHERE i.name = 'Canva Teams'
"""
PAUSED = """
    SELECT i.name FROM delivery_lane l JOIN integrations_integration i ON i.id = l.integration_id
    WHERE l.paused_at IS NOT NULL
"""
TASKS = "SELECT state, count(*) FROM delivery_task GROUP BY state"
REFUSED = """
    SELECT i.name, r.cause
    FROM traffic_refusedtoken r JOIN integrations_integration i ON i.id = r.integration_id
"""
TROUBLE = "SELECT method, path, status FROM traffic_requestlog WHERE status >= 400"


def elsewhere(product: Product, data_dir: Path) -> Product:
    """Runs commands on other data than the product that runs."""
    return replace(product, env={**product.env, "DATA_DIR": str(data_dir), "OUTBOUND_ALLOWED_NETWORKS": ""})


def migrated(product: Product) -> None:
    """Makes the database that `up` would."""
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=running.ROOT, env=product.env, check=True)


def rows(data_dir: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(data_dir / "gateway.sqlite3")) as database:
        return database.execute(query).fetchall()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def product(data_dir: Path) -> Iterator[Product]:
    # As an operator has it who lets the demo deliver into its own app.
    with running.product(data_dir, OUTBOUND_ALLOWED_NETWORKS="127.0.0.1/32") as product:
        yield product


@pytest.fixture(scope="module")
def said(product: Product) -> dict[str, Any]:
    """The answer of a whole first run, which takes the minute until someone can leave."""
    return product.command("demo")


def test_six_integrations_are_added(said):
    assert said["workspace"] == "northwind-demo"
    assert said["added"] == NAMES


def test_everybody_arrived_through_a_request_of_their_own(said, data_dir):
    expected = {app.name: len(people.of(app.departments)) for app in APPS}

    created = dict(rows(data_dir, CREATED))

    # JumpCloud's connection test makes one more, and the test was run once.
    assert created == {**expected, "Bill.com": expected["Bill.com"] + 1}
    assert rows(data_dir, ARRIVED) == sorted((app.name, expected[app.name], len(app.groups)) for app in APPS)


def test_every_idp_is_recognised_by_what_it_sent(said, data_dir):
    assert dict(rows(data_dir, RECOGNISED)) == {app.name: app.idp for app in APPS}


def test_leavers_are_people_and_not_connection_tests(said, data_dir):
    assert dict(rows(data_dir, LEFT)) == {app.name: 1 for app in APPS if app.has_leaver}


def test_some_tasks_are_done_with_proof_and_others_wait_for_people(said, data_dir):
    tasks = dict(rows(data_dir, TASKS))

    assert tasks["done"] == 3
    assert tasks["open"] > 0
    assert ("Miro", "demo@northwind.example says that it is done.") in rows(data_dir, PROOFS)


def test_what_is_delivered_into_the_sample_app_is_there_whole_with_proof(said, data_dir):
    states = {state: number for name, state, number in rows(data_dir, CARRIED) if name == "Canva Teams"}

    assert set(states) <= {"delivered", "superseded", "cancelled"}
    assert all(words for name, words in rows(data_dir, PROOFS) if name == "Canva Teams")
    # One has left; the editors are those of Marketing, but for whom was moved.
    assert rows(data_dir, ACCOUNTS) == [(24, 23, 7)]
    # The app has ended with the demo.
    assert rows(data_dir, PAUSED) == [("Canva Teams",)]


def test_activity_has_refusals_to_explain(said, data_dir):
    assert sorted(rows(data_dir, REFUSED)) == [("Bill.com", "revoked"), ("QuickBooks", "malformed")]
    assert rows(data_dir, TROUBLE) == [("POST", "/Groups", 409)]


def test_a_second_run_adds_nothing_and_its_link_signs_in(said, product, data_dir):
    before = rows(data_dir, ARRIVED)

    again = product.command("demo")

    assert again["added"] == []
    assert again["workspace"] == said["workspace"]
    assert rows(data_dir, ARRIVED) == before
    assert again["sign_in_url"].startswith(f"{product.url}/sign-in/link/")
    with sessions.console(product.url, again["sign_in_url"]) as console:
        page = console.http.get(f"{product.url}/w/northwind-demo/integrations/")
    assert all(name in page.text for name in NAMES)


def test_a_product_on_other_data_gets_nothing_and_one_is_started_for_the_time(product, tmp_path, data_dir):
    before = rows(data_dir, "SELECT count(*) FROM traffic_refusedtoken")
    other = elsewhere(product, tmp_path)
    (tmp_path / "address").write_text(product.url)

    said = other.command("demo", "--without-leavers")

    assert said["added"] == NAMES
    assert dict(rows(tmp_path, RECOGNISED)) == {app.name: app.idp for app in APPS}
    assert (tmp_path / "address").read_text() == product.url
    assert rows(data_dir, "SELECT count(*) FROM traffic_refusedtoken") == before


def test_a_given_workspace_keeps_what_it_has(product, tmp_path):
    other = elsewhere(product, tmp_path)
    migrated(other)
    made = other.command("create_workspace", "Contoso", "--owner", "owner@contoso.example")
    other.command("create_integration", "Hootsuite", "--workspace", made["workspace"])

    said = other.command("demo", "--workspace", made["workspace"], "--without-leavers")

    assert said["workspace"] == "contoso"
    assert said["added"] == NAMES[1:]
    assert said["sign_in_url"].startswith(addresses.FALLBACK)
    assert [row for row in rows(tmp_path, ARRIVED) if row[0] == "Hootsuite"] == [("Hootsuite", 0, 0)]
    assert rows(tmp_path, "SELECT email FROM integrations_user") == [("owner@contoso.example",)]


def test_a_stranger_at_the_recorded_address_is_shown_no_token(product, tmp_path):
    with gateway.running(base="") as stranger:
        (tmp_path / "address").write_text(stranger.address)

        said = elsewhere(product, tmp_path).command("demo", "--without-leavers")

    [asked] = stranger.sent
    assert (asked.method, asked.path, asked.headers) == ("GET", "/healthz", {})
    assert said["added"] == NAMES
