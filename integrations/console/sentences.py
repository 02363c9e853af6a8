"""What a request or a change did, each in one sentence for the lists of the console."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations.delivery.models import Change
from integrations.delivery.queue.change import ChangeEvent
from integrations.traffic.models import RequestLog

DONE = {
    ChangeEvent.USER_CREATED: gettext_lazy("%(label)s added"),
    ChangeEvent.USER_DEACTIVATED: gettext_lazy("%(label)s deactivated"),
    ChangeEvent.USER_REACTIVATED: gettext_lazy("%(label)s reactivated"),
    ChangeEvent.USER_DELETED: gettext_lazy("%(label)s deleted"),
    ChangeEvent.USER_RESTORED: gettext_lazy("%(label)s restored"),
    ChangeEvent.GROUP_CREATED: gettext_lazy("Group %(label)s added"),
    ChangeEvent.GROUP_DELETED: gettext_lazy("Group %(label)s deleted"),
}
# By resource: what looking one up, listing them, and reading a single one is called.
LOOKED_UP: dict[str, tuple[Promise, Promise, Promise]] = {
    "Users": (
        gettext_lazy("Looked for people: %(filter)s"),
        gettext_lazy("Listed the people"),
        gettext_lazy("Read %(label)s"),
    ),
    "Groups": (
        gettext_lazy("Looked for groups: %(filter)s"),
        gettext_lazy("Listed the groups"),
        gettext_lazy("Read the group %(label)s"),
    ),
}
ASKED = {
    "ServiceProviderConfig": gettext_lazy("Asked what the gateway supports"),
    "ResourceTypes": gettext_lazy("Asked which kinds of resources there are"),
    "Schemas": gettext_lazy("Asked for the schemas"),
    ".search": gettext_lazy("Searched people and groups"),
}
COMPARED = {
    "eq": gettext_lazy("is"),
    "ne": gettext_lazy("is not"),
    "co": gettext_lazy("contains"),
    "sw": gettext_lazy("begins with"),
    "ew": gettext_lazy("ends with"),
    "gt": gettext_lazy("is more than"),
    "ge": gettext_lazy("is at least"),
    "lt": gettext_lazy("is less than"),
    "le": gettext_lazy("is at most"),
    "pr": gettext_lazy("has a value"),
    "and": gettext_lazy("and"),
    "or": gettext_lazy("or"),
    "not": gettext_lazy("not"),
}
TEXT = re.compile(r'("(?:[^"\\]|\\.)*"?)')
WORD = re.compile(r"(?<![\w.:])[A-Za-z]{2,3}(?![\w.:])")
# The query is kept unquoted, so a value may hold an ampersand; only the next parameter ends the filter.
FILTER = re.compile(
    r"(?:^|&)filter=(.*?)(?=&(?:startIndex|count|attributes|excludedAttributes|sort\w+)=|$)", re.I
)


def of_request(log: RequestLog, changes: Sequence[Change]) -> str:
    """What the request did, or why it was refused; `changes` are its own."""
    if log.status >= 400:
        return _("Refused: %(problem)s") % {"problem": log.problem} if log.problem else _("Refused")
    if not changes:
        return _without_change(log)
    first = of_change(changes[0])
    more = len(changes) - 1
    if not more:
        return first
    words = ngettext("%(first)s, and %(n)d more change", "%(first)s, and %(n)d more changes", more)
    return words % {"first": first, "n": more}


def of_change(change: Change) -> str:
    """One change: whom or what it is about, and what became of it."""
    event = ChangeEvent(change.event)
    if event in DONE:
        return DONE[event] % {"label": change.resource_label}
    if event == ChangeEvent.GROUP_MEMBERS_CHANGED:
        return _("%(label)s: %(members)s") % {"label": change.resource_label, "members": of_members(change)}
    return _attributes(change.resource_label, list(dict.fromkeys(short(row["path"]) for row in change.delta)))


def of_members(change: Change) -> str:
    """How many came into the group and went out of it."""
    added, removed = len(change.members.get("added", [])), len(change.members.get("removed", []))
    came = ngettext("%(n)d person added", "%(n)d people added", added) % {"n": added}
    went = ngettext("%(n)d person removed", "%(n)d people removed", removed) % {"n": removed}
    if added and removed:
        return _("%(came)s, %(went)s") % {"came": came, "went": went}
    return came if added else went


def of_filter(text: str) -> str:
    """A filter whose operators are words: 'userName is "x"'; what is in quotes stays as it is."""
    parts = TEXT.split(text)
    parts[::2] = [WORD.sub(_compared, part) for part in parts[::2]]
    return "".join(parts)


def _compared(word: re.Match[str]) -> str:
    return str(COMPARED.get(word[0].lower(), word[0]))


def short(path: str) -> str:
    """An attribute's path without the URN of its extension."""
    return path.rpartition(":")[2]


def _attributes(label: str, names: list[str]) -> str:
    if len(names) > 2:
        return _("%(label)s: %(n)d attributes changed") % {"label": label, "n": len(names)}
    if len(names) == 2:
        words = {"label": label, "one": names[0], "other": names[1]}
        return _("%(label)s: %(one)s and %(other)s changed") % words
    return _("%(label)s: %(one)s changed") % {"label": label, "one": names[0] if names else "meta"}


def _without_change(log: RequestLog) -> str:
    kind, _slash, rest = log.path.strip("/").partition("/")
    if kind in ASKED:
        return str(ASKED[kind])
    if log.method != "GET" and not rest.endswith(".search"):
        return _("%(label)s: nothing to change") % {"label": log.resource_label or log.path}
    if kind not in LOOKED_UP:
        return log.path
    found, listed, read = LOOKED_UP[kind]
    if rest and rest != ".search":
        return str(read % {"label": log.resource_label or rest})
    wanted = FILTER.search(log.query)
    return str(found % {"filter": of_filter(wanted[1])} if wanted else listed)
