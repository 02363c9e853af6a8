"""Requests that nobody would write: real ones with parts exchanged, doubled, cut, deepened or replaced.

FUZZ_INPUTS in the environment says how many; `bench/hostile.py` sends tens of thousands.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from integrations.models import Integration
from integrations.tokens import Issued
from tests.db import console

NUMBER = int(os.environ.get("FUZZ_INPUTS", "1500"))
TRAFFIC = Path(__file__).resolve().parents[2] / "contract/traffic"
SCIM_JSON = "application/scim+json"
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 1e308, "", " ", "\0", "\ud800", "\u202e", "é", "ß", "İ", "a" * 5_000),
    *([], {}, [[]], [None], {"": ""}, {"$ref": "x"}, "True", "False", "null", "urn:", "[", "]", '"', "\\"),
    *("../", "%00", "' OR 1=1", "members", 'members[value eq "', "emails[", "a.b.c.d", "schemas", "id"),
)
FILTERS = (
    *(
        'userName eq "ada"',
        'emails[type eq "work"].value co "a"',
        "active eq true and not (title pr)",
        "id gt 1",
    ),
    *('meta.created ge "2026-01-01T00:00:00Z"', 'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "a"'),
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "FOO")
PATHS = (
    *("/Users", "/Users/{user}", "/Groups", "/Groups/{group}", "/Bulk", "/Me", "/.search", "/Users/.search"),
    *(
        "/Schemas",
        "/ResourceTypes",
        "/ServiceProviderConfig",
        "",
        "/",
        "//Users",
        "/Users/../Groups",
        "/users",
    ),
    *("/Users/x", "/Users/%00", "/Users/{user}/x", "/Schemas/urn:x", "/Groups/{user}", "/\u00e9"),
)
TYPES = (*([SCIM_JSON] * 8), "application/json", "text/plain", "", "application/scim+json; charset=latin-1")


class Hostile:
    """Makes one request after the other, out of a seed and of what identity providers really send."""

    def __init__(self, seed: int, ids: dict[str, str]) -> None:
        self.dice = random.Random(seed)
        self.ids = ids
        self.bodies = [
            body for file in sorted(TRAFFIC.glob("*.json")) for body in bodies(json.loads(file.read_text()))
        ]

    def request(self) -> tuple[str, str, bytes, dict[str, str]]:
        method = self.dice.choice(METHODS[:5] if self.dice.random() < 0.9 else METHODS)
        path = self.dice.choice(PATHS).format(**self.ids) + self._query()
        headers = {"content-type": self.dice.choice(TYPES)}
        if self.dice.random() < 0.1:
            headers[self.dice.choice(("if-match", "if-none-match", "accept", "host"))] = str(self._odd())[
                :200
            ]
        return method, path, self._body(), {name: clean(value) for name, value in headers.items()}

    def _query(self) -> str:
        if self.dice.random() < 0.6:
            return ""
        text = self._cut(self.dice.choice(FILTERS)) if self.dice.random() < 0.7 else self.dice.choice(FILTERS)
        names = ("filter", "attributes", "excludedAttributes", "sortBy", "startIndex", "count", "cursor")
        pairs = [f"{self.dice.choice(names)}={text if self.dice.random() < 0.7 else self._odd()}"]
        return "?" + "&".join(pairs * self.dice.choice((1, 1, 2))).encode("utf-8", "replace").decode(
            "latin-1"
        )

    def _body(self) -> bytes:
        body = self._changed(self.dice.choice(self.bodies), 0)
        text = json.dumps(body, ensure_ascii=self.dice.random() < 0.5)
        if self.dice.random() < 0.1:
            text = self._cut(text)
        return text.encode("utf-8", "surrogatepass")

    def _changed(self, value: Any, deep: int) -> Any:
        """The value with a fault here and there."""
        roll = self.dice.random()
        if roll < 0.06:
            return self._odd()
        if roll < 0.07:
            return self._tower(value)
        if isinstance(value, dict):
            pairs = [(self._name(key), self._changed(inner, deep + 1)) for key, inner in value.items()]
            return dict(pairs if roll < 0.9 else pairs[1:])
        if isinstance(value, list):
            return [self._changed(inner, deep + 1) for inner in value * (1 if roll < 0.95 else 3)]
        return value

    def _name(self, key: str) -> str:
        roll = self.dice.random()
        return key.swapcase() if roll < 0.05 else str(self._odd())[:300] if roll < 0.08 else key

    def _tower(self, value: Any) -> Any:
        for _ in range(self.dice.choice((5, 60, 70))):
            value = [value] if self.dice.random() < 0.5 else {"value": value}
        return value

    def _cut(self, text: str) -> str:
        at = self.dice.randrange(len(text) + 1)
        return text[:at] + str(self._odd())[:50] + text[at + self.dice.randrange(3) :]

    def _odd(self) -> Any:
        return self.dice.choice(ODD)


def bodies(content: Any) -> list[Any]:
    """Whatever looks like the body of a request, wherever it stands in a recording."""
    if isinstance(content, dict):
        own = [content] if "schemas" in content or "Operations" in content or "userName" in content else []
        return own + [body for inner in content.values() for body in bodies(inner)]
    return [body for inner in content for body in bodies(inner)] if isinstance(content, list) else []


def clean(value: str) -> str:
    """What a header can hold at all."""
    return (
        "".join(character for character in value if character.isprintable())
        .encode("latin-1", "replace")
        .decode("latin-1")
    )


@pytest.mark.timeout(3600)
def test_no_request_gives_a_5xx_or_an_answer_that_is_no_scim(
    integration: Integration, issued: Issued, settings
):
    settings.TOKEN_RATE_LIMIT = 0
    sender = console.provider(integration, issued)
    user = sender.person("ada")
    seed = int(os.environ.get("FUZZ_SEED", random.SystemRandom().randrange(2**32)))
    hostile = Hostile(seed, {"user": user, "group": sender.group("Editors", user)})
    client = Client(raise_request_exception=False)
    seen: dict[int, int] = {}

    for number in range(NUMBER):
        method, path, body, headers = hostile.request()
        sent = {"authorization": f"Bearer {issued.text}", **headers}
        answer = client.generic(
            method, f"/scim/v2/{integration.pk}{path}", body, headers["content-type"], headers=sent
        )
        told = f"seed {seed}, input {number}: {method} {path!r} {body[:300]!r} gave {answer.status_code}"
        # RFC 7644 3.11: a provider without /Me answers 501.
        assert answer.status_code < 500 or (answer.status_code == 501 and path.startswith("/Me")), told
        if answer.content:
            assert answer["Content-Type"].startswith(SCIM_JSON), told
            shown = json.loads(answer.content)
            assert answer.status_code < 400 or shown["status"] == str(answer.status_code), told
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1

    if "FUZZ_INPUTS" in os.environ:
        Path(os.environ["FUZZ_SAID"]).write_text(json.dumps({"seed": seed, "seen": seen}))
