"""Writes a filter's tree as text that reads back as the same tree."""

from __future__ import annotations

import json

from scim.core.filters.tree import And, Comparison, Node, Not, Or, Present, ValuePath


def to_text(node: Node) -> str:
    """The filter in canonical names, with only the parentheses it needs."""
    match node:
        case Comparison(path, operator, value):
            return f"{path} {operator.value} {json.dumps(value)}"
        case Present(path):
            return f"{path} pr"
        case ValuePath(path, inner):
            return f"{path}[{to_text(inner)}]"
        case Not(term):
            return f"not ({to_text(term)})"
        case And(terms):
            return " and ".join(_grouped(term, (And, Or)) for term in terms)
        case Or(terms):
            return " or ".join(_grouped(term, (Or,)) for term in terms)


def _grouped(node: Node, weaker: tuple[type, ...]) -> str:
    text = to_text(node)
    return f"({text})" if isinstance(node, weaker) else text
