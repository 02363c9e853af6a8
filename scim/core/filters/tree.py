"""The tree of a filter. Its nodes carry resolved attributes, so that a store can translate it to SQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from scim.core.paths import AttributePath


class Operator(StrEnum):
    """RFC 7644 3.4.2.2, table 3, without `pr`."""

    EQ = "eq"
    NE = "ne"
    CO = "co"
    SW = "sw"
    EW = "ew"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


Literal: TypeAlias = str | bool | int | float


@dataclass(frozen=True, slots=True)
class Comparison:
    """`path operator value`: the path ends at an attribute that is not complex, the value is of its type."""

    path: AttributePath
    operator: Operator
    value: Literal


@dataclass(frozen=True, slots=True)
class Present:
    """`path pr`: there is a value that is not empty."""

    path: AttributePath


@dataclass(frozen=True, slots=True)
class ValuePath:
    """`path[filter]`: one and the same value meets the filter, whose paths start at that value."""

    path: AttributePath
    filter: Node


@dataclass(frozen=True, slots=True)
class Not:
    term: Node


@dataclass(frozen=True, slots=True)
class And:
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    terms: tuple[Node, ...]


# What is true of every resource, and of none: all and any of no terms.
ALWAYS = And(())
NEVER = Or(())

Node: TypeAlias = Comparison | Present | ValuePath | Not | And | Or


def terms(node: Node) -> int:
    """How many comparisons a filter makes of one resource, at most."""
    match node:
        case Not(term) | ValuePath(_, term):
            return terms(term)
        case And(parts) | Or(parts):
            return sum(map(terms, parts))
        case _:
            return 1


def names(node: Node) -> Iterator[str]:
    """The attributes of a resource that a filter looks at, each by the name it stands under."""
    match node:
        case Not(term):
            yield from names(term)
        case And(terms) | Or(terms):
            for term in terms:
                yield from names(term)
        case _:
            yield node.path.top.name
