"""Plays recorded identity provider traffic over HTTP, exactly as written, and checks every expectation."""

from __future__ import annotations

import http.client
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from integrations.delivery.models import Change
from integrations.models import Integration
from scim.models import PendingMember

FOLDER = Path(__file__).parent / "traffic"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Player:
    """Sends the steps of one file to one integration; `names` are the values behind {placeholders}."""

    base: str
    token: str
    integration: Integration
    headers: dict[str, str]
    names: dict[str, str] = field(default_factory=dict)

    def play(self, step: dict[str, Any]) -> None:
        """One step: sends it and checks all that is expected of it."""
        changes_before = self._changes()
        members_before = self._members() if "after" in step["expect"] else set()
        answer = self.send(step["method"], step["path"], step)
        Expectation(self, step, answer, changes_before, members_before).check()
        for name, path in step.get("save", {}).items():
            self.names[name] = at(answer.body, path)

    def send(self, method: str, path: str, step: dict[str, Any]) -> Answer:
        """Nothing is added but Host and Content-Length: no User-Agent where the file has none."""
        url = urlsplit(self.base + self.filled(path))
        query = self.filled(step.get("raw_query", ""))
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        target = f"{url.path}?{query}" if query else url.path
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in {**self.headers, **step.get("headers", {})}.items():
            connection.putheader(name, self.filled(value))
        body = json.dumps(self.filled(step["body"])).encode() if "body" in step else b""
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, json.loads(content) if content else None)

    def filled(self, value: Any) -> Any:
        """The value with its placeholders filled in."""
        if isinstance(value, dict):
            return {key: self.filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.filled(item) for item in value]
        if not isinstance(value, str):
            return value
        known = {**self.names, "token": self.token, "base": self.base, "random": secrets.token_hex(8)}
        for name, text in known.items():
            value = value.replace("{" + name + "}", text)
        return value

    def read(self, path: str) -> Any:
        answer = self.send("GET", path, {})
        assert answer.status == 200, answer
        return answer.body

    def _changes(self) -> int:
        return Change.objects.for_integration(self.integration).count()

    def _members(self) -> set[str]:
        if "group_1" not in self.names:
            return set()
        answer = self.send("GET", "/Groups/{group_1}", {})
        return member_ids(answer.body) if answer.status == 200 else set()


@dataclass
class Expectation:
    """All that one step says about its answer. A word that is not known fails the test."""

    player: Player
    step: dict[str, Any]
    answer: Answer
    changes_before: int
    members_before: set[str]

    def check(self) -> None:
        for word, expected in self.step["expect"].items():
            getattr(self, f"expect_{word}")(self.player.filled(expected))

    def expect_status(self, expected: list[int]) -> None:
        assert self.answer.status in expected, self.answer

    def expect_scimType(self, expected: str) -> None:  # noqa: N802 - the traffic files' word
        assert self.answer.body["scimType"] == expected, self.answer

    def expect_error(self, expected: bool) -> None:
        assert expected
        assert self.answer.body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
        assert self.answer.body["status"] == str(self.answer.status)
        assert self.answer.body["detail"]

    def expect_headers(self, expected: list[str]) -> None:
        assert {name.lower() for name in expected} <= self.answer.headers.keys()

    def expect_list(self, expected: dict[str, Any]) -> None:
        body = self.answer.body
        assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
        assert len(body["Resources"]) == body["itemsPerPage"]
        for name in expected.get("integers", []):
            assert type(body[name]) is int, body
        for name in expected.keys() - {"integers"}:
            assert body[name] == expected[name], body

    def expect_body(self, expected: dict[str, Any]) -> None:
        for path, value in expected.items():
            assert at(self.answer.body, path) == value, (path, self.answer.body)

    def expect_body_has(self, expected: list[str]) -> None:
        for path in expected:
            assert at(self.answer.body, path) is not None, (path, self.answer.body)

    def expect_body_lacks(self, expected: list[str]) -> None:
        assert not set(expected) & set(self.answer.body or {}), self.answer.body

    def expect_one_of(self, expected: list[str]) -> None:
        said = {
            "200": self.answer.status == 200,
            "204 with a pending membership": self.answer.status in {200, 204}
            and PendingMember.objects.for_integration(self.player.integration).exists(),
        }
        assert any(said.get(one, False) for one in expected), (expected, self.answer)

    def expect_after(self, expected: dict[str, Any]) -> None:
        resource = self.player.read(self.step["path"])
        members = member_ids(resource)
        for word, value in expected.items():
            match word:
                case "members_exact":
                    assert members == set(value)
                case "members_include":
                    assert set(value) <= members
                case "members_exclude":
                    assert not set(value) & members
                case "others_stay":
                    assert members == self.members_before - set(expected["members_exclude"])
                case "jobs_queued":
                    changes = Change.objects.for_integration(self.player.integration).count()
                    assert changes - self.changes_before == value
                case _ if word.endswith("_has"):
                    entries = resource[word.removesuffix("_has")]
                    assert any(value.items() <= entry.items() for entry in entries), resource
                case _:
                    assert at(resource, word) == value, (word, resource)


def at(body: Any, path: str) -> Any:
    """The value at a dotted path whose first part may be a URN with dots of its own; None for none."""
    if not isinstance(body, dict):
        return None
    if path in body:
        return body[path]
    for key, value in body.items():
        if path.startswith(f"{key}."):
            return at(value, path[len(key) + 1 :])
    return None


def member_ids(group: dict[str, Any]) -> set[str]:
    return {member["value"] for member in group.get("members", [])}


def placeholders(flow: dict[str, Any]) -> set[str]:
    """The placeholders a flow uses without making them itself."""
    text = json.dumps(flow)
    saved = {name for step in flow["steps"] for name in step.get("save", {})}
    names = {"user_1", "user_2", "user_3", "group_1"}
    return {name for name in names if "{" + name + "}" in text} - saved
