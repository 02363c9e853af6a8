"""A connection that the server ended is opened anew, and one in use is not asked whether it lives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres,
]


@pytest.fixture
def another() -> Iterator[Any]:
    """A connection of its own that has served requests."""
    made = connection.copy()
    for _each in range(2):
        request(made)
    yield made
    made.close()


def request(database: Any) -> int:
    """What Django does about a request's connection, and one statement; returns the server's process."""
    database.close_if_unusable_or_obsolete()
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_the_next_request_after_the_server_ended_the_connection_is_served(another):
    before = request(another)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [before])

    assert request(another) != before


def test_a_connection_in_use_costs_no_question(another, monkeypatch):
    monkeypatch.setattr(another, "is_usable", lambda: pytest.fail("asked"))

    assert request(another) == request(another)


def test_one_that_was_idle_is_asked(another, monkeypatch):
    before = request(another)
    monkeypatch.setattr(another, "_used_at", another._used_at - 11)
    monkeypatch.setattr(another, "is_usable", lambda: False)

    assert request(another) != before


def test_after_an_error_the_connection_is_opened_anew(another):
    before = request(another)
    another.errors_occurred = True

    assert request(another) != before
