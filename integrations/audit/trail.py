"""Writes what our people did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integrations import roles
from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.kit import context
from integrations.models import (
    ApiKey,
    GatewayToken,
    Integration,
    Invitation,
    Membership,
    User,
    Workspace,
)
from integrations.roles import By, Operator


@dataclass(frozen=True, slots=True)
class Support:
    """Support staff in the Django admin."""

    user: User


Target = Workspace | Integration | GatewayToken | ApiKey | Membership | Invitation | User


def record(
    event: Event,
    target: Target,
    *,
    by: By | Support | User,
    workspace: Workspace,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Adds one entry, in the caller's transaction. `detail` is plain JSON without secrets."""
    kind, actor_id, label = _actor(by)
    here = context.current.get()
    return AuditEntry.objects.create(
        workspace=workspace,
        integration=_integration(target) if event is not Event.INTEGRATION_DELETED else None,
        actor_kind=kind,
        actor_id=actor_id,
        actor_label=label,
        ip=here.ip,
        action=event,
        target_kind=type(target).__name__.lower(),
        target_id=str(target.pk),
        target_label=_label(target),
        detail=detail or {},
        trace_id=here.trace_id,
    )


def _actor(by: By | Support | User) -> tuple[str, str, str]:
    match by:
        case Operator():
            return "command", "", by.name
        case ApiKey():
            return "api_key", str(by.pk), roles.label(by)[:254]
        case Support():
            return "support", str(by.user.pk), by.user.email
        case Membership():
            return "person", str(by.user_id), by.user.email
        case User():
            return "person", str(by.pk), by.email


def _integration(target: Target) -> Integration | None:
    if isinstance(target, Integration):
        return target
    return target.integration if isinstance(target, GatewayToken) else None


def _label(target: Target) -> str:
    match target:
        case Membership():
            return target.user.email
        case Invitation():
            return target.email
        case _:
            return str(target)
