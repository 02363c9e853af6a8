"""What is handed to the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class LoggedRequest(NamedTuple):
    """The columns of a RequestLog: to make one takes ten times as long."""

    id: UUID
    integration_id: UUID
    at: datetime
    trace_id: str
    method: str
    path: str
    status: int
    duration_ms: int
    caller_trace: str = ""
    query: str = ""
    size_bytes: int = 0
    ip: str | None = None
    user_agent: str = ""
    token: str = ""
    idp: str = ""
    resource_type: str = ""
    resource_id: UUID | None = None
    resource_label: str = ""
    label_key: str = ""
    notes: Sequence[str] = ()
    problem: str = ""
    remedy: str = ""
    scim_type: str = ""
    expected: str = ""
    received: str = ""
    request_body: str = ""
    response_body: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a request tells of its IdP: an id that decides at once, or signals (signal id, idp id, weight)
    that add up."""

    decisive: str = ""
    signals: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SetAside:
    """An attribute that was sent and is not known here.

    `type` is the SCIM type of what was sent, "" for what cannot be an attribute of its own; `many`: a list of
    such.
    """

    name: str
    type: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """One request with a true token.

    `saved`: its row is a change's and was kept with the change's transaction. `quirks` are codes of the
    habits it showed, `set_aside` the attributes it sent in vain.
    """

    row: LoggedRequest
    token_id: UUID
    sighting: Sighting = field(default_factory=Sighting)
    saved: bool = False
    quirks: frozenset[str] = frozenset()
    set_aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedUse:
    """One request whose token was refused; `cause` is a value of RefusedToken.Cause."""

    integration_id: UUID
    cause: str
    at: datetime
    ip: str | None
    user_agent: str
    request: str
    shown_token: str = ""


Entry = Accepted | RefusedUse
