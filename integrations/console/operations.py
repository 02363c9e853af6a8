"""What a request asked for, in words: its filter, the operations of its PATCH, what its body holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations.console import sentences
from integrations.traffic.models import RequestLog

MOST_LINES = 20
MOST_CHARACTERS = 80
DONE: dict[str, tuple[Promise, Promise]] = {
    "add": (gettext_lazy("Add %(value)s to %(path)s"), gettext_lazy("Add %(members)s")),
    "replace": (
        gettext_lazy("Replace %(path)s with %(value)s"),
        gettext_lazy("Replace the members by %(members)s"),
    ),
    "remove": (gettext_lazy("Remove %(value)s from %(path)s"), gettext_lazy("Remove %(members)s")),
}


def of_request(log: RequestLog) -> list[str]:
    """What was understood, a sentence a line; nothing for a body that was cut or is none."""
    lines = list(_asked(log))
    if len(lines) > MOST_LINES:
        more = len(lines) - MOST_LINES
        lines[MOST_LINES:] = [ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}]
    return lines


def _asked(log: RequestLog) -> Iterator[str]:
    wanted = sentences.FILTER.search(log.query)
    if wanted:
        yield _("Only those where %(filter)s") % {"filter": sentences.of_filter(wanted[1])}
    body = _body(log.request_body)
    if log.method == "PATCH":
        operations = _get(body, "operations")
        for each in operations if isinstance(operations, list) else []:
            yield from _operation(each)
    elif log.method in {"POST", "PUT"} and body:
        yield from _resource(body)


def _body(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text) if text else {}
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _operation(operation: Any) -> Iterator[str]:
    if not isinstance(operation, dict):
        return
    kind = str(_get(operation, "op")).lower()
    path, value = _get(operation, "path"), _get(operation, "value")
    if kind not in DONE:
        return
    if path or not isinstance(value, dict):
        yield _told(kind, str(path or ""), value)
        return
    for name, item in value.items():
        yield _told(kind, name, item)


def _told(kind: str, path: str, value: Any) -> str:
    done, with_members = DONE[kind]
    shown = sentences.short(path) if "[" not in path else sentences.of_filter(path)
    if path.lower() == "members" and isinstance(value, list | dict):
        return str(with_members % {"members": _members(value if isinstance(value, list) else [value])})
    if value is None or value in ("", [], {}):
        return _("Remove %(path)s") % {"path": shown}
    return str(done % {"path": shown, "value": _value(value)})


def _members(values: list[Any]) -> str:
    return ngettext("%(n)d member", "%(n)d members", len(values)) % {"n": len(values)}


def _resource(body: dict[str, Any]) -> Iterator[str]:
    names = [
        sentences.short(name) for name in body if name.lower() not in {"schemas", "members", "id", "meta"}
    ]
    if names:
        shown = ", ".join(names[:MOST_LINES])
        words = ngettext("%(n)d attribute: %(names)s", "%(n)d attributes: %(names)s", len(names))
        yield words % {"n": len(names), "names": shown if len(names) <= MOST_LINES else f"{shown} …"}
    members = _get(body, "members")
    if isinstance(members, list):
        yield _members(members).capitalize()


def _value(value: Any) -> str:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict) and "value" in value:
        value = value["value"]
    if isinstance(value, list):
        return ngettext("%(n)d value", "%(n)d values", len(value)) % {"n": len(value)}
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"


def _get(body: dict[str, Any], name: str) -> Any:
    """A part of the body, in whatever case its name was sent."""
    return next((value for key, value in body.items() if key.lower() == name), None)
