"""Health for load balancers."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from integrations.models import KeyProbe


def test_alive_asks_no_database(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert answer.json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_database_migrations_and_keys_are_right(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "migrations": "ok", "keys": "ok"}


@pytest.mark.django_db
def test_not_ready_under_the_keys_of_another_database(client):
    client.get("/readyz")
    KeyProbe.objects.update(digest="0" * 64)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "not the keys" in answer.json()["keys"]


@pytest.mark.django_db
def test_not_ready_while_the_database_does_not_answer(client, monkeypatch):
    def fail(*_args, **_kwargs):
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", fail)

    assert client.get("/readyz").status_code == 503
