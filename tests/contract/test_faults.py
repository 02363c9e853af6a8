"""Under load, whatever fails: nothing that was acknowledged is lost, repeated in effect, or out of order.

bench/faults.py kills two hundred times. An app that is down for an hour is in
connectors/test_webhook_whole_way.py; one that answers too late in test_webhook.py and
test_scim_push_troubles.py.
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests import faults, running
from tests.faults import CONNECTIONS, Counts, Site

KILLS = 10
# Each database has one kind of connector; with THOROUGH the other as well.
KIND, OTHER = ("ledger_events", "ledger") if os.environ.get("DATABASE_URL") else ("ledger", "ledger_events")
BOTH = [KIND, pytest.param(OTHER, marks=pytest.mark.thorough)]
ENDS_OF_CONNECTIONS = 4
# So much more than there is may be written before the database is full; the product's start writes too.
ROOM_PAGES = 80
MOST_WRITES = 400


@pytest.fixture(scope="module")
def place(request, tmp_path_factory) -> Iterator[Site]:
    """A product whose app is a file: started once for all that is done to it."""
    url = os.environ.get("DATABASE_URL", "")
    fresh = running.fresh_postgres(url) if url else contextlib.nullcontext("")
    with (
        fresh as database_url,
        faults.site(tmp_path_factory.mktemp("site"), request.param, database_url) as made,
    ):
        yield made


@pytest.fixture
def counts() -> Iterator[Counts]:
    found = Counts(seed=random.randrange(2**31))
    yield found
    sys.stdout.write(f"{found}\n")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("place", BOTH, indirect=True, scope="module")
def test_killed_processes_lose_nothing(place, counts):
    faults.torment(place, counts, kills=KILLS)

    assert counts.acknowledged > 0
    assert counts.orders > 0


@pytest.mark.postgres
@pytest.mark.timeout(120)
@pytest.mark.parametrize("place", [KIND], indirect=True, scope="module")
def test_a_database_that_ends_its_connections_loses_nothing(place, counts):
    faults.torment(place, counts, kills=ENDS_OF_CONNECTIONS, victims=[CONNECTIONS])

    assert counts.acknowledged > 0
    assert counts.orders > 0


@pytest.mark.sqlite
@pytest.mark.timeout(120)
@pytest.mark.parametrize("place", [KIND], indirect=True, scope="module")
def test_a_database_that_is_full_refuses_whole_and_loses_nothing(place, counts):
    with place.restarted(GATEWAY_SQLITE_MAX_PAGES=str(place.rows("PRAGMA page_count")[0][0] + ROOM_PAGES)):
        answers = _fill(place, counts.seed)
        read = httpx.get(f"{place.address}/Users?count=1", headers=place.headers)

    refused = [answer for answer in answers if answer.status_code != 201]
    for answer in refused:
        assert answer.status_code == 503
        assert answer.headers["Content-Type"].startswith("application/scim+json")
        assert answer.json()["detail"].startswith("The gateway has no room left for its data")
    assert read.status_code == 200
    made = [(answer.json()["id"], 1) for answer in answers if answer.status_code == 201]
    named = f"FROM scim_scimuser WHERE user_name LIKE 'full{counts.seed}-%'"
    assert place.rows(f"SELECT count(*) {named}") == [(len(made),)]
    faults.wait_until_carried(place)
    faults.judge(place, counts, made)


def _fill(place: Site, seed: int) -> list[httpx.Response]:
    """Creates until a few were refused."""
    answers: list[httpx.Response] = []
    while sum(answer.status_code != 201 for answer in answers) < 3:
        assert len(answers) < MOST_WRITES
        body = {"userName": f"full{seed}-{len(answers)}@northwind.example", "title": "x" * 1500}
        answers.append(httpx.post(f"{place.address}/Users", json=body, headers=place.headers, timeout=30))
    return answers
