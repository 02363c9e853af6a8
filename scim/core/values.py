"""Brings JSON values to the types of the schema, in the forms that identity providers really send."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from scim.core import instants
from scim.core.errors import InvalidSyntax, InvalidValue
from scim.core.quirks import normalise
from scim.core.quirks.notes import Notes
from scim.core.schema import Attribute, Type
from scim.core.wording import kind_of, quote

MOST_VALUES = 1_000

# What remains of an entry that says nothing: {"type": "work", "primary": true, "value": null}.
_SAYS_NOTHING = frozenset({"type", "primary", "display"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its name for errors ("" for the resource itself), and where notes go."""

    name: str
    notes: Notes

    def part(self, attribute: Attribute, name: str) -> Place:
        """The place of a part of `attribute`; behind an extension's URN stands a colon (RFC 7644 3.10)."""
        if not self.name:
            return Place(name, self.notes)
        return Place(f"{self.name}{':' if attribute.is_extension else '.'}{name}", self.notes)


def read(attribute: Attribute, sent: Any, place: Place) -> Any:
    """The value in canonical form; None for null, [] and {}, which mean "unassigned" (RFC 7643 2.5).

    InvalidValue names the attribute, what was expected and what came.
    """
    if sent is None:
        return None
    return read_list(attribute, sent, place) if attribute.multi_valued else read_one(attribute, sent, place)


def read_list(attribute: Attribute, sent: Any, place: Place) -> list[Any] | None:
    """The values of a multi-valued attribute without repeats; None when there is none."""
    entries = normalise.a_list(sent, place.name, place.notes)
    check_number(entries, place.name)
    found = (read_one(attribute, entry, place) for entry in entries)
    return unique(attribute, (value for value in found if not is_hollow(attribute, value))) or None


def read_one(attribute: Attribute, sent: Any, place: Place) -> Any:
    """One value of the attribute, be it multi-valued or not."""
    single = normalise.the_only_one(sent, place.name, place.notes)
    if single is None:
        return None
    if attribute.is_complex:
        return read_parts(attribute, _as_object(attribute, single, place), place)
    return _READERS[attribute.type](attribute, single, place)


def read_parts(attribute: Attribute, sent: dict[str, Any], place: Place) -> dict[str, Any] | None:
    """The parts of a complex value; unknown ones are set aside, readOnly ones ignored (RFC 7643 2.2)."""
    parts: dict[str, Any] = {}
    seen: set[str] = set()
    for name, item in sent.items():
        part = attribute.find(name)
        here = place.part(attribute, part.name if part else name)
        if part is None:
            place.notes.set_aside(here.name)
        elif part.is_kept:
            if part.name in seen:
                raise InvalidSyntax(f"{here.name} is given twice.")
            seen.add(part.name)
            value = read(part, item, here)
            if value is not None:
                parts[part.name] = value
    return parts or None


def only_object(attribute: Attribute, sent: Any, place: Place) -> dict[str, Any]:
    """The object sent for a single complex value, also out of a list of one; {} for an empty list."""
    single = normalise.the_only_one(sent, place.name, place.notes)
    return {} if single is None else _as_object(attribute, single, place)


def is_hollow(attribute: Attribute, value: Any) -> bool:
    """True for None, for an entry without parts (RFC 7643 2.5), and for one whose `value` is missing and
    whose other parts only describe it."""
    if not isinstance(value, dict):
        return value is None
    return not value or (attribute.find("value") is not None and value.keys() <= _SAYS_NOTHING)


def unique(attribute: Attribute, entries: Iterable[Any]) -> list[Any]:
    """The entries in order, those of equal type and value as one (RFC 7643 2.4: they should not repeat)."""
    kept: dict[Any, Any] = {}
    for entry in entries:
        same = identity(attribute, entry)
        held = kept.get(same)
        if isinstance(held, dict):
            kept[same] = {**held, **entry}
        else:
            kept.setdefault(same, entry)
    return list(kept.values())


def identity(attribute: Attribute, entry: Any) -> Any:
    """What makes two entries the same: type and value, or everything where there is no value."""
    if not isinstance(entry, dict):
        return attribute.fold(entry)
    value = entry.get("value")
    if value is None:
        return json.dumps(entry, sort_keys=True)
    part = attribute.find("value")
    return entry.get("type"), part.fold(value) if part else value


def check_number(entries: list[Any], name: str) -> None:
    """InvalidValue for a list longer than one attribute may have."""
    if len(entries) > MOST_VALUES:
        raise InvalidValue(f"{name} has {len(entries)} values; {MOST_VALUES} are the limit.")


def check_one_primary(entries: list[Any], name: str) -> None:
    """RFC 7643 2.4: the primary value true appears no more than once."""
    if sum(isinstance(entry, dict) and entry.get("primary") is True for entry in entries) > 1:
        raise InvalidValue(f"{name} has more than one value marked as primary.", remedy="Mark one of them.")


def _as_object(attribute: Attribute, sent: Any, place: Place) -> dict[str, Any]:
    bare = attribute.find("value") is not None
    value = normalise.an_object(sent, place.name, place.notes) if bare else sent
    if not isinstance(value, dict):
        raise _mismatch(place, "an object", value)
    return value


def _text(attribute: Attribute, sent: Any, place: Place) -> str:
    if not isinstance(sent, str):
        raise _mismatch(place, "text", sent)
    if len(sent) > attribute.max_length:
        raise InvalidValue(f"{place.name} has {len(sent)} characters; {attribute.max_length} are the limit.")
    most = attribute.max_key_bytes
    if most and len(sent.casefold().encode()) > most:
        raise InvalidValue(f"{place.name} takes at most {most} bytes of UTF-8.")
    if attribute.required and not sent.strip():
        raise InvalidValue(f"{place.name} is required and cannot be blank.")
    return sent


def _boolean(_attribute: Attribute, sent: Any, place: Place) -> bool:
    value = normalise.boolean(sent, place.name, place.notes)
    if value is None:
        raise _mismatch(place, "true or false", sent)
    return value


def _integer(_attribute: Attribute, sent: Any, place: Place) -> int:
    if isinstance(sent, bool) or not isinstance(sent, int):
        raise _mismatch(place, "a whole number", sent)
    return sent


def _decimal(_attribute: Attribute, sent: Any, place: Place) -> int | float:
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        raise _mismatch(place, "a number", sent)
    return sent


def _date_time(_attribute: Attribute, sent: Any, place: Place) -> str:
    if not isinstance(sent, str) or instants.parse(sent) is None:
        raise _mismatch(place, "a date and time such as 2026-01-31T12:00:00Z", sent)
    return sent


_READERS: dict[Type, Callable[[Attribute, Any, Place], Any]] = {
    Type.STRING: _text,
    Type.REFERENCE: _text,
    Type.BINARY: _text,
    Type.BOOLEAN: _boolean,
    Type.INTEGER: _integer,
    Type.DECIMAL: _decimal,
    Type.DATE_TIME: _date_time,
}


def _mismatch(place: Place, expected: str, sent: Any) -> InvalidValue:
    came = f"the text {quote(sent)}" if isinstance(sent, str) else kind_of(sent)
    return InvalidValue(
        f"{place.name} takes {expected}; {came} was sent.",
        expected=f"{place.name}: {expected}",
        received=f"{place.name}: {came}",
    )
