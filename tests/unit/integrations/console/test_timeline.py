"""How long after one another the steps of a timeline were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.console import timeline

START = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(microseconds=300), "1 ms later"),
        (timedelta(milliseconds=41), "41 ms later"),
        (timedelta(seconds=2.14), "2.1 s later"),
        (timedelta(minutes=2, seconds=14), "2 min 14 s later"),
        (timedelta(hours=3, minutes=5), "3 h 5 min later"),
        (timedelta(days=1, hours=2), "1 day 2 h later"),
        (timedelta(days=30), "30 days 0 h later"),
    ],
)
def test_a_gap_is_told_in_its_two_largest_units(gap, words):
    assert timeline.later(gap) == words


def test_steps_tell_how_much_later_they_were_than_the_one_before():
    steps: list[dict[str, Any]] = [
        {"title": "first", "at": START},
        {"title": "without a moment"},
        {"title": "second", "at": START + timedelta(seconds=1)},
        {"title": "at the same time", "at": START + timedelta(seconds=1)},
        {"title": "earlier", "at": START},
        {"title": "not yet", "at": None},
        {"title": "last", "at": START + timedelta(minutes=1)},
    ]

    gaps = [step.get("gap") for step in timeline.with_gaps(steps)]

    assert gaps == [None, None, "1.0 s later", None, None, None, "1 min 0 s later"]
