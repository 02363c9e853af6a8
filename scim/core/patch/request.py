"""Reads the body of a PATCH into operations with resolved targets (RFC 7644 3.5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from scim.core.errors import InvalidPath, InvalidSyntax, InvalidValue, NoTarget
from scim.core.patch import target
from scim.core.patch.budget import Budget
from scim.core.patch.target import Target
from scim.core.quirks import normalise
from scim.core.quirks.notes import Notes
from scim.core.quirks.quirk import Code, Quirk
from scim.core.schema import ResourceType
from scim.core.wording import kind_of, quote

PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
MOST_OPERATIONS = 1_000


class Kind(StrEnum):
    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


class Missing:
    """The type of MISSING: no `value` was sent, which differs from null."""


MISSING: Final = Missing()


@dataclass(frozen=True, slots=True)
class Operation:
    """One change. `in_object`: it stood as a key in the value of an operation without a path."""

    kind: Kind
    target: Target
    value: Any = MISSING
    in_object: bool = False


@dataclass(frozen=True, slots=True)
class PatchRequest:
    """The operations in the order sent; those without a path are opened, one for each key.

    `budget`: what they may compare, all together.
    """

    operations: tuple[Operation, ...]
    quirks: tuple[Quirk, ...]
    set_aside: tuple[str, ...]
    budget: Budget


def parse(body: dict[str, Any], resource_type: ResourceType, *, budget: Budget | None = None) -> PatchRequest:
    """InvalidSyntax, InvalidPath, InvalidValue or NoTarget, each with a sentence, for what cannot be done.

    `budget` is that of the bulk request which this is a part of; None for one of its own.
    """
    notes = Notes()
    _note_schema(normalise.key(body, "schemas", notes), notes)
    sent = normalise.key(body, "Operations", notes)
    if not isinstance(sent, list) or not sent:
        raise InvalidSyntax("A PATCH takes a list of one or more Operations.")
    if len(sent) > MOST_OPERATIONS:
        raise InvalidSyntax(f"The PATCH has {len(sent)} operations; {MOST_OPERATIONS} are the limit.")
    reader = _Reader(resource_type, notes)
    operations = [
        operation for number, entry in enumerate(sent, 1) for operation in reader.read(entry, number)
    ]
    return PatchRequest(tuple(operations), notes.quirks, notes.names_set_aside, budget or Budget())


def _note_schema(sent: Any, notes: Notes) -> None:
    if not isinstance(sent, list) or PATCH_SCHEMA not in sent:
        notes.quirk(Code.SCHEMAS_MISSING, PATCH_SCHEMA)


class _Reader:
    """Reads the entries of `Operations` for one resource type."""

    def __init__(self, resource_type: ResourceType, notes: Notes) -> None:
        self._resource_type = resource_type
        self._notes = notes

    def read(self, entry: Any, number: int) -> list[Operation]:
        if not isinstance(entry, dict):
            raise InvalidSyntax(f"Operation {number} is {kind_of(entry)}; an object was expected.")
        parts = {name.lower(): value for name, value in entry.items()}
        kind = self._kind(parts.get("op"), number)
        path, value = parts.get("path"), parts.get("value", MISSING)
        if not isinstance(path, str | None):
            raise InvalidPath(f"The path of operation {number} is {kind_of(path)}; text was expected.")
        if not (path and path.strip()):
            return self._open(kind, value, number)
        operation = Operation(kind, self._target(path), value)
        if value is MISSING and kind is not Kind.REMOVE and not _says_all(operation):
            raise InvalidValue(f'Operation {number}, "{kind.value}", has no value.')
        return [operation]

    def _kind(self, sent: Any, number: int) -> Kind:
        name = normalise.operation_name(sent, self._notes) if isinstance(sent, str) else None
        if name is None:
            shown = quote(sent) if isinstance(sent, str) else kind_of(sent)
            raise InvalidSyntax(
                f'The op of operation {number} is {shown}; "add", "remove" or "replace" was expected.',
                expected='op: "add", "remove" or "replace"',
                received=f"op: {shown}",
            )
        return Kind(name)

    def _target(self, path: str) -> Target:
        found = target.parse(path, self._resource_type)
        if found.path.is_lifted:
            self._notes.quirk(Code.NO_EXTENSION_NAME, path)
        return found

    def _open(self, kind: Kind, value: Any, number: int) -> list[Operation]:
        """RFC 7644 3.5.2.1 and 3.5.2.3: without a path, the value is an object of attributes."""
        if kind is Kind.REMOVE:
            raise NoTarget(
                f"Operation {number} removes, but has no path.", remedy="Name what to remove in its path."
            )
        if not isinstance(value, dict):
            came = "none" if value is MISSING else kind_of(value)
            raise InvalidValue(
                f"Operation {number} has no path, so its value must be an object; {came} was sent."
            )
        return [opened for name, item in value.items() for opened in self._key(kind, name, item)]

    def _key(self, kind: Kind, name: str, item: Any) -> list[Operation]:
        try:
            found = self._target(name)
        except InvalidPath:
            self._notes.set_aside(name)
            return []
        if not found.path.is_lifted and (len(found.steps) > 1 or found.filter):
            # Entra ID with aadOptscim062020 sends "name.givenName" and whole URNs as keys.
            self._notes.quirk(Code.DOTTED_KEY, name)
        return [Operation(kind, found, item, in_object=True)]


def _says_all(operation: Operation) -> bool:
    """OneLogin adds a member by `members[value eq "…"]` alone."""
    return operation.target.path.attribute.by_reference and operation.target.filter is not None
