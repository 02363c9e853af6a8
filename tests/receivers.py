"""A receiver of webhooks: a real HTTP server here that verifies with the standardwebhooks package."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from tests import targets

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
OK = targets.answer(b'{"ok": true}')
# What it does instead of answering; whether the connection stays open.
Act = Callable[[socket.socket], bool]


@dataclass(frozen=True)
class Message:
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def content(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def type(self) -> str:
        return self.content["type"]


@dataclass
class Receiver:
    """What came with a true signature, and what is answered next; then `usual`."""

    url: str = ""
    secret: str = SECRET
    usual: bytes | Act = OK
    answers: list[bytes | Act] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    forged: list[Message] = field(default_factory=list)

    def behave(self, connection: socket.socket, request: bytes) -> bool:
        head, _blank, body = request.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n")[1:]]
        message = Message({name.lower(): value for name, value in lines}, body)
        try:
            Webhook(self.secret).verify(body, message.headers)
        except WebhookVerificationError:
            self.forged.append(message)
            connection.sendall(answering(401))
            return True
        self.messages.append(message)
        answer = self.answers.pop(0) if self.answers else self.usual
        if not isinstance(answer, bytes):
            return answer(connection)
        connection.sendall(answer)
        return True

    def told(self) -> list[str]:
        return [message.type for message in self.messages]


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    with targets.serving(receiver.behave) as target:
        receiver.url = f"{target.url}/hook"
        yield receiver


def answering(status: int, headers: str = "", body: bytes = b"{}") -> bytes:
    return targets.answer(body, status=f"{status} Answer", headers=headers)


def drop(_connection: socket.socket) -> bool:
    """It has read the message, and goes."""
    return False


def hang(until: threading.Event) -> Act:
    def act(_connection: socket.socket) -> bool:
        until.wait(10)
        return False

    return act


def signed(content: Any, *, secret: str = SECRET, name: str = "msg_1", at: datetime | None = None) -> dict:
    """An app's own message: keyword arguments for a post of Django's test client."""
    body = content if isinstance(content, str) else json.dumps(content)
    at = at or datetime.now(tz=UTC)
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, at, body),
    }
    return {"data": body, "content_type": "application/json", "headers": headers}
