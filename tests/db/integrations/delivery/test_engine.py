"""How the queue in PostgreSQL is reached: as the product's own database is."""

from __future__ import annotations

import contextlib

import environ
import psycopg
import pytest
from django.db import connection

from cerby_gateway import databases
from cerby_gateway.postgresql.base import DatabaseWrapper
from integrations.delivery.queue import engine

OF_THE_URL = {
    "sslmode": "verify-full",
    "sslrootcert": "/etc/ca.pem",
    "sslcert": "/etc/gateway.pem",
    "connect_timeout": 5,
    "options": "-c search_path=gateway",
    "target_session_attrs": "read-write",
}
# What Django tells each connection, and what a database of the settings has besides its URL.
ALWAYS = {"client_encoding": "UTF8"}
DEFAULTS = {"TIME_ZONE": None, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False}


def test_every_option_of_the_database_url_counts_for_the_queue(monkeypatch):
    query = "&".join(f"{name}={value}" for name, value in OF_THE_URL.items())
    url = f"postgres://gateway:secret@db.example:6432/gateway?{query}"
    base = environ.Env.db_url_config(url)
    wrapper = DatabaseWrapper({**DEFAULTS, **databases.settings(base)})
    called = {}
    monkeypatch.setattr(engine, "connection", wrapper)
    monkeypatch.setattr(psycopg, "connect", lambda **given: called.update(given))

    engine._postgres()

    place = {"host": "db.example", "port": 6432, "user": "gateway", "password": "secret", "dbname": "gateway"}
    assert called == {**place, **OF_THE_URL, **ALWAYS}


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_queue_is_told_what_the_database_is_told(monkeypatch):
    options = connection.settings_dict["OPTIONS"]
    told = {"application_name": "northwind", "options": "-c statement_timeout=4321"}
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {**options, **told})

    with contextlib.closing(engine._postgres()) as made:
        shown = made.execute(
            "SELECT current_setting('application_name'), current_setting('statement_timeout')"
        ).fetchone()

    assert shown == ("northwind", "4321ms")
