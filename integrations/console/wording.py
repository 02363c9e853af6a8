"""What happened, in words: requests, changes, refusals, audit entries."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations import idps
from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.delivery.change import ChangeEvent
from integrations.delivery.models import Change
from integrations.models import Role
from integrations.traffic.models import RefusedToken, RequestLog

EVENTS = {
    ChangeEvent.USER_CREATED: gettext_lazy("Created"),
    ChangeEvent.USER_UPDATED: gettext_lazy("Changed"),
    ChangeEvent.USER_DEACTIVATED: gettext_lazy("Deactivated"),
    ChangeEvent.USER_REACTIVATED: gettext_lazy("Reactivated"),
    ChangeEvent.USER_DELETED: gettext_lazy("Deleted"),
    ChangeEvent.USER_RESTORED: gettext_lazy("Restored"),
    ChangeEvent.GROUP_CREATED: gettext_lazy("Created"),
    ChangeEvent.GROUP_UPDATED: gettext_lazy("Changed"),
    ChangeEvent.GROUP_MEMBERS_CHANGED: gettext_lazy("Members changed"),
    ChangeEvent.GROUP_DELETED: gettext_lazy("Deleted"),
}
AUDITED = {
    Event.WORKSPACE_CREATED: gettext_lazy("Created the workspace"),
    Event.WORKSPACE_CHANGED: gettext_lazy("Changed the workspace's settings"),
    Event.INTEGRATION_CREATED: gettext_lazy("Added an integration"),
    Event.INTEGRATION_CHANGED: gettext_lazy("Changed an integration"),
    Event.INTEGRATION_ARCHIVED: gettext_lazy("Archived an integration"),
    Event.INTEGRATION_RESTORED: gettext_lazy("Restored an integration"),
    Event.INTEGRATION_DELETED: gettext_lazy("Deleted an integration"),
    Event.TOKEN_GENERATED: gettext_lazy("Generated a token"),
    Event.TOKEN_ROTATED: gettext_lazy("Replaced a token"),
    Event.TOKEN_REVOKED: gettext_lazy("Revoked a token"),
    Event.MEMBER_INVITED: gettext_lazy("Invited as %(role)s"),
    Event.MEMBER_JOINED: gettext_lazy("Joined as %(role)s"),
    Event.MEMBER_CHANGED: gettext_lazy("Changed the role from %(before)s to %(after)s"),
    Event.MEMBER_REMOVED: gettext_lazy("Removed a member (%(role)s)"),
    Event.MEMBER_ACCESS_CHANGED: gettext_lazy("Gave integrations: %(integrations)s"),
    Event.INVITATION_WITHDRAWN: gettext_lazy("Withdrew an invitation"),
    Event.SIGN_IN_LINK_MADE: gettext_lazy("Made a sign-in link"),
    Event.SUPPORT_VIEWED: gettext_lazy("Looked at it"),
}
Cause = RefusedToken.Cause
REMEDIES = {
    Cause.MISSING: gettext_lazy("Paste a token into the provisioning settings of the identity provider."),
    Cause.MALFORMED: gettext_lazy(
        "Part of the token is missing or mistyped. Paste it again, or generate a new one."
    ),
    Cause.UNKNOWN: gettext_lazy(
        "This token was never made here, or its integration is gone. Paste the right one."
    ),
    Cause.WRONG_SECRET: gettext_lazy(
        "Someone knows the public part alone. Paste the token again if it was you."
    ),
    Cause.EXPIRED: gettext_lazy("Generate a new token and paste it into the identity provider."),
    Cause.REVOKED: gettext_lazy("Paste the token that works now, or generate a new one."),
    Cause.OTHER_INTEGRATION: gettext_lazy(
        "URL and token belong to different integrations. Paste both from one."
    ),
}


def remedy(cause: str) -> str:
    """How to mend a refused token."""
    return str(REMEDIES[Cause(cause)])


def event(name: str) -> str:
    return str(EVENTS[ChangeEvent(name)])


def audited(entry: AuditEntry) -> str:
    """What was done, in words: "Changed the role from Admin to Owner"."""
    return str(AUDITED[Event(entry.action)]) % {name: _listed(value) for name, value in entry.detail.items()}


def _listed(value: Any) -> str:
    """A role's name, or the names in a list."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or _("none")
    return str(Role(value).label) if value in Role.values else str(value)


def rows_of(change: Change) -> list[dict[str, str]]:
    """The difference as a table of attribute, before and after."""
    rows = [
        {"attribute": row["path"], "before": _text(row["before"]), "after": _text(row["after"])}
        for row in change.delta
    ]
    added, removed = change.members.get("added", []), change.members.get("removed", [])
    if added or removed:
        rows.append({"attribute": "members", "before": _number(removed), "after": _number(added)})
    return rows


def timeline(log: RequestLog, changes: list[Change]) -> list[dict[str, Any]]:
    """The steps of one request, as components/timeline.html takes them."""
    return [_received(log), *_understood(log), *map(step, changes), _answered(log)]


def _received(log: RequestLog) -> dict[str, Any]:
    sender = idps.name(log.idp) or _("the identity provider")
    words = {
        "method": log.method,
        "path": log.path,
        "sender": sender,
        "ip": log.ip or "?",
        "size": log.size_bytes,
    }
    return {
        "title": _("Request received"),
        "icon": "arrow-in",
        "at": log.at,
        "text": _("%(method)s %(path)s from %(sender)s at %(ip)s, %(size)d bytes, secrets removed.") % words,
        "body_label": _("Request body"),
        "body": log.request_body,
    }


def _understood(log: RequestLog) -> list[dict[str, Any]]:
    return [{"title": note, "icon": "braces"} for note in log.notes]


def step(change: Change) -> dict[str, Any]:
    """One change as a step of a timeline."""
    rows = rows_of(change)
    title = ngettext(
        "%(event)s: %(label)s, %(n)d difference", "%(event)s: %(label)s, %(n)d differences", len(rows)
    )
    words = {"event": event(change.event), "label": change.resource_label, "n": len(rows)}
    return {"title": title % words, "icon": "diff", "state": "ok", "at": change.at, "rows": rows}


def _answered(log: RequestLog) -> dict[str, Any]:
    words = {"status": log.status, "ms": log.duration_ms}
    step: dict[str, Any] = {
        "title": _("Answered %(status)d in %(ms)d ms") % words,
        "icon": "arrow-out" if log.status < 400 else "x",
        "state": "ok" if log.status < 400 else "bad",
        "body_label": _("Answer"),
        "body": log.response_body,
    }
    if log.problem:
        step["text"] = f"{log.problem} {log.remedy}".strip()
    return step


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(ids: list[str]) -> str:
    return ngettext("%(n)d person", "%(n)d people", len(ids)) % {"n": len(ids)} if ids else ""
