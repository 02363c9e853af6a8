"""Removal by listing: a `remove` with a value, which the standard does not know but Entra ID sends."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scim.core import values
from scim.core.errors import InvalidValue
from scim.core.patch.budget import Budget
from scim.core.quirks import normalise
from scim.core.quirks.quirk import Code
from scim.core.schema import Attribute
from scim.core.values import Place

_DESCRIBE_ONLY = frozenset({"primary", "display"})

# What identifies an entry: pairs of the name of a part and its value as it is compared.
Traits = frozenset[tuple[str, Any]]


def without(attribute: Attribute, held: list[Any], sent: Any, *, place: Place, budget: Budget) -> list[Any]:
    """`held` without the entries that `sent` lists; null and [] keep the standard's meaning: all go.

    An entry is listed when all that is said of it holds. InvalidValue when nothing is said, which fits all.
    Each combination of parts that is said of one is looked for in every entry held.
    """
    if sent in (None, []):
        return []
    entries = normalise.a_list(sent, place.name, place.notes)
    values.check_number(entries, place.name)
    listed = {_said(attribute, values.read_one(attribute, entry, place)) for entry in entries}
    if frozenset() in listed:
        raise InvalidValue(f"An entry to remove from {place.name} does not say which one it is.")
    place.notes.quirk(Code.REMOVE_BY_VALUE, place.name)
    shapes = {frozenset(name for name, _ in traits) for traits in listed}
    budget.spend(len(held) * len(shapes))
    return [
        entry for entry in held if not any(_traits(attribute, entry, shape) in listed for shape in shapes)
    ]


def _said(attribute: Attribute, entry: Any) -> Traits:
    if entry is None:
        return frozenset()
    names = entry.keys() - _DESCRIBE_ONLY if isinstance(entry, dict) else ("",)
    return _traits(attribute, entry, names)


def _traits(attribute: Attribute, entry: Any, names: Iterable[str]) -> Traits:
    if not isinstance(entry, dict):
        return frozenset({("", attribute.fold(entry))})
    return frozenset((name, _folded(attribute, name, entry.get(name))) for name in names)


def _folded(attribute: Attribute, name: str, value: Any) -> Any:
    part = attribute.find(name)
    return part.fold(value) if part else value
