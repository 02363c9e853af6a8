"""Laws of filters."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.core.errors import InvalidFilter
from scim.core.filters import evaluate, parser
from scim.core.filters.printer import to_text
from scim.core.filters.tree import And, Comparison, Node, Not, Operator, Or
from scim.core.resource_types import USER
from tests.property.scim.core.strategies import FILTERS, PEOPLE

_FRAGMENTS = st.sampled_from(
    [
        "userName",
        "emails",
        "emails[",
        "]",
        ".value",
        "(",
        ")",
        "not",
        "and",
        "or",
        "eq",
        "pr",
        "co",
        '"x"',
        "true",
        "5",
    ]
)


@given(FILTERS)
def test_printed_filter_reads_back_as_the_same_tree(node: Node):
    assert parser.parse(to_text(node), USER) == node


@given(st.text(max_size=80) | st.lists(_FRAGMENTS, max_size=12).map(" ".join))
def test_text_gives_a_tree_or_invalid_filter(text: str):
    with contextlib.suppress(InvalidFilter):
        node = parser.parse(text, USER)
        assert parser.parse(to_text(node), USER) == node


@given(FILTERS, FILTERS, PEOPLE)
def test_connectives_mean_what_they_say(left: Node, right: Node, person: dict[str, Any]):
    first, second = evaluate.matches(left, person), evaluate.matches(right, person)

    assert evaluate.matches(And((left, right)), person) == (first and second)
    assert evaluate.matches(Or((left, right)), person) == (first or second)
    assert evaluate.matches(Not(left), person) != first


@given(FILTERS.filter(lambda node: isinstance(node, Comparison)), PEOPLE)
def test_not_equal_is_the_opposite_of_equal(node: Comparison, person: dict[str, Any]):
    equal = Comparison(node.path, Operator.EQ, node.value)
    unequal = Comparison(node.path, Operator.NE, node.value)

    assert evaluate.matches(equal, person) != evaluate.matches(unequal, person)


@pytest.mark.parametrize("name", ["userName", "emails.value"])
@given(person=PEOPLE, value=st.text(max_size=3))
def test_case_is_ignored_where_the_schema_says_so(name: str, person: dict[str, Any], value: str):
    lower = parser.parse(f"{name} eq {_quoted(value)}", USER)
    upper = parser.parse(f"{name} eq {_quoted(value.casefold())}", USER)

    assert evaluate.matches(lower, person) == evaluate.matches(upper, person)


def _quoted(text: str) -> str:
    kept = "".join(letter for letter in text if letter.isprintable() and letter not in '"\\')
    return f'"{kept}"'
