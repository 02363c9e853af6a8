"""A product that is killed again and again while an IdP sends, and what has to be true afterwards."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests import running
from tests.running import ROOT, Product

PLUGINS = str(ROOT / "tests" / "plugins")
VICTIMS = ("worker", "web", "both")
# Every connection to PostgreSQL, as when it is started anew.
CONNECTIONS = "connections"
CLIENTS = 4
PEOPLE_OF_A_CLIENT = 5
SETTLED_WITHIN_S = 60.0
OPEN = "SELECT count(*) FROM delivery_delivery WHERE place IS NOT NULL"
CHANGES = "SELECT resource_id, version FROM delivery_change"
DELIVERIES = "SELECT id, revision, line, number, status, intent FROM delivery_delivery"


@dataclass
class Counts:
    """What a run saw: acknowledged changes, kills by victim, orders that came twice."""

    seed: int
    acknowledged: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    orders: int = 0
    repeats: int = 0

    def __str__(self) -> str:
        kills = ", ".join(f"{number} of {victim}" for victim, number in self.kills.items())
        return (
            f"seed {self.seed}: kills: {kills}; {self.acknowledged} changes acknowledged, "
            f"{self.orders} orders in the app, {self.repeats} of them repeats"
        )


@dataclass
class Site:
    """One product with its data, an integration whose app is a file, and the IdP's token."""

    folder: Path
    kind: str
    database_url: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    address: str = ""
    token: str = ""
    product: Product | None = None
    _running: Any = None

    @property
    def ledger(self) -> Path:
        return self.folder / "ledger.jsonl"

    def start(self) -> None:
        self._running = running.product(
            self.folder / "data",
            database_url=self.database_url,
            PYTHONPATH=PLUGINS,
            TOKEN_RATE_LIMIT="0",
            **self.settings,
        )
        self.product = self._running.__enter__()
        if self.token:
            self.address = f"{self.product.url}/scim/v2/{self.address.rpartition('/')[2]}"

    def stop(self) -> None:
        self._running.__exit__(None, None, None)

    @contextmanager
    def restarted(self, **settings: str) -> Iterator[None]:
        """With these settings while the block runs, then without them again."""
        before = self.settings
        self._start_with({**before, **settings})
        try:
            yield
        finally:
            self._start_with(before)

    def _start_with(self, settings: dict[str, str]) -> None:
        self.stop()
        self.settings = settings
        self.start()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def connect(self) -> None:
        assert self.product is not None
        self.product.command("create_workspace", "Northwind", "--owner", "owner@northwind.example")
        made = self.product.command(
            *("create_integration", "Hootsuite", "--workspace", "northwind", "--connector", self.kind),
            *("--set", f"path={self.ledger}"),
        )
        self.token = self.product.command("generate_token", made["id"])["token"]
        self.address = made["scim_gateway_url"]
        self._outlive_the_settle_window()

    def _outlive_the_settle_window(self) -> None:
        """Somebody came long ago: later creates are not taken for a connection test, and go at once."""
        body = {"userName": "lasting@northwind.example", "title": "0"}
        httpx.post(f"{self.address}/Users", json=body, headers=self.headers).raise_for_status()
        self.rows("UPDATE scim_scimuser SET created_at = '2026-01-01 00:00:00+00'")
        self.rows("UPDATE delivery_delivery SET due_at = '2026-01-01 00:00:00+00'")
        # The senders take so many people away and give them back that the safety brake would hold them.
        self.rows("UPDATE delivery_appconnection SET brake_percent = 100, brake_people = 1000")

    def kill(self, victim: str) -> None:
        """kill -9 of the delivery worker, of the server's worker, or of everything, which starts anew; or the
        end of all connections to PostgreSQL."""
        assert self.product is not None
        if victim == CONNECTIONS:
            running.end_connections(self.database_url)
            return
        if victim == "both":
            for pid in [self.product.process.pid, *_children(self.product.process.pid)]:
                _kill(pid)
            self.product.process.wait()
            self.stop()
            self.start()
            return
        wanted = "deliver" if victim == "worker" else "spawn_main"
        for pid in _children(self.product.process.pid):
            if wanted in _command(pid):
                _kill(pid)

    def revive(self) -> None:
        """As a supervisor would, once the product has given up: it bears four deaths a minute."""
        assert self.product is not None
        if self.product.process.poll() is not None:
            self.stop()
            self.start()

    def pause_worker(self) -> None:
        """It stands still until it is killed."""
        assert self.product is not None
        (worker,) = (
            pid for pid in _children(self.product.process.pid) if "deliver" in _command(pid).split("\0")
        )
        os.kill(worker, signal.SIGSTOP)
        while self._is_locked():  # it stands in the midst of a write
            os.kill(worker, signal.SIGCONT)
            time.sleep(0.05)
            os.kill(worker, signal.SIGSTOP)

    def _is_locked(self) -> bool:
        """Whether somebody holds the write lock of one of the files in the data folder."""
        for file in () if self.database_url else (self.folder / "data").glob("*.sqlite3"):
            with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as here:
                try:
                    here.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError:
                    return True
        return False

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        if self.database_url:
            with psycopg.connect(self.database_url) as there:
                found = there.execute(sql)
                return [tuple(row) for row in found.fetchall()] if found.description else []
        with closing(sqlite3.connect(self.folder / "data" / "gateway.sqlite3", timeout=20)) as here, here:
            return here.execute(sql).fetchall()

    def lines(self) -> list[dict[str, Any]]:
        """The app's ledger, in the order in which it was written."""
        text = self.ledger.read_text() if self.ledger.exists() else ""
        return [json.loads(line) for line in text.splitlines()]


