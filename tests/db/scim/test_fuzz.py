"""Whatever comes in, the answer is SCIM JSON and no fault of the server: made-up and mutated requests."""

from __future__ import annotations

import json
import os
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.db.console import Provider
from tests.db.scim import wire

TRAFFIC = sorted((Path(__file__).parents[2] / "contract" / "traffic").glob("*.json"))
# bench/hostile.py asks for more, and is told what they were answered.
INPUTS = int(os.environ.get("FUZZ_INPUTS", "2000"))
SAID = os.environ.get("FUZZ_SAID", "")
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get", "BREW"]
SCALARS: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        2**63,
        1e308,
        "",
        " ",
        "\0",
        "x",
        "😀",
        "é" * 300,
        "\ud800",
        "%",
        "'",
        '"',
        "\\",
    ),
    *(
        "userName",
        "emails",
        "members",
        "bulkId:x",
        "2026-02-30T00:00:00Z",
        wire.USER,
        wire.NOBODY,
        "a" * 9_000,
    ),
]
WORDS = [
    *(
        "userName",
        "emails",
        "members",
        "groups",
        "active",
        "id",
        "meta.created",
        "name.givenName",
        "manager",
        wire.USER,
    ),
    *(
        "eq",
        "ne",
        "co",
        "pr",
        "gt",
        "and",
        "or",
        "not",
        "(",
        ")",
        "[",
        "]",
        ".value",
        ":",
        '"x"',
        '"',
        "true",
        "null",
    ),
    *("1", "-1e9", '"2026-01-01T00:00:00Z"', "\0", "é", "$ref", wire.ENTERPRISE, "type", "value", "nosuch"),
]
NAMES = [
    "filter",
    "sortBy",
    "sortOrder",
    "startIndex",
    "count",
    "cursor",
    "attributes",
    "excludedAttributes",
    "x",
]


def recorded() -> list[wire.Json]:
    """Every request of the recorded traffic."""
    flows = [flow for path in TRAFFIC for flow in json.loads(path.read_text())["flows"]]
    return [step for flow in flows for step in flow["steps"]]


def made_up(pick: random.Random, depth: int = 0) -> Any:
    kind = pick.random()
    if depth > 4 or kind < 0.5:
        return pick.choice(SCALARS)
    if kind < 0.7:
        return [made_up(pick, depth + 1) for _ in range(pick.randrange(4))]
    return {str(pick.choice([*SCALARS, *WORDS])): made_up(pick, depth + 1) for _ in range(pick.randrange(4))}


def mutated(pick: random.Random, value: Any) -> Any:
    """The value with a few of its parts replaced, dropped, doubled or put under another name."""
    if pick.random() < 0.03:
        return made_up(pick, 2)
    if isinstance(value, dict):
        kept = [(key, mutated(pick, item)) for key, item in value.items() if pick.random() > 0.03]
        return {pick.choice([*[key] * 20, key.upper(), str(pick.choice(WORDS))]): item for key, item in kept}
    if isinstance(value, list):
        return [mutated(pick, item) for item in value * pick.choice([*[1] * 10, 2, 0])]
    return value


def query(pick: random.Random) -> str:
    text = " ".join(pick.choice(WORDS) for _ in range(pick.randrange(1, 8)))
    values = [
        text,
        text,
        str(pick.choice(SCALARS)).encode("utf-8", "replace").decode(),
        "1",
        "-5",
        "ascending",
    ]
    words = [(pick.choice(NAMES), pick.choice(values)) for _ in range(pick.randrange(3))]
    return urlencode(words) + pick.choice(["", "", "", "&%", "&=%ff%00", "&filter=%E9"])


def path(pick: random.Random, ids: list[str]) -> str:
    kind = pick.choice(
        ["Users", "Groups", "users", "Bulk", ".search", "Schemas", "ResourceTypes", "Me", "", "x", ".."]
    )
    tail = pick.choice(
        ["", "", f"/{pick.choice(ids)}", f"/{pick.choice(ids)}", "/.search", "/%00", "//", "/é", "/x/y"]
    )
    return quote(f"/{kind}{tail}", safe="/%")


def request(pick: random.Random, steps: list[wire.Json], ids: list[str]) -> tuple[str, str, bytes]:
    """Method, address and body: half of them real ones with small changes, half made up."""
    if pick.random() < 0.5:
        step = pick.choice(steps)
        text = json.dumps(mutated(pick, step.get("body", {})))
        for name in ("{user_1}", "{user_2}", "{group_1}", "{random}"):
            text = text.replace(name, pick.choice(ids))
        address = step["path"].replace("{user_1}", ids[0]).replace("{group_1}", ids[-1])
        return (
            step["method"],
            quote(address, safe="/") + "?" + pick.choice([step.get("raw_query", ""), query(pick)]),
            text.encode(),
        )
    body = json.dumps(made_up(pick)).encode()
    if pick.random() < 0.2:
        at = pick.randrange(len(body) + 1)
        body = body[:at] + pick.choice([b"\xff", b"\0", b"}", b"NaN", b'"', b"[" * 80]) + body[at:]
    return pick.choice(METHODS), f"{path(pick, ids)}?{query(pick)}", body


def check(provider: Provider, method: str, address: str, body: bytes) -> int:
    response = wire.raw(provider, method, address, body)
    case = (method, address, body[:500], response.content[:300])
    assert response.status_code < 500 or response.status_code == 501, case
    assert response["Content-Type"].startswith("application/scim+json"), case
    if response.content:
        answer = json.loads(response.content)
        assert answer["schemas"], case
        assert response.status_code < 400 or answer["status"] == str(response.status_code), case
    else:
        assert response.status_code in (204, 304) or method == "HEAD", case
    return response.status_code


@pytest.mark.parametrize("part", range(2))
def test_no_request_is_answered_with_a_fault_of_the_server(provider, settings, part):
    settings.TOKEN_RATE_LIMIT = 0
    seed = random.SystemRandom().randrange(10**9)
    pick = random.Random(seed)
    ids = [provider.person("ada"), provider.person("ben"), wire.NOBODY, "x", provider.group("Editors")]
    steps = recorded()
    statuses: Counter[int] = Counter()

    for number in range(INPUTS // 2):
        try:
            statuses[check(provider, *request(pick, steps, ids))] += 1
        except Exception as error:
            error.add_note(f"seed {seed}, input {number}")
            raise

    if SAID:
        with Path(SAID).open("a", encoding="utf-8") as said:
            said.write(json.dumps({"seed": seed, "seen": statuses}) + "\n")
    sys.stdout.write(f"part {part}, seed {seed}: {statuses.total()} inputs, {dict(statuses)}\n")
    assert len(statuses) > 5
