"""What happened, in words: the steps of a request, the rows of a difference, how to mend a refusal."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations import idps
from integrations.console import operations, sentences
from integrations.delivery.models import Change
from integrations.delivery.queue.change import ChangeEvent
from integrations.traffic.models import RefusedToken, RequestLog

Cause = RefusedToken.Cause
# What to call the habits that an IdP may show (scim/core/quirks/quirk.py), in a list to choose from.
QUIRKS = {
    "op-case": gettext_lazy("Operation in another case"),
    "key-case": gettext_lazy("Key in another case"),
    "boolean-form": gettext_lazy("True or false as text"),
    "one-for-list": gettext_lazy("One value for a list"),
    "list-for-one": gettext_lazy("A list for one value"),
    "bare-value": gettext_lazy("Text for an object"),
    "old-schema": gettext_lazy("Old schema name"),
    "unknown-schema": gettext_lazy("Unknown schema name"),
    "schemas-missing": gettext_lazy("No schema name"),
    "no-extension-name": gettext_lazy("Extension without its name"),
    "dotted-key": gettext_lazy("Key with dots"),
    "remove-by-value": gettext_lazy("Members removed by a list"),
    "add-by-filter": gettext_lazy("Member added by a filter"),
    "create-on-miss": gettext_lazy("Value set before it was there"),
}
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


def rows_of(change: Change) -> list[dict[str, str]]:
    """The difference as a table of attribute, before and after."""
    return [
        {
            "attribute": sentences.short(row["path"]),
            "before": _text(row["before"]),
            "after": _text(row["after"]),
        }
        for row in change.delta
    ]


def timeline(log: RequestLog, changes: list[Change]) -> list[dict[str, Any]]:
    """The steps of one request, as components/timeline.html takes them."""
    return [_received(log), *_understood(log), *map(step, changes), _answered(log)]


def _received(log: RequestLog) -> dict[str, Any]:
    sender = idps.name(log.idp) or _("the identity provider")
    words = {
        "method": log.method,
        "path": log.path,
        "sender": sender,
        "ip": log.ip or _("an unknown address"),
        "size": log.size_bytes,
    }
    return {
        "title": _("Request received"),
        "icon": "arrow-in",
        "at": log.at,
        "text": _("%(method)s %(path)s from %(sender)s at %(ip)s, %(size)d bytes, secrets removed.") % words,
        "body_label": _("Request body"),
        "body": readable(log.request_body),
    }


def readable(text: str) -> str:
    """JSON on as many lines as it takes to read it; text that was cut stays as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _understood(log: RequestLog) -> list[dict[str, Any]]:
    """What was read out of the request, and which habits of the IdP were allowed for."""
    read, notes = operations.of_request(log), log.notes
    steps: list[dict[str, Any]] = []
    if read and log.status < 400:
        steps.append({"title": _("Understood"), "icon": "braces", "lines": read})
    if notes:
        title = ngettext("%(n)d remark on how it was sent", "%(n)d remarks on how it was sent", len(notes))
        steps.append({"title": title % {"n": len(notes)}, "icon": "info", "lines": notes})
    return steps


def step(change: Change) -> dict[str, Any]:
    """One change as a step of a timeline."""
    return {
        "title": sentences.of_change(change),
        "icon": "diff",
        "state": "ok",
        "at": change.at,
        "text": _members(change),
        "rows": rows_of(change),
    }


def _members(change: Change) -> str:
    """Who came into a group and went; empty where the title says it."""
    if not any(change.members.values()) or change.event == ChangeEvent.GROUP_MEMBERS_CHANGED:
        return ""
    return _("%(members)s.") % {"members": sentences.of_members(change).capitalize()}


def _answered(log: RequestLog) -> dict[str, Any]:
    words = {"status": log.status, "ms": log.duration_ms}
    answered: dict[str, Any] = {
        "title": _("Answered %(status)d in %(ms)d ms") % words,
        "icon": "arrow-out" if log.status < 400 else "x",
        "state": "ok" if log.status < 400 else "bad",
        "at": log.at + timedelta(milliseconds=log.duration_ms),
        "body_label": _("Answer"),
        "body": readable(log.response_body),
    }
    if log.problem:
        answered["text"] = f"{log.problem} {log.remedy}".strip()
    return answered


def _text(value: Any) -> str:
    """An attribute's value in words; "" stands for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict) and "value" in value:
        return _listed(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _listed(entry: dict[str, Any]) -> str:
    """One of several e-mail addresses, telephone numbers and the like: its value and which one it is."""
    kinds = [str(entry[key]) for key in ("type", "display") if entry.get(key)]
    kinds += [_("primary")] if entry.get("primary") is True else []
    value = _text(entry["value"])
    return f"{value} ({', '.join(kinds)})" if kinds else value
