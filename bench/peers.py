"""The gateway against a bare view, stock django-scim2, scim2-server and SCIMMY: requests a second.

    python bench/peers.py --postgres postgres://gateway:gateway@127.0.0.1:5432/postgres

All servers run at once, and one of them is measured at a time, in turns; each ratio is the median of the
ratios of the turns. The result goes to bench/results/peers.md. The gateway's rate limit is lifted
(TOKEN_RATE_LIMIT=0).

Beside the rates stands the processor time of a request, of the server and of PostgreSQL together: it hardly
changes when other programs use the machine, so it tells a disturbed rate from a slow one.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import load, report, rows, servers
from bench.servers import Target

PEOPLE, GROUP = 2_400, 2_000
WARM_UP = 200  # requests, over both workers
FASTEST = 4_000  # creates a second that no server here reaches
GATEWAY, BARE, STOCK, SERVER, SCIMMY = (
    "gateway",
    "bare view",
    "stock django-scim2",
    "scim2-server",
    "SCIMMY",
)
# Create comes last: it makes the lists longer.
ROWS = ("GET", "filter userName", "list of 100", "PATCH", "±1 member of 2,000", "create")
LIST, MEMBER = ROWS[2], ROWS[4]
AHEAD = dict.fromkeys(ROWS, 1.0) | {LIST: 10.0, MEMBER: 10.0}
# The least ratio that each row has to reach. A row that is not named is not measured.
MARKS: Mapping[str, Mapping[str, float]] = {
    BARE: dict.fromkeys(("GET", "filter userName", "PATCH", "create"), 0.7),
    STOCK: AHEAD,
    SERVER: AHEAD,
    SCIMMY: dict.fromkeys(ROWS, 0.6) | {"PATCH": 1.0, LIST: 10.0, MEMBER: 10.0},
}


@dataclass(frozen=True, slots=True)
class Cell:
    row: str
    connections: int


@dataclass(slots=True)
class Rates:
    """Requests a second and milliseconds of processor time a request, by server's name, one a turn; and the
    load average when the cell was done."""

    by_server: dict[str, list[float]] = field(default_factory=dict)
    cpu_ms: dict[str, list[float]] = field(default_factory=dict)
    load_average: str = ""


def main() -> None:
    given = _arguments()
    with contextlib.ExitStack() as stack:
        targets = list(_start(stack, given))
        measured = {
            cell: _measure(cell, targets, seconds=given.seconds, repeats=given.repeats)
            for cell in (Cell(row, number) for row in given.rows for number in given.connections)
        }
    lines = [
        line
        for kind in given.databases
        for cell, rates in measured.items()
        for line in _lines(kind, cell, rates)
    ]
    titles = ["row", "connections", "database", "gateway", "against", "theirs"]
    titles += ["CPU ms", "theirs", "its ratio", "ratio", "lowest", "highest", "mark", "", "load"]
    missed = [line for line in lines if "not" in line[-2]]
    report.write(
        given.out,
        "# The gateway and others, in requests a second",
        report.machine(),
        f"{PEOPLE:,} people, a group of {GROUP:,}; client and servers on the same machine; {given.repeats} "
        f"turns of {given.seconds:g} s; the ratio is the median of the turns' ratios. TOKEN_RATE_LIMIT=0.",
        f"## Not reached: {len(missed)} of {len(lines)}",
        report.table(titles, missed),
        "## All",
        report.table(titles, lines),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    report.add_usual(parser, "peers.md")
    parser.add_argument("--seconds", type=float, default=3.0, help="of one measurement (%(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="turns (%(default)s)")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=ROWS)
    parser.add_argument("--against", nargs="+", choices=list(MARKS), default=list(MARKS))
    return parser.parse_args()


def _start(stack: contextlib.ExitStack, given: argparse.Namespace) -> Iterator[Target]:
    """Every server, with people in it; its name begins with one of the names above."""
    for kind in given.databases:
        gateway = stack.enter_context(servers.gateway(kind, given.postgres))
        servers.seed(gateway, PEOPLE, [GROUP])
        yield gateway
        if BARE in given.against:
            yield stack.enter_context(servers.bare(gateway))
        if STOCK in given.against:
            yield _filled(stack.enter_context(servers.stock(kind, given.postgres)))
    if SERVER in given.against:
        yield _filled(stack.enter_context(servers.scim2_server()))
    if SCIMMY in given.against:
        yield _filled(stack.enter_context(servers.scimmy()))


def _filled(target: Target) -> Target:
    target.fill(PEOPLE, GROUP)
    return target


def _measure(cell: Cell, targets: Sequence[Target], *, seconds: float, repeats: int) -> Rates:
    rates = Rates()
    for target in _measured(cell, targets):
        _warm_up(cell, target)
    for _turn in range(repeats):
        for target in _measured(cell, targets):
            rate, cpu_ms = _rate(cell, target, seconds)
            rates.by_server.setdefault(target.name, []).append(rate)
            rates.cpu_ms.setdefault(target.name, []).append(cpu_ms)
    rates.load_average = report.load_average().removeprefix("load average ").partition(" ")[0]
    for name, every in rates.by_server.items():
        shown = [f"{rate:.0f}/s" for rate in every] + [f"{one:.2f} ms" for one in rates.cpu_ms[name]]
        print(cell.row, cell.connections, name, *shown, file=sys.stderr)
    return rates


def _measured(cell: Cell, targets: Sequence[Target]) -> list[Target]:
    """Those that have this row."""
    return [one for one in targets if cell.row in MARKS.get(one.name.partition(",")[0], AHEAD)]


def _warm_up(cell: Cell, target: Target) -> None:
    requests = _requests(cell.row, target, 1)
    load.run(load.Load(target.port, requests, 8, seconds=1, most=WARM_UP))


def _rate(cell: Cell, target: Target, seconds: float) -> tuple[float, float]:
    """Requests a second, and processor time of each in milliseconds."""
    before = target.cpu_seconds()
    requests = _requests(cell.row, target, seconds)
    measured = load.run(load.Load(target.port, requests, cell.connections, seconds))
    if measured.refused:
        raise SystemExit(f"{target.name} refused some of {cell.row}: {measured.refusal!r}")
    return measured.rate, (target.cpu_seconds() - before) / measured.done * 1000


def _requests(row: str, target: Target, seconds: float) -> list[bytes]:
    match row:
        case "GET":
            return rows.get(target)
        case "filter userName":
            return rows.filter_user_name(target)
        case "create":
            return rows.create(target, int(FASTEST * seconds))
        case "PATCH":
            return rows.patch(target)
        case _ if row == LIST:
            return rows.list_100(target)
        case _:
            return rows.member(target, outside=target.people[GROUP:], group_id=target.groups[0])


def _lines(kind: str, cell: Cell, rates: Rates) -> Iterator[list[str]]:
    gateway = f"{GATEWAY}, {kind}"
    ours = rates.by_server[gateway]
    for name, marks in MARKS.items():
        full = next((one for one in (f"{name}, {kind}", f"{name}, memory") if one in rates.by_server), "")
        if not full:
            continue
        theirs = rates.by_server[full]
        ratios = [our / their for our, their in zip(ours, theirs, strict=True)]
        ratio, mark = statistics.median(ratios), marks[cell.row]
        figures = [statistics.median(ours), statistics.median(theirs)]
        our, their = (f"{figure:,.1f}" if figure < 10 else f"{figure:,.0f}" for figure in figures)
        our_ms, their_ms = (statistics.median(rates.cpu_ms[one]) for one in (gateway, full))
        yield [
            *(cell.row, str(cell.connections), kind, our, name, their),
            *(f"{our_ms:.2f}", f"{their_ms:.2f}", f"{their_ms / our_ms:.2f}"),
            *(f"{ratio:.2f}", f"{min(ratios):.2f}", f"{max(ratios):.2f}", f"{mark:g}"),
            *(report.verdict(ratio >= mark), rates.load_average),
        ]


if __name__ == "__main__":
    main()
