"""Reads the body of a POST or PUT: canonical names and types by the schema, with departures noted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scim.core import members, paths, values
from scim.core.errors import InvalidPath, InvalidSyntax, InvalidValue
from scim.core.members import Member
from scim.core.paths import AttributePath
from scim.core.quirks import normalise
from scim.core.quirks.notes import Notes
from scim.core.quirks.quirk import Code, Quirk
from scim.core.schema import ResourceType
from scim.core.values import Place
from scim.core.wording import kind_of


@dataclass(frozen=True, slots=True)
class Reading:
    """What a body says: `data` holds no readOnly attribute, no password and nothing kept by reference.

    `members` is None when the body does not name them; `set_aside` names attributes that are not known here.
    """

    data: dict[str, Any]
    members: tuple[Member, ...] | None
    schemas: tuple[str, ...]
    quirks: tuple[Quirk, ...]
    set_aside: tuple[str, ...]


def read(body: dict[str, Any], resource_type: ResourceType) -> Reading:
    """The whole resource as the client states it (RFC 7644 3.3 and 3.5.1).

    InvalidValue or InvalidSyntax, with a sentence, when that cannot be understood.
    """
    notes = Notes()
    _note_schemas(normalise.key(body, "schemas", notes), resource_type, notes)
    tree = _expand(body, resource_type, notes)
    referred = _take_members(tree, resource_type, notes)
    data = values.read_parts(resource_type.root, tree, Place("", notes)) or {}
    _check(data, resource_type)
    return Reading(data, referred, schemas_of(data, resource_type), notes.quirks, notes.names_set_aside)


def schemas_of(data: dict[str, Any], resource_type: ResourceType) -> tuple[str, ...]:
    """The `schemas` of a resource: its own, and each extension that has a value (RFC 7643 3)."""
    held = (holder.name for holder in resource_type.holders if holder.name in data)
    return (resource_type.schema.id, *held)


def _note_schemas(sent: Any, resource_type: ResourceType, notes: Notes) -> None:
    if sent is None:
        notes.quirk(Code.SCHEMAS_MISSING, resource_type.schema.id)
        return
    for name in normalise.a_list(sent, "schemas", notes):
        if not isinstance(name, str):
            raise InvalidSyntax(f"schemas takes a list of schema names; {kind_of(name)} was sent.")
        normalise.schema_name(name, resource_type.schema_id(name), notes)


def _expand(body: dict[str, Any], resource_type: ResourceType, notes: Notes) -> dict[str, Any]:
    """The body under canonical names, URN and dotted keys opened, all of an extension in its place."""
    placed: list[tuple[AttributePath, Any]] = []
    for name, value in body.items():
        path = _path(name, resource_type)
        if path is None:
            notes.set_aside(name)
        else:
            placed.append((path, value))
            _note_key(name, path, notes)
    # Whole objects first, then keys that add to them; a lifted attribute never overrides its proper place.
    placed.sort(key=lambda entry: (entry[0].is_lifted, len(entry[0].steps)))
    tree: dict[str, Any] = {}
    for path, value in placed:
        _place(tree, path, value)
    return tree


def _path(name: str, resource_type: ResourceType) -> AttributePath | None:
    try:
        return paths.resolve(name, resource_type)
    except InvalidPath:
        return None


def _note_key(name: str, path: AttributePath, notes: Notes) -> None:
    if path.is_lifted:
        notes.quirk(Code.NO_EXTENSION_NAME, name)
    elif len(path.steps) > 1:
        notes.quirk(Code.DOTTED_KEY, name)
    elif path.top.is_extension and name.lower() != path.top.name.lower():
        notes.quirk(Code.OLD_SCHEMA, name)


def _place(tree: dict[str, Any], path: AttributePath, value: Any) -> None:
    """Puts the value at its path; the client's own objects on the way are copied, not changed."""
    *parents, last = path.steps
    here = tree
    for parent in parents:
        inner = here.get(parent.name)
        if inner is not None and not isinstance(inner, dict):
            raise InvalidSyntax(f"{path} and {parent.name} are both given, and differ in form.")
        here[parent.name] = dict(inner or {})
        here = here[parent.name]
    if not any(name.lower() == last.name.lower() for name in here):
        here[last.name] = value
    elif not path.is_lifted:
        raise InvalidSyntax(f"{path} is given twice.")


def _take_members(
    tree: dict[str, Any], resource_type: ResourceType, notes: Notes
) -> tuple[Member, ...] | None:
    for attribute in resource_type.schema.attributes:
        if attribute.by_reference and attribute.name in tree:
            sent = tree.pop(attribute.name)
            return members.read(sent, notes, sets_groups_aside=resource_type.sets_groups_aside)
    return None


def _check(data: dict[str, Any], resource_type: ResourceType) -> None:
    for attribute in resource_type.required:
        if attribute.name not in data:
            raise InvalidValue(
                f"{attribute.name} is required for a {resource_type.name} and was not sent.",
                expected=f"{attribute.name}: a value",
                received=f"{attribute.name}: nothing",
            )
    for name, value in data.items():
        if isinstance(value, list):
            values.check_one_primary(value, name)
