"""Sends an emulator's requests exactly as written, and insists on the answer it expects."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scim.emulators.request import Answer, Json, Request

TIMEOUT_S = 60
LONGEST_ANSWER = 16 * 1024 * 1024
LONGEST_DETAIL = 300


class EmulatorError(Exception):
    """An emulator cannot go on; the message names the request, never its body or token."""


class Unreachable(EmulatorError):
    """No answer came, or none that is HTTP."""


class UnexpectedAnswer(EmulatorError):
    """The answer has another status than the IdP goes on with, or is not a JSON object of bearable size."""

    def __init__(self, request: Request, status: int, problem: str) -> None:
        super().__init__(f"{request.method} {request.path} was answered {status}: {problem}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Session:
    """A connection to one SCIM base address; without a token no Authorization header is sent."""

    address: str
    token: str = field(default="", repr=False)

    def send(self, request: Request, *statuses: int) -> Answer:
        """The answer, if its status is one of these. Raises Unreachable and UnexpectedAnswer.

        Follows no redirect, asks no proxy and adds no header but Host and Content-Length.
        """
        try:
            status, content = self._exchange(request)
        except (OSError, http.client.HTTPException) as error:
            problem = str(error) or type(error).__name__
            raise Unreachable(f"{request.method} {request.path} got no answer: {problem}") from error
        if len(content) > LONGEST_ANSWER:
            raise UnexpectedAnswer(request, status, f"it is longer than {LONGEST_ANSWER} bytes.")
        body = _parsed(request, status, content)
        if status not in statuses:
            raise UnexpectedAnswer(
                request, status, str(body.get("detail", "no reason given"))[:LONGEST_DETAIL]
            )
        return Answer(status, body)

    def _exchange(self, request: Request) -> tuple[int, bytes]:
        url = urlsplit(self.address)
        secure = url.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=TIMEOUT_S)
        try:
            self._write(connection, request, url.path.rstrip("/") + request.path)
            response = connection.getresponse()
            return response.status, response.read(LONGEST_ANSWER + 1)
        finally:
            connection.close()

    def _write(self, connection: http.client.HTTPConnection, request: Request, path: str) -> None:
        target = f"{path}?{request.query}" if request.query else path
        content = b"" if request.body is None else json.dumps(request.body, separators=(",", ":")).encode()
        connection.putrequest(request.method, target, skip_accept_encoding=True)
        for name, value in request.headers.items():
            connection.putheader(name, value)
        if self.token:
            connection.putheader("Authorization", f"Bearer {self.token}")
        connection.putheader("Content-Length", str(len(content)))
        connection.endheaders(content)


def _parsed(request: Request, status: int, content: bytes) -> Json:
    try:
        body = json.loads(content) if content else {}
    except (ValueError, RecursionError) as error:
        raise UnexpectedAnswer(request, status, "it is not JSON.") from error
    if not isinstance(body, dict):
        raise UnexpectedAnswer(request, status, "it is not a JSON object.")
    return body
