"""The runs of bench/delivery.py on one database; prints a JSON line for each figure."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import load, people, seeding, workbench  # isort: skip  # the workbench sets Django up

from django.conf import settings
from django.db import connection
from django.db.models import Max, Min
from django.utils import timezone

from bench import report
from integrations.delivery.connector import Mode
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, Planning
from integrations.delivery.queue import lanes, planning
from integrations.delivery.queue.lanes import Holder
from integrations.kit import ids
from integrations.models import Integration
from integrations.roles import Operator

OPERATOR = Operator()
LANES, PER_LANE = 20, 250
SIGNING_SECRET = "whsec_YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtMDE="
SLOW_PEOPLE, SLOW_S, WIDTH = 1_000, 0.2, 4
HANGING = 10
MEASURED = 40
WAITING, FEW = 200_000, 100
Line = list[str]


@dataclass(frozen=True, slots=True)
class Given:
    threads: int


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("only", nargs="*", choices=[*RUNS, []])
    given = parser.parse_args()
    workbench.migrate()
    for name in given.only or RUNS:
        for line in RUNS[name](Given(given.threads)):
            print(json.dumps([*line, report.load_average()]), flush=True)


def rate(given: Given) -> Iterator[Line]:
    """Twenty lanes, two workers, a connector that does nothing."""
    for number in range(LANES):
        _filled(f"Lane {number}", "nothing", PER_LANE)
    seconds = _carried(given, workers=2)
    yield _line(
        "deliveries a second, 20 lanes, connector that does nothing", LANES * PER_LANE / seconds, 1_000
    )


def webhook(given: Given) -> Iterator[Line]:
    """Twenty lanes, two workers, each change sent to a receiver that checks its signature."""
    with _up() as port, _receiver() as (url, process):
        values = {"url": url, "signing_secret": SIGNING_SECRET}
        for number in range(LANES):
            place, _ledger = _live(f"Hook {number}", "webhook", values)
            _send_people(port, place, PER_LANE)
        seconds = _carried(given, workers=2)
        arrived, _ = process.communicate()
    number = LANES * PER_LANE
    assert int(arrived) >= number, f"{arrived} of {number} arrived"
    yield _line("deliveries a second, 20 lanes, signed webhook over loopback", number / seconds, 150)


def width(given: Given) -> Iterator[Line]:
    """One app that takes its time, four people side by side."""
    _filled("Slow", "slow", SLOW_PEOPLE)
    least = SLOW_PEOPLE * SLOW_S / WIDTH
    yield _line(
        "1,000 people at 200 ms, width 4, over the least", _carried(given, workers=1) / least, most=1.15
    )


def latency(given: Given) -> Iterator[Line]:
    """From the IdP's answer to the app, idle, and while ten other lanes hang."""
    with _up() as port, contextlib.ExitStack() as stack:
        place, ledger = _live("Ledger", "ledger")
        stack.enter_context(_workers(given, 1))
        idle = _median_ms(port, place, ledger)
        yield _line("ms from the IdP's answer to the app's receipt, idle", idle, most=300)
        for number in range(HANGING):
            _filled(f"Hanging {number}", "hanging", 50)
        time.sleep(3)
        busy = _median_ms(port, place, ledger)
        yield _line("ms, while 10 lanes hang", busy)
        yield _line("ratio of the two", busy / idle, most=1.5)


def create(given: Given) -> Iterator[Line]:
    """What two deliveries add to a create: a person whom a group waits for, in a lane that is busy."""
    with _up() as port:
        observing, _ledger = workbench.make_place("Observing"), None
        busy, _ = _live("Busy", "slow")
        idle, _ = _live("Idle", "nothing")
        for place in (observing, busy, idle):
            seeding.seed_people(place.integration, 50, kind="more")
        connecting.replan(busy.integration, by=OPERATOR)
        _plan_to_the_end(busy.integration)
        with _workers(given, 1):
            time.sleep(1)
            times: dict[str, list[float]] = {"observing": [], "busy": [], "idle": []}
            for turn in range(5):
                for name, place in (("observing", observing), ("busy", busy), ("idle", idle)):
                    times[name].append(_create_ms(port, place, turn))
    base = statistics.median(times["observing"])
    for name, most in (("busy", 1.8), ("idle", 0.0)):
        ratio = statistics.median(times[name]) / base
        yield _line(f"create with two deliveries over none, lane {name}", ratio, most=most)


def claim(_given: Given) -> Iterator[Line]:
    """What choosing the next delivery costs among many that wait."""
    many, few = _waiting("Many", WAITING), _waiting("Few", FEW)
    ratios = [_claim_s(many) / _claim_s(few) for _turn in range(5)]
    yield _line("time to claim the next, 200,000 waiting over 100", statistics.median(ratios), most=1.3)


RUNS: dict[str, Callable[[Given], Iterator[Line]]] = {
    "rate": rate,
    "webhook": webhook,
    "width": width,
    "latency": latency,
    "create": create,
    "claim": claim,
}


def _line(what: str, value: float, least: float = 0.0, *, most: float = 0.0) -> Line:
    mark = f"at least {least:,.0f}" if least else f"at most {most:g}" if most else ""
    reached = value >= least if least else value <= most
    return [
        what,
        f"{value:,.2f}" if value < 100 else f"{value:,.0f}",
        mark,
        report.verdict(reached) if mark else "",
    ]


