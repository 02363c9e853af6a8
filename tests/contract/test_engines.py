"""The engine that wakes workers: the same promises on each, and what it loses is found again."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import redis

from tests import faults, running
from tests.faults import Site

ENGINES = [
    "embedded",
    pytest.param("postgres", marks=pytest.mark.postgres),
    pytest.param("redis", marks=pytest.mark.redis),
]
# A sweep comes every ten seconds, and the machine may be busy.
HEALED_WITHIN_S = 40


@pytest.fixture(params=ENGINES)
def place(request, tmp_path) -> Iterator[Site]:
    url = os.environ.get("DATABASE_URL", "")
    settings = {"DELIVERY_ENGINE": request.param}
    if request.param == "redis":
        settings["REDIS_URL"] = os.environ["TEST_REDIS_URL"]
    fresh = running.fresh_postgres(url) if url else contextlib.nullcontext("")
    with fresh as database_url, faults.site(tmp_path, "ledger", database_url, **settings) as made:
        yield made


def create(place: Site, name: str) -> None:
    headers = {"Authorization": f"Bearer {place.token}"}
    body = {"userName": f"{name}@northwind.example", "title": name}
    httpx.post(f"{place.address}/Users", json=body, headers=headers, timeout=30).raise_for_status()


def arrived(place: Site, title: str, *, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if any(line["title"] == title for line in place.lines()):
            return True
        time.sleep(0.1)
    return False


def lose_messages(place: Site) -> None:
    """What the engine holds is gone, as after its restart."""
    engine = place.settings["DELIVERY_ENGINE"]
    if engine == "redis":
        redis.Redis.from_url(place.settings["REDIS_URL"]).flushdb()
    elif engine == "postgres":
        place.rows("DELETE FROM huey_task")
    else:
        Path(place.folder / "data" / "wakeups.sqlite3").unlink()


def test_a_change_is_carried_at_once_and_what_the_engine_loses_is_found_again(place):
    create(place, "first")
    assert arrived(place, "first", within_s=10)

    place.pause_worker()
    create(place, "second")
    lose_messages(place)
    place.kill("worker")

    assert arrived(place, "second", within_s=HEALED_WITHIN_S)
