"""The kinds of requests that are measured, the same for every server."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from urllib.parse import quote

from bench import people
from bench.servers import Target

Build = Callable[[Target], list[bytes]]
# Enough that no connection comes round to the same change twice in a row.
VARIETY = 4_000
_created = itertools.count()


def get(target: Target) -> list[bytes]:
    return [target.request("GET", f"/Users/{one}") for one in target.people]


def filter_user_name(target: Target) -> list[bytes]:
    names = (people.user_name(number) for number in range(min(len(target.people), VARIETY)))
    return [target.request("GET", "/Users?filter=" + quote(f'userName eq "{name}"')) for name in names]


def create(target: Target, number: int = VARIETY) -> list[bytes]:
    numbers = itertools.islice(_created, number)
    return [target.request("POST", "/Users", people.body(one, "made")) for one in numbers]


def patch(target: Target) -> list[bytes]:
    ids: Sequence[str] = target.people
    return [
        target.request(
            "PATCH",
            f"/Users/{ids[index % len(ids)]}",
            people.replace("name.familyName", f"Reed {next(_created)}"),
        )
        for index in range(VARIETY)
    ]


def list_100(target: Target) -> list[bytes]:
    return [target.request("GET", "/Users?startIndex=1&count=100")] * 64


def member(target: Target, *, outside: Sequence[str], group_id: str) -> list[bytes]:
    """One who is not in the group comes and goes, then the next."""
    requests = []
    for one in outside:
        requests.append(target.request("PATCH", f"/Groups/{group_id}", people.add_members([one])))
        leaving = people.remove_member(one)
        if target.removes_by_value:
            leaving["Operations"] = [{"op": "remove", "path": "members", "value": [{"value": one}]}]
        requests.append(target.request("PATCH", f"/Groups/{group_id}", leaving))
    return requests
