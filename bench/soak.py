"""64 connections send mixed traffic for minutes; then everything that is left must be as it was answered.

    python bench/soak.py --seconds 300

Each connection keeps its own people, and all of them change the same few people and one group. At the end:
no answer was a 5xx, each person and member is as the last accepted change left them, each accepted change has
raised its resource's version by one, of equal creates one was accepted, and the totals are exact. The result
goes to bench/results/soak.md. The rate limit is lifted (TOKEN_RATE_LIMIT=0).
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import people, report, servers
from bench.servers import Target

SEEDED, SHARED, CONTESTED = 2_000, 8, 200
# What a connection does, and how often.
MIX = {
    "get": 30,
    "filter": 22,
    "list": 4,
    "create": 10,
    "patch": 12,
    "delete": 3,
    "patch one whom all patch": 8,
    "member": 8,
    "create whom all create": 3,
}
Json = dict[str, Any]


@dataclass(slots=True)
class Everyone:
    """What all connections work on."""

    target: Target
    shared: list[str]
    group: str
    until: float
    lock: threading.Lock = field(default_factory=threading.Lock)
    # Accepted changes by resource, and winners by contested name.
    changes: Counter[str] = field(default_factory=Counter)
    winners: Counter[str] = field(default_factory=Counter)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def note(self, kind: str, status: int, seconds: float) -> None:
        with self.lock:
            self.statuses[status] += 1
            self.times[kind].append(seconds)

    def fault(self, text: str) -> None:
        with self.lock:
            self.faults.append(text)


class Client:
    """One connection, and what must be true of its own people."""

    def __init__(self, number: int, everyone: Everyone) -> None:
        self.name, self.number, self.everyone = f"client {number}", number, everyone
        self.random = random.Random(number)
        self.connection = http.client.HTTPConnection("localhost", everyone.target.port, timeout=120)
        self.made = 0
        self.titles: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.deleted: list[str] = []
        self.phones: dict[str, set[str]] = defaultdict(set)
        self.members: set[str] = set()

    def run(self) -> None:
        kinds, weights = list(MIX), list(MIX.values())
        try:
            while time.monotonic() < self.everyone.until:
                (kind,) = self.random.choices(kinds, weights)
                getattr(self, "_" + kind.replace(" ", "_"))(kind)
        except Exception as error:  # noqa: BLE001 - a client that ends early is a fault like any other
            self.everyone.fault(f"{self.name} ended: {error!r}")

    def send(self, kind: str, method: str, path: str, *, wanted: int, body: Json | None = None) -> Json:
        """One request; any other status than the wanted one is a fault."""
        status, content = self.exchange(kind, method, path, body=body)
        if status != wanted:
            self.everyone.fault(f"{method} {path} gave {status} for {wanted}: {content[:200]!r}")
            return {}
        return json.loads(content) if content else {}

    def exchange(self, kind: str, method: str, path: str, *, body: Json | None = None) -> tuple[int, bytes]:
        target = self.everyone.target
        headers = {"Authorization": f"Bearer {target.token}", "Content-Type": "application/scim+json"}
        started = time.perf_counter()
        self.connection.request(
            method, target.base + path, people.encoded(body) if body is not None else None, headers
        )
        answer = self.connection.getresponse()
        content = answer.read()
        self.everyone.note(kind, answer.status, time.perf_counter() - started)
        return answer.status, content

    def _one(self) -> str | None:
        return self.random.choice(list(self.titles)) if self.titles else None

    def _get(self, kind: str) -> None:
        one = self._one() or self.random.choice(self.everyone.target.people)
        shown = self.send(kind, "GET", f"/Users/{one}", wanted=200)
        if one in self.titles and shown.get("title") != self.titles[one]:
            self.everyone.fault(f"{one} was read with {shown.get('title')!r} for {self.titles[one]!r}")

    def _filter(self, kind: str) -> None:
        one = self._one()
        name = self.names[one] if one else people.user_name(self.random.randrange(SEEDED))
        found = self.send(kind, "GET", "/Users?filter=" + quote(f'userName eq "{name}"'), wanted=200)
        if found.get("totalResults") != 1 or (one and found["Resources"][0]["id"] != one):
            self.everyone.fault(f"{name} was not found: {found.get('totalResults')}")

    def _list(self, kind: str) -> None:
        start = self.random.randrange(1, SEEDED - 100)
        page = self.send(kind, "GET", f"/Users?startIndex={start}&count=100", wanted=200)
        if len(page.get("Resources", ())) != 100:
            self.everyone.fault(f"A page of {len(page.get('Resources', ()))} for 100")

    def _create(self, kind: str) -> None:
        self.made += 1
        body = people.body(self.made, f"soak{self.number}-")
        if made := self.send(kind, "POST", "/Users", body=body, wanted=201):
            self.titles[made["id"]], self.names[made["id"]] = body["title"], body["userName"]

    def _patch(self, kind: str) -> None:
        if one := self._one():
            title = f"Title {self.random.random()}"
            change = people.replace("title", title)
            self.send(kind, "PATCH", f"/Users/{one}", body=change, wanted=200)
            self.titles[one] = title

    def _delete(self, kind: str) -> None:
        if (one := self._one()) and one not in self.members:
            self.send(kind, "DELETE", f"/Users/{one}", wanted=204)
            self.deleted.append(one)
            del self.titles[one], self.names[one]

    def _patch_one_whom_all_patch(self, kind: str) -> None:
        """A telephone number of this connection's own comes, or goes."""
        one = self.random.choice(self.everyone.shared)
        mine = self.phones[one]
        if len(mine) > 2:
            value = mine.pop()
            operation: Json = {"op": "remove", "path": f'phoneNumbers[value eq "{value}"]'}
        else:
            value = f"{self.number}-{self.random.random()}"
            mine.add(value)
            operation = {"op": "add", "path": "phoneNumbers", "value": [{"value": value}]}
        body = {"schemas": [people.PATCH_SCHEMA], "Operations": [operation]}
        self.send(kind, "PATCH", f"/Users/{one}", body=body, wanted=200)
        self._changed(one)

    def _member(self, kind: str) -> None:
        if not (one := self._one()):
            return
        is_in = one in self.members
        body = people.remove_member(one) if is_in else people.add_members([one])
        group = self.everyone.group
        self.send(kind, "PATCH", f"/Groups/{group}?excludedAttributes=members", body=body, wanted=200)
        self.members ^= {one}
        self._changed(group)

    def _create_whom_all_create(self, kind: str) -> None:
        name = people.body(self.random.randrange(CONTESTED), "contested")
        status, content = self.exchange(kind, "POST", "/Users", body=name)
        if status not in (201, 409):
            self.everyone.fault(f"A contested create gave {status}: {content[:200]!r}")
        with self.everyone.lock:
            self.everyone.winners[name["userName"]] += status == 201

    def _changed(self, resource_id: str) -> None:
        with self.everyone.lock:
            self.everyone.changes[resource_id] += 1


