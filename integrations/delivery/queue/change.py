"""The snapshot that crosses from `scim`: plain JSON, complete in itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from integrations.models import Integration


class ChangeEvent(StrEnum):
    USER_CREATED = "user.created"
    USER_UPDATED = "user.updated"
    USER_DEACTIVATED = "user.deactivated"
    USER_REACTIVATED = "user.reactivated"
    USER_DELETED = "user.deleted"
    USER_RESTORED = "user.restored"
    GROUP_CREATED = "group.created"
    GROUP_UPDATED = "group.updated"
    GROUP_MEMBERS_CHANGED = "group.members_changed"
    GROUP_DELETED = "group.deleted"


@dataclass(frozen=True, slots=True)
class ChangeDraft:
    """One applied difference.

    `before` and `after` are SCIM resources without members, None where there is none; `delta` is
    [{"path", "before", "after"}]; `added` and `removed` are ids of people in a group. `is_test`: an IdP's
    connection test made the person; `may_be_test`: that will show within the settle window.
    """

    integration: Integration
    event: ChangeEvent
    resource_type: str
    resource_id: UUID
    resource_label: str
    version: int
    actor: str
    trace_id: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    delta: list[dict[str, Any]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    is_test: bool = False
    may_be_test: bool = False
