"""What is handed to the journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from integrations.traffic.models import RequestLog


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

    row: RequestLog
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
