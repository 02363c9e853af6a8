"""When a task is due, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from integrations.console import due
from integrations.delivery.models import Task

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "text", "state"),
    [
        (timedelta(minutes=-35), "Late by 35 min", "bad"),
        (timedelta(hours=-3), "Late by 3 h", "bad"),
        (timedelta(days=-2, hours=-3), "Late by 2 days", "bad"),
        (timedelta(seconds=30), "Due in 0 min", "warn"),
        (timedelta(hours=1, minutes=20), "Due in 1 h 20 min", "warn"),
        (timedelta(hours=4, minutes=10), "Due today, 19:10", None),
        (timedelta(hours=19), "Due tomorrow, 10:00", None),
        (timedelta(days=2), "Due 26 Nov, 15:00", None),
    ],
    ids=str,
)
def test_an_open_task_says_when(time_machine, left, text, state):
    time_machine.move_to(NOW, tick=False)

    badge = due.of(Task(due_at=NOW + left))

    assert (badge.text, badge.state) == (text, state)


@pytest.mark.parametrize(
    ("state", "text", "shown"), [("done", "Done", "ok"), ("cancelled", "Not needed any more", "")]
)
def test_a_closed_task_says_how(state, text, shown):
    badge = due.of(Task(due_at=NOW, state=state))

    assert (badge.text, badge.state) == (text, shown)
