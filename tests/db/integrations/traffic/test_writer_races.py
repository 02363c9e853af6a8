"""Two server processes that write of one integration at the same moment, on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from integrations.kit import ids
from integrations.traffic import writer
from integrations.traffic.entries import Accepted, Entry, LoggedRequest, RefusedUse, SetAside, Sighting
from integrations.traffic.models import Contact, RefusedToken
from tests import factories
from tests.db import races

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 11, 24, 12, 30, 15, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)


def accepted(issued, at=NOW, **fields) -> Accepted:
    row = LoggedRequest(ids.new(), issued.token.integration_id, at, "a" * 32, "GET", "/Users", 200, 3)
    return Accepted(row, issued.token.pk, **fields)


def refused(integration, at=NOW, shown_token="") -> RefusedUse:
    return RefusedUse(integration.pk, "unknown", at, "192.0.2.1", "curl", "GET /Users", shown_token)


def write_both(one: Sequence[Entry], other: Sequence[Entry]) -> list[str]:
    """The other begins while the one has written and not committed; what the other came to."""
    outcomes: list[str] = []
    work = threading.Thread(target=lambda: outcomes.extend(races.at_once(lambda: writer.write(other))))
    with transaction.atomic():
        writer.write(one)
        work.start()
        work.join(0.3)
        assert work.is_alive()
    work.join()
    return outcomes


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "first contact"])
def test_what_two_processes_learn_of_an_identity_provider_is_kept_whole(issued, is_known):
    if is_known:
        writer.write([accepted(issued, at=NOW - timedelta(days=1))])
    one = accepted(
        issued, LATER, sighting=Sighting("okta", (("a", "okta", 4),)), quirks=frozenset({"op-case"})
    )
    aside = (SetAside("badge", "string"),)
    other = accepted(
        issued, sighting=Sighting("", (("b", "entra", 3),)), quirks=frozenset({"dotted-key"}), set_aside=aside
    )

    assert write_both([one], [other]) == ["made"]

    contact = Contact.objects.for_integration(issued.token.integration).get()
    assert contact.quirks == ["dotted-key", "op-case"]
    assert contact.signals == [["a", "okta", 4], ["b", "entra", 3]]
    assert [each["name"] for each in contact.set_aside] == ["badge"]
    assert (contact.decisive_idp, contact.idp, contact.last_accepted_at) == ("okta", "okta", LATER)


@pytest.mark.parametrize("is_known", [True, False], ids=["known", "first of the minute"])
def test_no_refusal_of_two_processes_is_lost_and_the_latest_is_told(integration, is_known):
    if is_known:
        writer.write([refused(integration)])
    latest = refused(integration, LATER, "cgw_late")

    assert write_both([latest], [refused(integration)] * 2) == ["made"]

    row = RefusedToken.objects.for_integration(integration).get()
    assert row.count == 3 + is_known
    assert (row.last_at, row.last_token) == (LATER, "cgw_late")


def test_batches_that_name_integrations_in_another_order_wait_for_each_other(issued, workspace):
    other = refused(factories.make_integration(workspace, "Second"))
    one = refused(issued.token.integration)
    both = [one, other]
    writer.write(both)

    outcomes = races.at_once(*[lambda: writer.write(both), lambda: writer.write(both[::-1])] * 3)

    assert outcomes == ["made"] * 6
    # all-tenants: both
    assert [row.count for row in RefusedToken.objects.all()] == [7, 7]