def _live(name: str, kind: str, values: Mapping[str, str] | None = None) -> tuple[workbench.Place, Path]:
    """An integration that delivers, past the time in which people may be a connection test's."""
    place = workbench.make_place(name)
    ledger = Path(settings.DATA_DIR) / f"{place.integration.pk}.jsonl"
    values = values or ({"path": str(ledger)} if kind == "ledger" else {})
    connecting.change(place.integration, kind, values, by=OPERATOR)
    seeding.seed_people(place.integration, 2)
    connecting.go_live(place.integration, by=OPERATOR)
    return place, ledger


def _filled(name: str, kind: str, number: int) -> Integration:
    """One with deliveries that wait: one for each person."""
    place = workbench.make_place(name)
    connecting.change(place.integration, kind, {}, by=OPERATOR)
    seeding.seed_people(place.integration, number)
    connecting.go_live(place.integration, by=OPERATOR)
    _plan_to_the_end(place.integration)
    return place.integration


def _plan_to_the_end(integration: Integration) -> None:
    """What a worker does for all but the first people."""
    while Planning.objects.for_integration(integration).filter(state=Planning.State.RUNNING).exists():
        planning.carry(integration.pk)


@contextlib.contextmanager
def _receiver() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "bench/receiver.py", SIGNING_SECRET]
    with subprocess.Popen(
        command, cwd=workbench.ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/", process


def _send_people(port: int, place: workbench.Place, number: int) -> None:
    """Creates them as an IdP does."""
    headers = {"Authorization": place.authorization}
    bodies = [people.encoded(people.body(index, f"hook-{index}")) for index in range(number)]
    requests = [load.request("POST", f"{place.path}/Users", headers=headers, body=body) for body in bodies]
    sent = load.measure(load.Load(port, requests, seconds=600, most=number))
    assert not sent.refused, sent


@contextlib.contextmanager
def _workers(given: Given, number: int) -> Iterator[None]:
    connection.close()
    command = [sys.executable, "manage.py", "deliver", "--threads", str(given.threads)]
    started = [
        subprocess.Popen(command, cwd=workbench.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(number)
    ]
    try:
        yield
    finally:
        for process in started:
            process.send_signal(signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def _up() -> Iterator[int]:
    """The server alone."""
    connection.close()
    port = load.free_port()
    command = [sys.executable, "manage.py", "up", "--port", str(port), "--without-delivery"]
    process = subprocess.Popen(command, cwd=workbench.ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        load.wait_until_open(port)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _carried(given: Given, *, workers: int) -> float:
    """Seconds from the first try to the last arrival."""
    with _workers(given, workers):
        while Delivery.objects.filter(place__isnull=False).exists():
            time.sleep(0.2)
    times = Delivery.objects.aggregate(first=Min("first_tried_at"), last=Max("ended_at"))
    seconds: float = (times["last"] - times["first"]).total_seconds()
    Delivery.objects.all().delete()
    return seconds


def _median_ms(port: int, place: workbench.Place, ledger: Path) -> float:
    """From the IdP's answer to the line that the app wrote, one after the other."""
    took = []
    for number in range(MEASURED):
        known = len(_lines(ledger))
        body = people.body(number, f"latency-{time.time_ns()}")
        headers = {"Authorization": place.authorization}
        sent = load.request("POST", f"{place.path}/Users", headers=headers, body=people.encoded(body))
        load.measure(load.Load(port, [sent], most=1))
        answered = time.time()
        while len(lines := _lines(ledger)) == known:
            time.sleep(0.002)
        took.append(float(json.loads(lines[-1])["at"]) - answered)
        time.sleep(0.05)
    return max(statistics.median(took) * 1000, 0.1)


def _lines(ledger: Path) -> list[str]:
    return ledger.read_text().splitlines() if ledger.exists() else []


def _create_ms(port: int, place: workbench.Place, turn: int) -> float:
    """The median create of people whom a group waits for."""
    names = [f"waited-{turn}-{number}" for number in range(60)]
    group = {"displayName": f"Group {turn}", "members": [{"value": name} for name in names]}
    headers = {"Authorization": place.authorization}
    load.measure(
        load.Load(
            port,
            [load.request("POST", f"{place.path}/Groups", headers=headers, body=people.encoded(group))],
            most=1,
        )
    )
    requests = []
    for name in names:
        body: dict[str, Any] = {"userName": f"{name}@example.test", "externalId": name, "active": True}
        requests.append(
            load.request("POST", f"{place.path}/Users", headers=headers, body=people.encoded(body))
        )
    return load.measure(load.Load(port, requests, most=len(requests))).p50_ms


def _waiting(name: str, number: int) -> Integration:
    """One whose deliveries wait, half of them behind another of the same person."""
    place = workbench.make_place(name)
    connecting.change(place.integration, "nothing", {}, by=OPERATOR)
    now = timezone.now()
    rows: list[Delivery] = []
    for index in range(number):
        is_head = index % 2 == 0
        line = ids.new() if is_head else rows[-1].line
        rows.append(
            Delivery(
                integration=place.integration,
                trace_id="0" * 32,
                line=line,
                intent="update",
                place=1 if is_head else 2,
                due_at=now,
                label="p",
            )
        )
    Delivery.objects.bulk_create(rows, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return place.integration


def _claim_s(integration: Integration) -> float:
    holder = Holder(integration, 0, "bench", Mode.EVENT, time.monotonic() + 3600)
    started = time.perf_counter()
    for _ in range(50):
        assert len(lanes.due(holder, 4)) == 4
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
