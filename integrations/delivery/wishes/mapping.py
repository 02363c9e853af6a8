"""Attributes of a person by their names in the app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Json = dict[str, Any]
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
# What an account usually has, where an admin chose nothing else.
USUAL: Mapping[str, str] = {
    "user_name": "userName",
    "email": "emails.primary",
    "display_name": "displayName",
    "given_name": "name.givenName",
    "family_name": "name.familyName",
    "title": "title",
    "department": f"{ENTERPRISE}:department",
    "external_id": "externalId",
}


def of(data: Json, chosen: Mapping[str, str]) -> Json:
    """The attributes that the person has a value for; `chosen` is {name in the app: attribute of the
    person}."""
    values = {name: value(data, path) for name, path in (chosen or USUAL).items()}
    return {name: found for name, found in values.items() if found not in (None, "")}


def value(data: Json, path: str) -> Any:
    """The value at a path: `title`, `name.givenName`, `emails.work`, `emails.primary`, or a URN with a colon
    before the attribute. None where there is none."""
    if path.startswith("urn:"):
        schema, _colon, path = path.rpartition(":")
        # A dot in the schema's own number comes before its last colon.
        data = next((part for key, part in data.items() if key.casefold() == schema.casefold()), {})
    found: Any = data
    for name in path.split("."):
        found = _entry(found, name) if isinstance(found, list) else _member(found, name)
    if isinstance(found, list):
        return _entry(found, "primary")
    return found.get("value", found.get("formatted")) if isinstance(found, dict) else found


def paths(data: Json) -> list[str]:
    """The paths that lead to a value of this person, in the order of their data."""
    return list(_paths(data, ""))


def _paths(data: Json, above: str) -> Iterator[str]:
    for name, found in data.items():
        path = f"{above}{name}"
        if isinstance(found, dict):
            yield from _paths(found, f"{path}:" if name.startswith("urn:") else f"{path}.")
        elif isinstance(found, list):
            kinds = [str(entry["type"]) for entry in found if isinstance(entry, dict) and entry.get("type")]
            yield from (f"{path}.{kind}" for kind in dict.fromkeys(["primary", *kinds]))
        else:
            yield path


def _member(found: Any, name: str) -> Any:
    if not isinstance(found, dict):
        return None
    return next((part for key, part in found.items() if key.casefold() == name.casefold()), None)


def _entry(entries: list[Any], which: str) -> Any:
    """The primary entry, else the first; or the first of a type."""
    every = [entry for entry in entries if isinstance(entry, dict)]
    if which.casefold() == "primary":
        return next((entry for entry in every if entry.get("primary")), every[0] if every else None)
    return next((entry for entry in every if str(entry.get("type", "")).casefold() == which.casefold()), None)
