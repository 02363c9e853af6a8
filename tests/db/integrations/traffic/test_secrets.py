"""Passwords of unusual spelling do not stay in the journal."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.db import console
from tests.db.console import Provider
from tests.db.scim import wire

CANARY = "s3cret-canary"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"


@pytest.fixture
def idp(integration, issued) -> Provider:
    return console.provider(integration, issued)


@pytest.mark.parametrize(
    "text",
    [
        f"password eq '{CANARY}'",
        f"password eq {CANARY}",
        f'userPassword eq "{CANARY}"',
        f'userName eq "a" and password Eq "{CANARY}',
    ],
)
def test_a_filter_with_a_password_is_kept_nowhere(idp, text):
    for query in (quote(text), quote(quote(text))):
        assert wire.raw(idp, "GET", f"/Users?filter={query}").status_code in {200, 400}
    wire.raw(idp, "POST", "/Users/.search", {"schemas": [SEARCH], "filter": text})

    assert wire.logged(idp) is not None
    assert wire.tables_that_hold(CANARY) == []


def test_a_password_beside_the_filter_or_under_another_name_is_kept_nowhere(idp):
    wire.raw(idp, "GET", f"/Users?password={CANARY}&count=1")
    wire.raw(idp, "POST", "/Users", {"userName": "ada", "userPassword": CANARY})

    assert wire.logged(idp) is not None
    assert wire.tables_that_hold(CANARY) == []
