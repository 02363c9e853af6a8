"""How long an app asks for patience."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integrations.delivery.telling import http_outcomes


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("Sat, 28 Nov 2026 13:54:00 GMT", 60),
        ("Sat, 28 Nov 2026 13:00:00 GMT", 0),
        ("Saturday, 28-Nov-26 13:54:00 GMT", 60),
    ],
)
def test_seconds_or_a_date(time_machine, text, seconds):
    time_machine.move_to(datetime(2026, 11, 28, 13, 53, tzinfo=UTC), tick=False)

    assert http_outcomes.retry_after(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    [
        *("", "soon", "-1", "1.5", "٣", "Sat, 28 Nov 2026 13:54:00 -0000"),
        "Mon, 01 Jan 2024 00:00:00 +99999999999999999999",
    ],
)
def test_neither(text):
    assert http_outcomes.retry_after(text) is None


def test_a_number_without_end_is_a_long_time():
    found = http_outcomes.retry_after("9" * 5000)

    assert found is not None
    assert found > timedelta(days=365)