@contextmanager
def site(folder: Path, kind: str, database_url: str = "", **settings: str) -> Iterator[Site]:
    made = Site(folder, kind, database_url, settings)
    made.start()
    try:
        made.connect()
        yield made
    finally:
        made.stop()


@dataclass
class Sender(threading.Thread):
    """A client of the IdP: its people come, change, go and come back; it keeps what was acknowledged."""

    place: Site
    seed: int
    ended: threading.Event
    acknowledged: list[tuple[str, int]] = field(default_factory=list)
    people: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.chance = random.Random(self.seed)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        number = 0
        while not self.ended.is_set():
            number += 1
            try:
                self._send(number)
            except httpx.HTTPError:
                time.sleep(0.05)

    def _send(self, number: int) -> None:
        headers = {**self.place.headers, "Connection": "close"}
        base = self.place.address
        if len(self.people) < PEOPLE_OF_A_CLIENT:
            body: dict[str, Any] = {"userName": f"{self.seed}-{number}@northwind.example", "title": "0"}
            answer = httpx.post(f"{base}/Users", json=body, headers=headers, timeout=30)
            if answer.status_code == 201:
                self.people.append(answer.json()["id"])
        else:
            value = {"title": str(number)} if self.chance.random() < 0.8 else {"active": number % 2 == 0}
            body = {"Operations": [{"op": "replace", "value": value}]}
            person = self.chance.choice(self.people)
            answer = httpx.patch(f"{base}/Users/{person}", json=body, headers=headers, timeout=30)
        if answer.is_success:
            shown = answer.json()
            self.acknowledged.append((shown["id"], int(shown["meta"]["version"].strip('W/"'))))


def torment(
    place: Site,
    counts: Counts,
    *,
    kills: int,
    victims: Sequence[str] = VICTIMS,
    pause_s: tuple[float, float] = (0.3, 1.2),
) -> None:
    """Kills at random moments while the IdP sends; afterwards everything that waits is carried."""
    chance = random.Random(counts.seed)
    ended = threading.Event()
    senders = [Sender(place, counts.seed * 100 + number, ended) for number in range(CLIENTS)]
    for sender in senders:
        sender.start()
    for _number in range(kills):
        time.sleep(chance.uniform(*pause_s))
        victim = chance.choice(victims)
        place.kill(victim)
        counts.kills[victim] += 1
        place.revive()
    time.sleep(1)
    ended.set()
    for sender in senders:
        sender.join()
    wait_until_carried(place)
    judge(place, counts, [pair for sender in senders for pair in sender.acknowledged])


def judge(place: Site, counts: Counts, acknowledged: list[tuple[str, int]]) -> None:
    """Nothing acknowledged is missing, nothing out of order for a person, repeats carry the same key."""
    changes = {(_plain(pk), version) for pk, version in place.rows(CHANGES)}
    missing = [pair for pair in acknowledged if (_plain(pair[0]), pair[1]) not in changes]
    assert not missing, (counts, missing)
    lines, seen = place.lines(), set()
    last: dict[str, int] = defaultdict(int)
    for line in lines:
        if line["key"] in seen:
            counts.repeats += 1
            continue
        seen.add(line["key"])
        assert line["sequence"] > last[line["line"]], (counts, line)
        last[line["line"]] = line["sequence"]
    for pk, revision, _line, _number, status, _intent in place.rows(DELIVERIES):
        key = f"{_dashed(pk)}.{revision}"
        assert status in ("delivered", "superseded"), (counts, key, status)
        if place.kind == "ledger_events":
            assert key in seen, (counts, key)
    counts.acknowledged, counts.orders = len(acknowledged), len(lines)


def wait_until_carried(place: Site) -> None:
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while time.monotonic() < deadline:
        place.revive()
        if place.rows(OPEN) == [(0,)]:
            return
        time.sleep(0.2)
    rows = place.rows(
        "SELECT number, intent, status, place, due_at FROM delivery_delivery WHERE place IS NOT NULL"
    )
    raise AssertionError((rows, place.rows("SELECT * FROM delivery_lane")))


def _children(pid: int) -> list[int]:
    """All processes below, the deepest first."""
    try:
        own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return [*(deeper for child in own for deeper in _children(child)), *own]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return ""


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _plain(pk: Any) -> str:
    return str(pk).replace("-", "")


def _dashed(pk: Any) -> str:
    text = _plain(pk)
    return "-".join([text[:8], text[8:12], text[12:16], text[16:20], text[20:]])
