"""What size costs: 1,000,000 people over 1,000, a group of 50,000 over one of 10, a page deep in the list.

    python bench/scale.py --postgres postgres://gateway:gateway@127.0.0.1:5432/postgres

Two gateways run side by side, a large and a small one, and are measured in turns over one connection. Each
ratio is the median of the turns' ratios of the time of a request. The tables are filled directly (seeding.py:
a minute or two for the large one). The result goes to bench/results/scale.md. The rate limit is lifted
(TOKEN_RATE_LIMIT=0).
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import compare, load, people, processes, report, rows, servers
from bench.compare import Comparison, Side
from bench.servers import Target
from scim.core import cursor
from scim.core.search import Search

LARGE, SMALL = 1_000_000, 1_000
LARGE_GROUP, SMALL_GROUP = 50_000, 10
SHOWN = 5_000
FLAT, ONE_MEMBER = 1.3, 1.2
MEMORY_MIB = 200
Line = list[str]
T = TypeVar("T")


def main() -> None:
    given = _arguments()
    lines: list[Line] = []
    memory: list[Line] = []
    for kind in given.databases:
        with contextlib.ExitStack() as stack:
            large = stack.enter_context(servers.gateway(kind, given.postgres, name="large"))
            small = stack.enter_context(servers.gateway(kind, given.postgres, name="small"))
            servers.seed(large, given.people, [LARGE_GROUP, SMALL_GROUP])
            servers.seed(small, SMALL, [SMALL_GROUP])
            lines += [
                compare.line(kind, one, seconds=given.seconds, repeats=given.repeats)
                for one in _comparisons(large, small, given.people)
            ]
            memory += [[kind, *line] for line in _memory(large)]
    report.write(
        given.out,
        "# What size costs",
        report.machine(),
        f"{given.people:,} people over {SMALL:,}; one connection; {given.repeats} turns of "
        f"{given.seconds:g} s; milliseconds are the median request's, the ratio is the median of the turns'. "
        "TOKEN_RATE_LIMIT=0.",
        report.table(compare.TITLES, lines),
        f"## Memory of a worker at its peak, group of {LARGE_GROUP:,}",
        report.table(["database", "what", "MiB", "mark", ""], memory),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    report.add_usual(parser, "scale.md")
    parser.add_argument("--people", type=int, default=LARGE, help="in the large one (%(default)s)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of one measurement (%(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="turns (%(default)s)")
    return parser.parse_args()


def _comparisons(large: Target, small: Target, number: int) -> Iterator[Comparison]:
    def both(what: str, build: Callable[[Target, int], list[bytes]]) -> Comparison:
        return Comparison(
            what,
            Side(large, lambda: _shuffled(build(large, number))),
            Side(small, lambda: _shuffled(build(small, SMALL))),
            FLAT,
        )

    yield both("userName eq", lambda target, size: _filters(target, size, "userName", value=people.user_name))
    yield both(
        "externalId eq", lambda target, size: _filters(target, size, "externalId", value=people.external_id)
    )
    yield both("GET", lambda target, _size: rows.get(target))
    outside = large.people[-500:]
    for what, wish in (
        ("±1 member, as IdPs send it", ""),
        ("±1 member, members left out of the answer", "?excludedAttributes=members"),
    ):
        sides = [_member_side(large, group + wish, outside) for group in large.groups]
        text = f"{what}: group of {LARGE_GROUP:,} over {SMALL_GROUP}"
        yield Comparison(text, sides[0], sides[1], ONE_MEMBER)
    _check_cursor(large)
    yield Comparison(
        "list of 100 by cursor: anywhere over the first page",
        Side(
            large, lambda: [_page(large, _cursor_behind(large, one)) for one in _shuffled(large.people[:-1])]
        ),
        Side(large, lambda: [_page(large, "")] * 64),
        FLAT,
    )
    # Last: the small one grows.
    yield both("create", lambda target, _size: rows.create(target))


def _member_side(target: Target, group: str, outside: list[str]) -> Side:
    return Side(target, lambda: rows.member(target, outside=outside, group_id=group))


def _filters(target: Target, size: int, name: str, *, value: Callable[[int], str]) -> list[bytes]:
    """seeding.py shows the ids of every so manyth person."""
    numbers = range(0, size, max(1, size // SHOWN))
    return [
        target.request("GET", "/Users?filter=" + quote(f'{name} eq "{value(one)}"'))
        for one in numbers[:SHOWN]
    ]


def _shuffled(given: Sequence[T]) -> list[T]:
    return random.sample(given, len(given))


def _page(target: Target, text: str) -> bytes:
    return target.request("GET", f"/Users?cursor={text}&count=100")


def _cursor_behind(target: Target, user_id: str) -> str:
    """The cursor that the gateway gives with a page that ends with this person."""
    scope = f"{target.integration_id}\nUser\n{Search(cursor='').scope}"
    key = f"scim cursor {servers.SECRET_KEY}".encode()
    return cursor.issue({"after": user_id}, scope=scope, key=key, now_s=time.time())


def _check_cursor(target: Target) -> None:
    """Ours is the gateway's: behind the first page comes the same page by both."""
    first = target.call("GET", "/Users?cursor=&count=100")
    theirs = target.call("GET", f"/Users?cursor={first['nextCursor']}&count=100")
    ours = target.call(
        "GET", f"/Users?cursor={_cursor_behind(target, first['Resources'][-1]['id'])}&count=100"
    )
    assert [one["id"] for one in ours["Resources"]] == [one["id"] for one in theirs["Resources"]]
    assert len(ours["Resources"]) == 100


def _memory(target: Target) -> Iterator[Line]:
    """The largest worker's peak while requests about the large group come in."""
    group = f"/Groups/{target.groups[0]}"
    reading = target.request("GET", group)
    patching = rows.member(target, outside=target.people[-1:], group_id=target.groups[0])
    everybody = [one["value"] for one in target.call("GET", group)["members"]][:LARGE_GROUP]
    replacing = target.request(
        "PATCH", group, people.replace("members", [{"value": one} for one in everybody])
    )
    yield _peak(target, "read and patched (±1), in turns", [reading, *patching], mark=MEMORY_MIB)
    yield _peak(target, "all its members replaced by PATCH", [replacing])
    yield _peak(target, "read four times at once", [reading] * 4, connections=4)


def _peak(target: Target, what: str, requests: list[bytes], *, connections: int = 1, mark: int = 0) -> Line:
    workers = processes.tree(target.pid)
    processes.forget_peaks(workers)
    measured = load.run(load.Load(target.port, requests, connections, seconds=5))
    assert not measured.refused, measured.refusal
    peak = max(map(processes.peak_mib, workers))
    print(what, f"{peak:.0f} MiB", file=sys.stderr)
    return [
        what,
        f"{peak:.0f}",
        f"{mark or ''}",
        report.verdict(peak < mark) if mark else "",
    ]


if __name__ == "__main__":
    main()