def main() -> None:
    given = _arguments()
    parts: list[str] = []
    faults: list[str] = []
    for kind in given.databases:
        with servers.gateway(kind, given.postgres, name="soak") as target:
            servers.seed(target, SEEDED, [])
            everyone, clients = _soak(target, given)
            found = [*everyone.faults, *_differences(everyone, clients)]
        faults += found
        parts += [f"## {kind}", _told(everyone, given.seconds, found), _times(everyone)]
    head = f"{given.connections} connections, {given.seconds:g} s on each database. TOKEN_RATE_LIMIT=0."
    report.write(given.out, "# Mixed traffic", report.machine(), head, *parts)
    sys.exit(1 if faults else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    report.add_usual(parser, "soak.md")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--connections", type=int, default=64)
    return parser.parse_args()


def _soak(target: Target, given: argparse.Namespace) -> tuple[Everyone, list[Client]]:
    group = target.call("POST", "/Groups", people.group_body("Everyone's", []))["id"]
    until = time.monotonic() + given.seconds
    everyone = Everyone(target, target.people[:SHARED], group, until)
    clients = [Client(number, everyone) for number in range(given.connections)]
    threads = [threading.Thread(target=client.run, name=client.name, daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(given.seconds + 300)
        if thread.is_alive():
            everyone.fault(f"{thread.name} still waits for an answer")
    return everyone, clients


def _differences(everyone: Everyone, clients: list[Client]) -> Iterator[str]:
    """What is not as it was answered."""
    target = everyone.target
    for one in everyone.shared:
        shown = target.call("GET", f"/Users/{one}")
        wanted = {value for client in clients for value in client.phones[one]}
        held = {phone["value"] for phone in shown.get("phoneNumbers", ())}
        if held != wanted:
            yield f"{one}: {len(wanted - held)} numbers lost, {len(held - wanted)} too many"
        yield from _version(everyone, shown)
    group = target.call("GET", f"/Groups/{everyone.group}")
    wanted = {one for client in clients for one in client.members}
    held = {member["value"] for member in group.get("members", ())}
    if held != wanted:
        yield f"group: {len(wanted - held)} members lost, {len(held - wanted)} too many"
    yield from _version(everyone, group)
    if wrong := {name: number for name, number in everyone.winners.items() if number != 1}:
        yield f"contested names were not created exactly once: {wrong}"
    yield from _people(everyone, clients)


def _version(everyone: Everyone, shown: Json) -> Iterator[str]:
    changes = everyone.changes[shown["id"]]
    if shown["meta"]["version"] != f'W/"{1 + changes}"':
        yield f"{shown['id']} has version {shown['meta']['version']} after {changes} changes"


def _people(everyone: Everyone, clients: list[Client]) -> Iterator[str]:
    """Everybody who should be here, by a walk with cursors, and the totals."""
    held: dict[str, str | None] = {}
    cursor: str | None = ""
    while cursor is not None:
        page = everyone.target.call("GET", f"/Users?cursor={cursor}&count=1000")
        held.update({one["id"]: one.get("title") for one in page["Resources"]})
        cursor = page.get("nextCursor")
    for client in clients:
        for one, title in client.titles.items():
            if held.get(one) != title:
                yield f"{one} has the title {held.get(one)!r} for {title!r}"
        if back := [one for one in client.deleted if one in held]:
            yield f"{client.name}: {len(back)} deleted people are here"
    wanted = SEEDED + len(everyone.winners) + sum(len(client.titles) for client in clients)
    total = everyone.target.call("GET", "/Users?count=1")["totalResults"]
    if not len(held) == total == wanted:
        yield f"{len(held)} people are listed, the total is {total}, {wanted} should be here"


def _told(everyone: Everyone, seconds: float, faults: list[str]) -> str:
    number = sum(everyone.statuses.values())
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(everyone.statuses.items()))
    failed = sum(count for status, count in everyone.statuses.items() if status >= 500)
    verdict = report.verdict(not faults and not failed)
    lines = [
        f"{number:,} requests ({number / seconds:,.0f} a second), by status {statuses}.",
        f"5xx: {failed}. Changes to what all change: {sum(everyone.changes.values()):,}.",
        f"Lost updates, wrong totals and other faults: {len(faults)}: {verdict}.",
        *(f"- {fault}" for fault in faults[:20]),
    ]
    return "\n".join(lines)


def _times(everyone: Everyone) -> str:
    lines = []
    for kind in MIX:
        times = sorted(everyone.times[kind]) or [0.0]
        late = times[min(len(times) - 1, int(len(times) * 0.99))]
        lines.append(
            [
                kind,
                f"{len(times):,}",
                *(f"{one * 1000:.0f}" for one in (statistics.median(times), late, times[-1])),
            ]
        )
    return report.table(["what", "requests", "p50 ms", "p99 ms", "longest ms"], lines)


if __name__ == "__main__":
    main()
