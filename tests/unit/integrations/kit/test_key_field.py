"""Prefixes as ranges: exactly the texts that begin so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.kit.key_field import begins_with

# What a JSON body can hold; a lone surrogate is refused at the door.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


def is_within(prefix: str, text: str) -> bool:
    bounds = dict(begins_with("key", prefix).children)
    return text >= bounds["key__gte"] and ("key__lt" not in bounds or text < bounds["key__lt"])


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
    assert dict(begins_with("key", prefix).children).get("key__lt") == above
