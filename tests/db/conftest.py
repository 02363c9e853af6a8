"""People at the console, and what a database takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integrations.models import Integration, Membership
from integrations.tokens import Issued
from tests import sessions
from tests.db import console


@pytest.fixture
def as_owner(owner: Membership) -> Client:
    return sessions.sign_in(Client(), owner)


@pytest.fixture
def as_admin(admin: Membership) -> Client:
    return sessions.sign_in(Client(), admin)


@pytest.fixture
def provider(integration: Integration, issued: Issued) -> console.Provider:
    """The identity provider of `integration`."""
    return console.provider(integration, issued)


@pytest.fixture
def queries() -> Callable[[Client, str], int]:
    """How many queries a page takes for someone who is at work already."""

    def count(client: Client, url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    return count


@pytest.fixture
def few_parameters(db: None) -> Iterator[int]:
    """SQLite takes no more parameters a statement than these: in the field it is some ten thousand."""
    most = 1_000
    if connection.vendor != "sqlite":
        yield most
        return
    connection.ensure_connection()
    before = connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, most)
    yield most
    connection.connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, before)
