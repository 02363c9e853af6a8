"""What a database keeps of what somebody else wrote."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.delivery.connector import Done, Kind, Proof, Retry
from integrations.kit import keepable

HALF, OTHER_HALF = "\ud800", "\udfff"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("Zoë \U0001f600", "Zoë \U0001f600"),
        ("a\0b", "a\N{SYMBOL FOR NULL}b"),
        (f"{HALF}x{OTHER_HALF}", "?x?"),
        ({HALF: [OTHER_HALF, {"a\0": None}]}, {"?": ["?", {"a\N{SYMBOL FOR NULL}": None}]}),
        ([1, 1.5, True, None, float("nan"), float("-inf")], [1, 1.5, True, None, None, None]),
        ((HALF,), ("?",)),
        (Done(Proof("a\0", {"a": HALF}), ref=HALF), Done(Proof("a␀", {"a": "?"}), ref="?")),
        (Retry(HALF, after=timedelta(1)), Retry("?", after=timedelta(1))),
        (Kind.AUTH, Kind.AUTH),
    ],
    ids=["whole", "nul", "half", "inside", "numbers", "tuple", "done", "retry", "enum"],
)
def test_what_no_database_keeps_is_replaced(content, expected):
    kept = keepable.value(content)

    assert kept == expected
    assert type(kept) is type(expected)
