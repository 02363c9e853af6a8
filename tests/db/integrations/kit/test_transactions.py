"""What meets somebody else's write is done again, and given up in the end."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError

from integrations.kit import transactions

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """Time that passes by sleeping alone."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(transactions, "time", found)
    return found


def of_postgres(state: str) -> OperationalError:
    error = OperationalError("canceling statement")
    error.__cause__ = psycopg.errors.lookup(state)()
    return error


PASSING = [
    pytest.param(of_postgres("40001"), id="serialization failure"),
    pytest.param(of_postgres("40P01"), id="deadlock"),
    pytest.param(of_postgres("55P03"), id="lock not available"),
    pytest.param(OperationalError("database is locked"), id="SQLite"),
]


@pytest.mark.parametrize("error", PASSING)
def test_what_passes_is_done_again_until_it_goes_well(clock, error):
    faults: Iterator[Exception] = iter([error] * (transactions.ATTEMPTS - 1))

    def work() -> str:
        for fault in faults:
            raise fault
        return "done"

    assert transactions.run(work) == "done"
    assert len(clock.pauses) == transactions.ATTEMPTS - 1


@pytest.mark.parametrize("error", PASSING)
def test_what_does_not_pass_in_time_is_given_up(clock, error):
    def work() -> None:
        raise error

    with pytest.raises(OperationalError) as raised:
        transactions.run(work)

    assert transactions.passes(raised.value)
    is_held = getattr(error.__cause__, "sqlstate", "") == "55P03"
    tries = len(clock.pauses) + 1
    assert tries > transactions.ATTEMPTS if is_held else tries == transactions.ATTEMPTS
    longest = transactions.PATIENCE_S + transactions.LONGEST_PAUSE_S if is_held else 2.5
    assert (transactions.PATIENCE_S if is_held else 0) < clock.now <= longest


def test_what_does_not_pass_is_raised_at_once(clock):
    def work() -> None:
        raise OperationalError("no such table")

    with pytest.raises(OperationalError):
        transactions.run(work)

    assert clock.pauses == []
