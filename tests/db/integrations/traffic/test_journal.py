"""What came in is kept: requests, refusals by cause and minute, contact, latest use."""

from __future__ import annotations

import queue
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from integrations.kit import ids
from integrations.models import GatewayToken
from integrations.traffic import journal, purge, writer
from integrations.traffic.entries import Accepted, LoggedRequest, RefusedUse, SetAside, Sighting
from integrations.traffic.models import Contact, MetQuirk, RefusedToken, RequestLog
from tests import factories

NOW = datetime(2026, 11, 24, 12, 30, 15, tzinfo=UTC)
NOTHING_SEEN = Sighting()


def request_row(integration, *, at=NOW, status=200, path="/Users", **fields) -> LoggedRequest:
    return LoggedRequest(
        id=ids.new(),
        integration_id=integration.pk,
        at=at,
        trace_id="a" * 32,
        method="GET",
        path=path,
        status=status,
        duration_ms=3,
        **fields,
    )


def accepted(issued, *, sighting=NOTHING_SEEN, **fields) -> Accepted:
    return Accepted(request_row(issued.token.integration, **fields), issued.token.pk, sighting)


def refused(integration, *, at=NOW, cause="unknown", **fields) -> RefusedUse:
    return RefusedUse(integration.pk, cause, at, "192.0.2.1", "curl", "GET /Users", **fields)


def test_a_request_is_kept_with_contact_and_latest_use(issued):
    journal.record(
        accepted(issued, ip="192.0.2.7", user_agent="Okta SCIM Client 1.0.0", sighting=Sighting("okta"))
    )

    token = GatewayToken.objects.get(pk=issued.token.pk)
    contact = Contact.objects.for_integration(token.integration).get()
    assert RequestLog.objects.for_integration(token.integration).count() == 1
    assert (contact.first_accepted_at, contact.last_accepted_at, contact.idp) == (NOW, NOW, "okta")
    assert contact.first_request == "GET /Users"
    assert (token.last_used_at, token.last_used_ip, token.last_used_idp) == (NOW, "192.0.2.7", "okta")


def test_an_entry_has_the_columns_of_the_log():
    columns = {field.attname for field in RequestLog._meta.local_concrete_fields}

    assert set(LoggedRequest._fields) == columns


def test_an_older_request_written_late_does_not_turn_time_back(issued):
    writer.write([accepted(issued)])
    writer.write([accepted(issued, at=NOW - timedelta(hours=1))])

    token = GatewayToken.objects.get(pk=issued.token.pk)
    assert token.last_used_at == NOW
    assert Contact.objects.for_integration(token.integration).get().last_accepted_at == NOW


def test_a_refused_request_is_no_contact(issued):
    journal.record(accepted(issued, status=400))

    assert Contact.objects.for_integration(issued.token.integration).get().first_accepted_at is None


@pytest.mark.parametrize(
    ("signals", "idp"),
    [
        pytest.param([("entra-caps", "entra", 3)], "", id="one signal is not enough"),
        pytest.param([("entra-caps", "entra", 3), ("entra-caps", "entra", 3)], "", id="each counts once"),
        pytest.param([("entra-caps", "entra", 3), ("entra-no-ua", "entra", 1)], "entra", id="four decide"),
        pytest.param([("a", "entra", 4), ("b", "jumpcloud", 3)], "", id="a lead of one is too small"),
        pytest.param([("a", "entra", 5), ("b", "jumpcloud", 3)], "entra", id="a lead of two will do"),
    ],
)
def test_signals_add_up_over_requests(issued, signals, idp):
    for signal in signals:
        journal.record(accepted(issued, sighting=Sighting(signals=(signal,))))

    assert Contact.objects.for_integration(issued.token.integration).get().idp == idp


def test_refusals_are_counted_by_cause_and_minute(integration):
    for entry in [
        refused(integration),
        refused(integration),
        refused(integration, cause="expired", shown_token="cgw_x"),
    ]:
        journal.record(entry)
    journal.record(refused(integration, at=NOW + timedelta(minutes=1)))

    rows = RefusedToken.objects.for_integration(integration).order_by("minute", "cause")
    assert [(row.cause, row.count, row.minute.minute) for row in rows] == [
        ("expired", 1, 30),
        ("unknown", 2, 30),
        ("unknown", 1, 31),
    ]


def test_a_batch_outlives_the_deletion_of_one_of_its_integrations(issued, workspace):
    gone = factories.make_integration(workspace, "Gone")
    entry = refused(gone)
    gone.delete()

    writer.write([entry, accepted(issued)])

    assert RequestLog.objects.for_integration(issued.token.integration).count() == 1


