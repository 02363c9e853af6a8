"""Says whether an attribute can be compared so, and brings the literal to the attribute's type."""

from __future__ import annotations

from scim.core import instants
from scim.core.errors import InvalidFilter
from scim.core.filters.tree import Literal, Operator
from scim.core.paths import AttributePath
from scim.core.schema import Attribute, Returned, Type
from scim.core.wording import kind_of, quote

_EQUALITY = frozenset({Operator.EQ, Operator.NE})
_ORDER = frozenset({Operator.GT, Operator.GE, Operator.LT, Operator.LE})
_ALL = frozenset(Operator)

# RFC 7644 3.4.2.2: order makes no sense for boolean and binary; parts make sense for text only.
_OPERATORS = {
    Type.STRING: _ALL,
    Type.REFERENCE: _ALL,
    Type.BINARY: _ALL - _ORDER,
    Type.BOOLEAN: _EQUALITY,
    Type.INTEGER: _EQUALITY | _ORDER,
    Type.DECIMAL: _EQUALITY | _ORDER,
    Type.DATE_TIME: _EQUALITY | _ORDER,
}
# Entra ID's mapping editor writes roles[primary eq "True"].
_BOOLEAN_TEXTS = {"true": True, "false": False}


def comparable_path(path: AttributePath, at: int) -> AttributePath:
    """The path itself, or of a complex attribute its `value`: `manager eq "x"` asks for `manager.value`."""
    refuse_secret(path, at)
    if not path.attribute.is_complex:
        return path
    value = path.attribute.find("value")
    if value is None:
        raise InvalidFilter(
            f"{path} at character {at} is complex and cannot be compared.",
            remedy=f"Name one of its parts, such as {path.down(path.attribute.sub_attributes[0])}.",
        )
    return path.down(value)


def refuse_secret(path: AttributePath, at: int) -> None:
    """A filter on what is never returned would give it away bit by bit (RFC 7643 7, `returned`)."""
    if any(step.returned is Returned.NEVER for step in path.steps):
        raise InvalidFilter(f"{path} at character {at} is never returned and cannot be filtered by.")


def check_operator(path: AttributePath, operator: Operator, at: int) -> None:
    if operator not in _OPERATORS[path.attribute.type]:
        kind = path.attribute.type.value
        raise InvalidFilter(f'"{operator.value}" at character {at} cannot be used with {path}, a {kind}.')


def literal(path: AttributePath, value: Literal, at: int) -> Literal:
    """The value in the attribute's own type; InvalidFilter when it cannot be."""
    converted = _convert(path.attribute, value)
    if converted is None:
        expected = _EXPECTED.get(path.attribute.type, "a text in double quotes")
        raise InvalidFilter(
            f"{path} is compared with {expected}; at character {at} stands {_shown(value)}.",
            expected=f"{path}: {expected}",
            received=f"{path}: {_shown(value)}",
        )
    return converted


_EXPECTED = {
    Type.BOOLEAN: "true or false",
    Type.INTEGER: "a number",
    Type.DECIMAL: "a number",
    Type.DATE_TIME: 'a date and time such as "2026-01-31T12:00:00Z"',
}


def _shown(value: Literal) -> str:
    return quote(value) if isinstance(value, str) else kind_of(value)


def _convert(attribute: Attribute, value: Literal) -> Literal | None:
    match attribute.type:
        case Type.BOOLEAN:
            if isinstance(value, str):
                return _BOOLEAN_TEXTS.get(value.lower())
            return value if isinstance(value, bool) else None
        case Type.INTEGER | Type.DECIMAL:
            return None if isinstance(value, bool | str) else value
        case Type.DATE_TIME:
            return value if isinstance(value, str) and instants.parse(value) else None
        case _:
            return value if isinstance(value, str) else None
