"""Where the time of a request goes: each kind of request, in process, in one thread.

python bench/profile_requests.py            a table: whole time, SQL, statements, the rest
python bench/profile_requests.py get        that kind alone, for 10 s: for py-spy record -- python ...
"""

from __future__ import annotations

import io
import itertools
import json
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import people, workbench  # isort: skip  # the workbench sets Django up

from django.db import connection

from bench import seeding
from cerby_gateway.wsgi import application

PEOPLE, GROUP = 2_400, 2_000
SECONDS = 10.0
# Method, path and body.
Request = tuple[str, str, bytes]


@dataclass(slots=True)
class Sql:
    """Counts statements and their time; an execute wrapper."""

    number: int = 0
    seconds: float = 0.0

    def __call__(self, execute: Any, *given: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*given)
        finally:
            self.number += 1
            self.seconds += time.perf_counter() - started


def send(place: workbench.Place, request: Request) -> tuple[int, bytes]:
    """One request through the WSGI application: its status and body."""
    method, address, body = request
    path, _, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": place.path + path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_AUTHORIZATION": place.authorization,
        "CONTENT_TYPE": "application/scim+json" if body else "",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
    }
    status: list[str] = []

    def start(line: str, *_more: Any) -> Any:
        status.append(line)

    answer = application(environ, start)
    content = b"".join(answer)
    answer.close()
    return int(status[0][:3]), content


def kinds(ids: list[str], group_id: str) -> dict[str, Iterator[Request]]:
    """Endless requests of each kind, as (method, path, body)."""
    names = [people.user_name(number) for number in range(len(ids))]
    counter = itertools.count()
    outside = itertools.cycle(ids[GROUP:])

    def patches() -> Iterator[Request]:
        for number, one in enumerate(itertools.cycle(ids)):
            yield "PATCH", f"/Users/{one}", people.encoded(people.replace("title", f"Title {number}"))

    def member_changes() -> Iterator[Request]:
        for one in outside:
            yield "PATCH", f"/Groups/{group_id}", people.encoded(people.add_members([one]))
            yield "PATCH", f"/Groups/{group_id}", people.encoded(people.remove_member(one))

    return {
        "get": (("GET", f"/Users/{one}", b"") for one in itertools.cycle(ids)),
        "filter": (
            ("GET", f"/Users?filter=userName%20eq%20%22{name}%22", b"") for name in itertools.cycle(names)
        ),
        "create": (("POST", "/Users", people.encoded(people.body(n, "made"))) for n in counter),
        "patch": patches(),
        "list": itertools.repeat(("GET", "/Users?count=100", b"")),
        "member": member_changes(),
    }


def main() -> None:
    workbench.migrate()
    place = workbench.make_place()
    made = seeding.seed_people(place.integration, PEOPLE)
    group_id = str(seeding.seed_group(place.integration, made[:GROUP], "Everyone"))
    seeding.settle()
    wanted = kinds(list(map(str, made)), group_id)
    if sys.argv[1:]:
        return _repeat(place, wanted[sys.argv[1]])
    print("| request | ms | of it SQL | statements | the rest |\n|---|---|---|---|---|")
    for name, requests in wanted.items():
        _describe(place, name, requests)
    return None


def _repeat(place: workbench.Place, requests: Iterator[Request]) -> None:
    send(place, next(requests))  # imports what the first request imports
    until = time.monotonic() + SECONDS
    number = 0
    while time.monotonic() < until:
        send(place, next(requests))
        number += 1
    print(f"{SECONDS / number * 1000:.3f} ms")


def _describe(place: workbench.Place, name: str, requests: Iterator[Request]) -> None:
    times, sql = [], Sql()
    for _ in range(50):
        send(place, next(requests))
    with connection.execute_wrapper(sql):
        for _ in range(60 if name == "list" else 400):
            started = time.perf_counter()
            status, content = send(place, next(requests))
            times.append(time.perf_counter() - started)
            assert status < 300, json.loads(content)
    whole = statistics.median(times) * 1000
    inside = sql.seconds / len(times) * 1000
    print(f"| {name} | {whole:.2f} | {inside:.2f} | {sql.number / len(times):.1f} | {whole - inside:.2f} |")


if __name__ == "__main__":
    main()
