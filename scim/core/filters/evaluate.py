"""Says whether a resource meets a filter: the meaning that every store must share (RFC 7644 3.4.2.2)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from scim.core import fitting, instants
from scim.core.filters.tree import And, Comparison, Node, Not, Operator, Or, Present, ValuePath
from scim.core.paths import AttributePath
from scim.core.schema import Attribute, Type

_TESTS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.EQ: operator.eq,
    Operator.CO: lambda held, asked: asked in held,
    Operator.SW: lambda held, asked: held.startswith(asked),
    Operator.EW: lambda held, asked: held.endswith(asked),
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
}


def matches(node: Node, resource: Mapping[str, Any]) -> bool:
    """A multi-valued attribute matches when any of its values does.

    `ne` is the opposite of `eq`: true when no value equals, so also when there is none. Every other
    comparison with an absent attribute is false.
    """
    match node:
        case Comparison():
            return _compares(node, resource)
        case Present(path):
            return any(_is_present(value) for value in values(path, resource))
        case ValuePath(path, inner):
            return any(isinstance(value, dict) and matches(inner, value) for value in values(path, resource))
        case Not(term):
            return not matches(term, resource)
        case And(terms):
            return all(matches(term, resource) for term in terms)
        case Or(terms):
            return any(matches(term, resource) for term in terms)


def values(path: AttributePath, resource: Mapping[str, Any]) -> Iterator[Any]:
    """All values at the path that fit their attributes, lists opened."""
    found: list[Any] = [resource]
    for step in path.steps:
        holders = (holder for holder in found if isinstance(holder, dict))
        found = [value for holder in holders for value in _opened(fitting.held(step, holder.get(step.name)))]
    return iter(found)


def _opened(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _is_present(value: Any) -> bool:
    """RFC 7644 3.4.2.2, `pr`: a non-empty value, or a complex one that holds a non-empty value."""
    if isinstance(value, dict):
        return any(_is_present(item) for inner in value.values() for item in _opened(inner))
    return value is not None and value != ""


def _compares(node: Comparison, resource: Mapping[str, Any]) -> bool:
    attribute = node.path.attribute
    wanted = _folded(attribute, node.value)
    held = (_folded(attribute, value) for value in values(node.path, resource))
    alike = (value for value in held if _kind(value) is _kind(wanted))
    if node.operator is Operator.NE:
        return all(value != wanted for value in alike)
    test = _TESTS[node.operator]
    return any(test(value, wanted) for value in alike)


def _folded(attribute: Attribute, value: Any) -> Any:
    """The value as it is compared: without case unless caseExact, dates as instants."""
    if isinstance(value, str):
        return instants.parse(value) if attribute.type is Type.DATE_TIME else attribute.fold(value)
    return value


def _kind(value: Any) -> type:
    """What a value can be compared with. Whole numbers and others are, to the last digit."""
    return float if type(value) is int else type(value)
