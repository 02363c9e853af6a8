"""What is held, seen by the definition of its attribute: people may define an attribute of theirs anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scim.core import instants
from scim.core.schema import Attribute, Type


def held(attribute: Attribute, value: Any) -> Any:
    """The value as far as it fits the attribute's type and number, else None; the same object where all fits.

    A single value of a multi-valued attribute is a list of one; what is left of a list may be [].
    """
    fits = _FITS[attribute.type]
    if value is None:
        return None
    if not attribute.multi_valued:
        return value if fits(value) else None
    entries = value if isinstance(value, list) else [value]
    return entries if all(map(fits, entries)) else [entry for entry in entries if fits(entry)]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and instants.parse(value) is not None


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


_FITS: dict[Type, Callable[[Any], bool]] = {
    Type.STRING: _is_text,
    Type.REFERENCE: _is_text,
    Type.BINARY: _is_text,
    Type.BOOLEAN: _is_boolean,
    Type.INTEGER: _is_integer,
    Type.DECIMAL: _is_number,
    Type.DATE_TIME: _is_moment,
    Type.COMPLEX: _is_object,
}
