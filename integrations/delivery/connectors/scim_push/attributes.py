"""A person as a SCIM User of the app, and what differs from what the app shows."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.delivery.connector import Person
from integrations.delivery.connectors.scim_push.service import ENTERPRISE, USER, Service

Json = dict[str, Any]
# RFC 7643 4.1, without what a server or the person alone sets: id, meta, groups, password.
CORE = (
    *(
        "userName",
        "externalId",
        "active",
        "name",
        "displayName",
        "nickName",
        "profileUrl",
        "title",
        "userType",
    ),
    *("preferredLanguage", "locale", "timezone", "emails", "phoneNumbers", "ims", "photos", "addresses"),
    *("entitlements", "roles", "x509Certificates"),
)
# RFC 7643 4.3. Not the manager: the id that the identity provider gives means nobody in the app.
EXTENSION = ("employeeNumber", "costCenter", "organization", "division", "department")
# What an app neither needs nor makes itself, nor people choose for themselves.
CLEARED = frozenset(
    {"title", "userType", "phoneNumbers", "addresses", *(f"{ENTERPRISE}:{name}" for name in EXTENSION)}
)
# Where the usual names of a mapping belong; an attribute that is named as in SCIM belongs there.
PLACES = {
    "user_name": "userName",
    "external_id": "externalId",
    "display_name": "displayName",
    "given_name": "name.givenName",
    "family_name": "name.familyName",
    "department": f"{ENTERPRISE}:department",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One attribute that is otherwise in the app; `value` None: it is to be removed. `path` as in a PATCH."""

    path: str
    value: Any
    shown: Any = None

    @property
    def operation(self) -> Json:
        if self.value is None:
            return {"op": "remove", "path": self.path}
        return {"op": "add" if self.shown is None else "replace", "path": self.path, "value": self.value}


def wanted(person: Person, override: Json | None, service: Service) -> Json:
    """The User as the app shall have it. What an admin wrote in its place, by attribute, comes last."""
    found = {name: copy.deepcopy(person.data[name]) for name in CORE if _has(person.data, name)}
    extension = {
        name: value for name, value in person.data.get(ENTERPRISE, {}).items() if name in EXTENSION and value
    }
    found |= {ENTERPRISE: extension} if extension else {}
    found |= {"userName": person.user_name, "externalId": person.external_id or person.id, "active": True}
    for name, value in person.attributes.items():
        _put_mapped(found, name, value)
    known = {*CORE, ENTERPRISE}
    found |= {name: value for name, value in (override or {}).items() if name in known and value is not None}
    return _taken(found, service)


def with_schemas(user: Json) -> Json:
    """A body says which schemas it follows (RFC 7643 3)."""
    named = [name for name in user.get("schemas") or () if isinstance(name, str)] or [USER]
    held = [name for name in user if name.startswith("urn:") and name not in named]
    return {**user, "schemas": [*named, *held]}


def differences(user: Json, shown: Json, *, clears: bool) -> list[Change]:
    """What is to be changed so that the app shows `user`; what only the app has stays, unless `clears`."""
    flat, seen = dict(_flat(user)), {"active": True, **dict(_flat(shown))}
    found = [
        Change(path, value, seen.get(path))
        for path, value in flat.items()
        if not _same(value, seen.get(path), folds=path == "userName")
    ]
    gone = [path for path in seen if clears and path in CLEARED and path not in flat and seen[path]]
    return [*found, *(Change(path, None, seen[path]) for path in gone)]


def comparable(shown: Json) -> Json:
    """Of an account what can be held against a person, without pictures and certificates."""
    known = {*(name.lower() for name in CORE), ENTERPRISE.lower()} - {"photos", "x509certificates"}
    return {name: value for name, value in shown.items() if name.lower() in known}


def changed(shown: Json, changes: Sequence[Change]) -> Json:
    """The whole User for a PUT: what the app shows, with the changes; what it sets itself left out."""
    whole = {name: copy.deepcopy(value) for name, value in shown.items() if name not in {"meta", "groups"}}
    for change in changes:
        _put(whole, change.path, change.value)
    return with_schemas({name: value for name, value in whole.items() if value is not None})


def work_email(user: Json) -> str:
    """The work address, else the primary, else the first; "" where there is none."""
    entries = [one for one in user.get("emails") or () if isinstance(one, dict) and one.get("value")]
    work = [one for one in entries if str(one.get("type", "")).lower() == "work"]
    primary = [one for one in entries if one.get("primary")]
    return str([*work, *primary, *entries][0]["value"]) if entries else ""


def _has(data: Json, name: str) -> bool:
    return data.get(name) not in (None, "", [], {})


def _put_mapped(user: Json, name: str, value: Any) -> None:
    path = PLACES.get(name, name)
    if name == "email":
        _put_email(user, str(value))
    elif path.startswith(f"{ENTERPRISE}:") or path.partition(".")[0] in CORE:
        _put(user, path, value)


def _put_email(user: Json, value: str) -> None:
    """In the place of the primary address, else of the first."""
    entries = user.setdefault("emails", [{"type": "work", "primary": True}])
    primary = [one for one in entries if one.get("primary")]
    (primary or entries)[0]["value"] = value


def _put(user: Json, path: str, value: Any) -> None:
    schema, colon, rest = path.rpartition(":")
    if colon:
        inner = user.setdefault(schema, {})
        inner[rest] = value
        user[schema] = {name: one for name, one in inner.items() if one is not None}
        return
    name, dot, part = path.partition(".")
    if not dot:
        user[name] = value
    elif isinstance(user.setdefault(name, {}), dict):
        user[name][part] = value


def _taken(user: Json, service: Service) -> Json:
    """Without what the app has no place for; a strict one refuses the whole person otherwise."""
    found = {name: value for name, value in user.items() if name == "userName" or service.takes(name)}
    extension = user.get(ENTERPRISE, {})
    inner = {name: value for name, value in extension.items() if service.takes(f"{ENTERPRISE}:{name}")}
    found.pop(ENTERPRISE, None)
    return {**found, ENTERPRISE: inner} if inner else found


def _flat(user: Json) -> Iterator[tuple[str, Any]]:
    """Each attribute by its path in a PATCH: `title`, `name.givenName`, `<URN>:department`."""
    for name, value in user.items():
        if name == "name" and isinstance(value, dict):
            yield from ((f"name.{part}", inner) for part, inner in value.items())
        elif name.lower() == ENTERPRISE.lower() and isinstance(value, dict):
            yield from ((f"{ENTERPRISE}:{part}", inner) for part, inner in value.items())
        elif name in CORE:
            yield name, value


def _same(value: Any, shown: Any, *, folds: bool = False) -> bool:
    """Whether the app shows it, whatever more it shows of it. RFC 7643 4.1.1: user names have no case."""
    if isinstance(value, dict):
        return isinstance(shown, dict) and all(_same(part, shown.get(name)) for name, part in value.items())
    if isinstance(value, list):
        return isinstance(shown, list) and len(value) == len(shown) and _all_in(value, shown)
    if folds:
        return str(value).casefold() == str(shown or "").casefold()
    return bool(value == shown) or (value is False and shown is None)


def _all_in(value: list[Any], shown: list[Any]) -> bool:
    return all(any(_same(one, other) for other in shown) for one in value)
