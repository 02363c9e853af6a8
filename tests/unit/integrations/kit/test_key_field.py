"""Prefixes as ranges: exactly the texts that begin so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.kit.key_field import begins_with

# What a JSON body can hold; a lone surrogate is refused at the door.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


def bounds(prefix: str, **ends: str) -> dict[str, str]:
    children: Any = begins_with("key", prefix, **ends).children
    return dict(children)


def is_within(prefix: str, text: str) -> bool:
    ends = bounds(prefix)
    return text >= ends["key__gte"] and ("key__lt" not in ends or text < ends["key__lt"])


@given(TEXTS.filter(bool), TEXTS)
def test_a_range_holds_what_begins_so_and_nothing_else(prefix, text):
    assert is_within(prefix, prefix + text)
    assert is_within(prefix, text) is text.startswith(prefix)


@pytest.mark.parametrize(
    ("prefix", "above"),
    [
        ("ab", "ac"),
        ("a\ud7ff", "a\ue000"),
        ("a\U0010ffff", "b"),
        ("\U0010ffff", None),
    ],
    ids=["a letter", "the last before the surrogates", "the last of all", "nothing is behind it"],
)
def test_the_least_text_behind_a_prefix(prefix, above):
    assert bounds(prefix).get("key__lt") == above


def test_a_place_within_the_range_takes_the_place_of_its_end():
    assert bounds("ab", behind="abc") == {"key__gt": "abc", "key__lt": "ac"}
    assert bounds("ab", before="abc") == {"key__gte": "ab", "key__lt": "abc"}
