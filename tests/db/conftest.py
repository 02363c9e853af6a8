"""People at the console."""

from __future__ import annotations

from collections.abc import Callable

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
