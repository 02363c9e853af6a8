"""What a page of people costs as they grow: in the management API, and in the console.

    python bench/lists.py --postgres postgres://gateway:gateway@127.0.0.1:5432/postgres

Gateways of different size run side by side and are measured in turns over one connection. The tables are
filled directly (seeding.py). The result goes to bench/results/lists.md. The rate limits are lifted
(TOKEN_RATE_LIMIT=0, API_RATE_LIMIT=0).
"""

from __future__ import annotations

import argparse
import contextlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import httpx

from bench import compare, load, people, report, servers
from bench.compare import Comparison, Side
from bench.servers import Target

API, CONSOLE = 1.3, 1.5
INACTIVE = 150
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Doors:
    """The same gateway by its other two doors; paths are whole."""

    api: Target
    console: Target
    cookie: str

    def of_api(self, path: str) -> bytes:
        return self.api.request("GET", path)

    def of_console(self, path: str) -> bytes:
        return load.request("GET", path, headers={"Cookie": self.cookie})


def main() -> None:
    given = _arguments()
    lines: list[list[str]] = []
    for kind in given.databases:
        with contextlib.ExitStack() as stack:
            sizes = {"large": given.people, "middle": given.of_api, "small": 1_000}
            doors = {}
            for name, number in sizes.items():
                target = stack.enter_context(servers.gateway(kind, given.postgres, name=name))
                servers.seed(target, number, [])
                _deactivate(target)
                doors[name] = _doors(target)
            lines += [
                compare.line(kind, one, seconds=given.seconds, repeats=given.repeats)
                for one in _comparisons(doors, sizes)
            ]
    report.write(
        given.out,
        "# What a page of people costs",
        report.machine(),
        f"The console at {given.people:,} people over 1,000, the management API at {given.of_api:,} over "
        f"1,000; one connection; {given.repeats} turns of {given.seconds:g} s; "
        "milliseconds are the median request's.",
        report.table(compare.TITLES, lines),
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    report.add_usual(parser, "lists.md")
    parser.add_argument("--people", type=int, default=1_000_000, help="for the console (%(default)s)")
    parser.add_argument("--of-api", type=int, default=100_000, help="for the API (%(default)s)")
    parser.add_argument("--seconds", type=float, default=2.0, help="of one measurement (%(default)s)")
    parser.add_argument("--repeats", type=int, default=5, help="turns (%(default)s)")
    return parser.parse_args()


def _comparisons(doors: dict[str, Doors], sizes: dict[str, int]) -> Iterator[Comparison]:
    def of_api(what: str, path: str, beside: str = "") -> Comparison:
        large, small = doors["middle"], doors["small"]
        return Comparison(
            f"{what}, {sizes['middle']:,} over 1,000",
            Side(large.api, lambda: [large.of_api(_of(large, path))] * 8),
            Side(small.api, lambda: [small.of_api(_of(small, beside or path))] * 8),
            API,
        )

    def of_console(what: str, query: str) -> Comparison:
        large, small = doors["large"], doors["small"]
        return Comparison(
            f"{what}, {sizes['large']:,} over 1,000",
            Side(large.console, lambda: [large.of_console(_users(large, query))] * 8),
            Side(small.console, lambda: [small.of_console(_users(small, query))] * 8),
            CONSOLE,
        )

    users = "/api/v1/integrations/{id}/users/?limit=100"
    yield of_api("API: list of 100 users", users)
    yield of_api("API: a page of 100 deep in the list", f"{users}&cursor={_deep(doors['middle'])}", users)
    yield of_api("API: list of 100 inactive users", f"{users}&active=false")
    yield of_api("API: list of 100 changes", "/api/v1/integrations/{id}/changes/?limit=100")
    yield of_console("console: Users", "")
    yield of_console("console: Users, by the beginning of a name", "?q=person00")
    yield of_console("console: Users, inactive", "?state=inactive")


def _deactivate(target: Target) -> None:
    """As many in each gateway, the last who came: a list of them is of one length, and theirs is the farthest
    way."""
    for person in target.people[-INACTIVE:]:
        target.call("PATCH", f"/Users/{person}", people.replace("active", value=False))


def _of(doors: Doors, path: str) -> str:
    return path.replace("{id}", doors.api.integration_id)


def _users(doors: Doors, query: str) -> str:
    return f"/w/bench/integrations/{doors.console.integration_id}/users/{query}"


def _deep(doors: Doors) -> str:
    """The cursor behind ninety pages of a thousand."""
    path, found = f"/api/v1/integrations/{doors.api.integration_id}/users/?limit=1000", ""
    for _page in range(90):
        answer = doors.api.call("GET", f"{path}&cursor={found}")
        found = answer["next_cursor"] or found
    return found


def _doors(target: Target) -> Doors:
    environment = target.environment
    key = servers.product("create_api_key", "bench", "--label", "bench", environment=environment)["api_key"]
    link = servers.product("sign_in_link", "o@example.test", environment=environment)["sign_in_url"]
    base = f"http://127.0.0.1:{target.port}"
    with httpx.Client(base_url=base, follow_redirects=True, timeout=60) as client:
        path = re.sub(r"^https?://[^/]+", "", link)
        token = CSRF.search(client.get(path).text)
        assert token
        client.post(path, data={"csrfmiddlewaretoken": token[1]}, headers={"Referer": base})
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    return Doors(replace(target, base="", token=key), replace(target, base=""), cookie)


if __name__ == "__main__":
    main()
