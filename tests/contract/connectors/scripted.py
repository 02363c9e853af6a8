"""An app that answers what a test says, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from integrations.delivery.connector import Context
from integrations.delivery.connectors.rest_template.connector import RestTemplate
from tests import targets

SECRET = "very-secret-4711"


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: dict[str, str]
    body: Any


@dataclass
class Scripted:
    """`says` gives (status, body, headers) for a request; a body of bytes is sent as it is."""

    says: Callable[[Asked], tuple[Any, ...]]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    def answer(self, request: bytes) -> bytes:
        head, _blank, body = request.partition(b"\r\n\r\n")
        line, *rest = head.decode().split("\r\n")
        method, target, _version = line.split(" ")
        headers = {one.split(": ")[0].lower(): one.split(": ", 1)[1] for one in rest}
        is_form = "urlencoded" in headers.get("content-type", "")
        content = parse_qs(body.decode(), keep_blank_values=True) if is_form else json.loads(body or b"null")
        asked = Asked(method, target, headers, content)
        self.asked.append(asked)
        status, content, *more = self.says(asked)
        sent = content if isinstance(content, bytes) else json.dumps(content).encode()
        lines = "".join(f"{name}: {value}\r\n" for name, value in (more[0] if more else {}).items())
        return targets.answer(sent, status=f"{status} X", headers=lines)


def always(body: Any) -> Callable[[Asked], tuple[Any, ...]]:
    return lambda _asked: (200, body)


@contextlib.contextmanager
def running(says: Callable[[Asked], tuple[Any, ...]]) -> Iterator[Scripted]:
    app = Scripted(says)

    def behave(connection: socket.socket, request: bytes) -> bool:
        connection.sendall(app.answer(request))
        return True

    with targets.serving(behave) as target:
        app.url = target.url
        yield app


@contextlib.contextmanager
def connected(recipe: dict[str, Any], app: Scripted, **settings: Any) -> Iterator[Any]:
    """Our connector before it; any kind of outcome may come of it, so it is not typed."""
    given = {"base_url": app.url, "recipe": json.dumps(recipe), **settings}
    rest = RestTemplate(Context(settings=given, secrets={"secret": SECRET, "second_secret": "second-4711"}))
    try:
        yield rest
    finally:
        rest.close()


def recipe(**changes: Any) -> dict[str, Any]:
    """A small one: searches by user name, creates, updates, and switches off."""
    made: dict[str, Any] = {
        "auth": {"kind": "bearer"},
        "read": {
            "ref": "/id",
            "user_name": "/login",
            "active": {"at": "/on", "is": True},
            "roles": "/roles",
            "attributes": {"department": "/department"},
        },
        "requests": {
            "find": {
                "user_name": {"path": "/users", "query": {"q": "{{ person.user_name }}"}, "items": "/users"}
            },
            "create": {"path": "/users", "body": {"login": "{{ person.user_name }}"}},
            "update": {
                "path": "/users/{{ account.ref }}",
                "body": {
                    "login": "{{ person.user_name }}",
                    "department": "{{ person.attributes.department }}",
                    "on": "{{ person.active }}",
                    "roles": "{{ roles }}",
                },
            },
        },
    }
    requests = {**made["requests"], **changes.pop("requests", {})}
    return {**made, **changes, "requests": {name: one for name, one in requests.items() if one}}