def test_a_changes_row_is_written_in_its_transaction_and_not_again(issued):
    entry = journal.write(accepted(issued))
    journal.record(entry)

    assert RequestLog.objects.for_integration(issued.token.integration).count() == 1
    assert Contact.objects.for_integration(issued.token.integration).exists()


def test_the_log_is_kept_by_age_and_by_size_and_refusals_have_their_own_budget(issued, settings, monkeypatch):
    integration = issued.token.integration
    settings.REQUEST_LOG_ROWS = 3
    monkeypatch.setattr(purge, "REFUSED_ROWS", 2)
    now = datetime.now(UTC)
    writer.write([accepted(issued, at=now - timedelta(days=31))])
    writer.write([accepted(issued, at=now, path=f"/Users/{number}") for number in range(5)])
    writer.write([refused(integration, at=now - timedelta(minutes=number)) for number in (3, 2, 1)])

    deleted = purge.run()

    kept = RequestLog.objects.for_integration(integration).order_by("pk").values_list("path", flat=True)
    assert list(kept) == ["/Users/2", "/Users/3", "/Users/4"]
    assert RefusedToken.objects.for_integration(integration).count() == 2
    assert deleted == 4


def test_when_the_queue_is_full_the_request_is_not_held_up(issued, settings, monkeypatch, caplog):
    settings.JOURNAL_WRITER = "thread"
    monkeypatch.setattr(journal, "_start_writer", lambda: None)
    monkeypatch.setattr(journal, "_waiting", queue.Queue(maxsize=1))

    journal.record(accepted(issued))
    journal.record(accepted(issued))

    assert "journal.dropped" in caplog.text
    journal.flush()
    assert RequestLog.objects.for_integration(issued.token.integration).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_writers_thread_writes_within_a_second(settings):
    settings.JOURNAL_WRITER = "thread"
    issued = factories.make_token(factories.make_integration(factories.make_workspace()))
    rows = RequestLog.objects.for_integration(issued.token.integration)

    journal.record(accepted(issued))
    deadline = time.monotonic() + 10
    while not rows.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    journal.stop()

    assert rows.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_waits_when_the_process_ends_is_written(settings):
    settings.JOURNAL_WRITER = "thread"
    issued = factories.make_token(factories.make_integration(factories.make_workspace()))

    journal.record(accepted(issued))
    journal.stop()

    assert RequestLog.objects.for_integration(issued.token.integration).count() == 1


def test_habits_are_kept_with_their_request_and_its_integration(issued):
    entry = replace(accepted(issued), quirks=frozenset({"op-case", "dotted-key"}))
    saved = journal.write(replace(accepted(issued), quirks=frozenset({"op-case"})))
    for each in (entry, saved):
        journal.record(each)

    rows = MetQuirk.objects.for_integration(issued.token.integration)
    assert sorted(rows.values_list("code", "request")) == sorted(
        [("op-case", entry.row.id), ("dotted-key", entry.row.id), ("op-case", saved.row.id)]
    )
    assert Contact.objects.for_integration(issued.token.integration).get().quirks == ["dotted-key", "op-case"]


def test_habits_of_a_request_that_was_purged_meanwhile_are_left_out(issued):
    saved = journal.write(replace(accepted(issued), quirks=frozenset({"op-case"})))
    RequestLog.objects.filter(pk=saved.row.id).delete()
    journal.record(replace(saved, row=request_row(issued.token.integration), quirks=frozenset({"op-case"})))

    assert not MetQuirk.objects.for_integration(issued.token.integration).exists()
    assert Contact.objects.for_integration(issued.token.integration).get().quirks == ["op-case"]


def test_habits_go_with_their_request(issued, settings):
    journal.record(replace(accepted(issued), quirks=frozenset({"op-case"})))
    settings.REQUEST_LOG_ROWS = 0

    purge.run()

    assert not MetQuirk.objects.for_integration(issued.token.integration).exists()


def test_of_what_was_set_aside_the_latest_fifty_are_kept_each_once(issued):
    for number in range(60):
        aside = (SetAside(f"a{number % 55}", "string"), SetAside("A0", "boolean"))
        journal.record(replace(accepted(issued, at=NOW + timedelta(seconds=number)), set_aside=aside))

    kept = Contact.objects.for_integration(issued.token.integration).get().set_aside
    assert len(kept) == 50
    assert [each["name"] for each in kept[:3]] == ["a4", "A0", "a3"]
    assert kept[0] == {
        "name": "a4",
        "type": "string",
        "many": False,
        "at": (NOW + timedelta(seconds=59)).isoformat(),
    }
