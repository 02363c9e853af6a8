"""A person's or a group's attributes as a table: what each is called by people, and its value in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# By the path without the URN of its extension.
LABELS: dict[str, Promise] = {
    "userName": gettext_lazy("User name"),
    "externalId": gettext_lazy("Upstream ID"),
    "displayName": gettext_lazy("Display name"),
    "name.formatted": gettext_lazy("Full name"),
    "name.givenName": gettext_lazy("First name"),
    "name.middleName": gettext_lazy("Middle name"),
    "name.familyName": gettext_lazy("Last name"),
    "name.honorificPrefix": gettext_lazy("Title before the name"),
    "name.honorificSuffix": gettext_lazy("Title behind the name"),
    "nickName": gettext_lazy("Nickname"),
    "profileUrl": gettext_lazy("Profile page"),
    "title": gettext_lazy("Job title"),
    "userType": gettext_lazy("Kind of person"),
    "preferredLanguage": gettext_lazy("Language"),
    "locale": gettext_lazy("Region"),
    "timezone": gettext_lazy("Time zone"),
    "active": gettext_lazy("Active"),
    "emails": gettext_lazy("E-mail"),
    "phoneNumbers": gettext_lazy("Telephone"),
    "ims": gettext_lazy("Instant messenger"),
    "photos": gettext_lazy("Picture"),
    "addresses": gettext_lazy("Address"),
    "entitlements": gettext_lazy("Entitlement"),
    "roles": gettext_lazy("Role"),
    "x509Certificates": gettext_lazy("Certificate"),
    "employeeNumber": gettext_lazy("Employee number"),
    "costCenter": gettext_lazy("Cost center"),
    "organization": gettext_lazy("Organization"),
    "division": gettext_lazy("Division"),
    "department": gettext_lazy("Department"),
    "manager": gettext_lazy("Manager"),
}
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_-]+")
MOST_CHARACTERS = 300


def rows(data: dict[str, Any]) -> list[dict[str, str]]:
    """[{"label", "path", "value"}], in the order sent, one row for each value of a list."""
    return [
        {"label": _label(path, kind), "path": path, "value": value} for path, kind, value in _flat(data, "")
    ]


def _flat(data: dict[str, Any], above: str) -> Iterator[tuple[str, str, str]]:
    """Path, kind (such as "work, primary") and value in words."""
    for name, value in data.items():
        path = f"{above}{name}"
        if isinstance(value, dict) and name.lower().startswith("urn:"):
            yield from _flat(value, f"{path}:")
        elif isinstance(value, dict) and "value" not in value:
            yield from _flat(value, f"{path}.")
        elif isinstance(value, list):
            for entry in value:
                yield path, _kind(entry), _words(entry)
        else:
            yield path, _kind(value), _words(value)


def _label(path: str, kind: str) -> str:
    short = path.rpartition(":")[2]
    label = str(LABELS.get(short) or HUMP.sub(" ", short.rpartition(".")[2]).capitalize())
    return f"{label} ({kind})" if kind else label


def _kind(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    parts = [str(value["type"])] if value.get("type") else []
    return ", ".join([*parts, _("primary")] if value.get("primary") is True else parts)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        told = [value.get("display") or value.get("displayName"), value.get("value")]
        if any(told):
            return " · ".join(dict.fromkeys(_cut(each) for each in told if each))
        rest = (_cut(each) for key, each in value.items() if key not in {"type", "primary"})
        return ", ".join(rest)
    return _cut(value)


def _cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"
