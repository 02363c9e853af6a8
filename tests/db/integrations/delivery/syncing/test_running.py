"""A run: one at a time, stopped, lost, by schedule, and at what cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from huey import MemoryHuey

from integrations.delivery.connector import LaneLostError, PermanentError, TransientError
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppAccount, Lane, SyncRun
from integrations.delivery.queue import engine
from integrations.delivery.syncing import reading, running, starting, verbs
from integrations.delivery.turns import worker
from integrations.kit.errors import Refused
from tests import factories
from tests.db.integrations.delivery.conftest import drain, going
from tests.db.integrations.delivery.syncing.conftest import account, sync

State = SyncRun.State


@pytest.fixture
def woken(monkeypatch) -> list[object]:
    """The runs that a worker was asked for."""
    found: list[object] = []
    monkeypatch.setattr(engine, "wake_sync", found.append)
    monkeypatch.setattr(running, "_last_look", [])
    return found


def start(integration) -> SyncRun:
    return verbs.start(integration, by=factories.OPERATOR)


def fails(error: Exception):
    def raising(_start: int) -> None:
        raise error

    return raising


def test_a_run_reads_every_page(app, idp):
    app.page_size = 3
    app.accounts |= {f"u{number}": {} for number in range(10)}

    run = sync(idp.integration)

    assert (run.state, run.seen, run.matched, run.unmatched) == (State.DONE, 11, 1, 10)
    assert run.ended_at is not None


@pytest.mark.parametrize("error", [TransientError("The app is down."), PermanentError("The key is wrong.")])
def test_an_app_that_cannot_be_read_fails_the_run_and_forgets_nothing(app, idp, error):
    app.accounts["robot"] = {}
    sync(idp.integration)
    app.before_page = fails(error)

    run = sync(idp.integration)

    assert (run.state, run.problem) == (State.FAILED, str(error))
    assert account(idp.integration, ref="robot")


def test_a_fault_of_a_connector_fails_the_run_and_is_raised_for_the_log(app, idp):
    run = start(idp.integration)
    app.before_page = fails(ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        running.carry(run.pk)

    run.refresh_from_db()
    assert run.state == State.FAILED
    assert run.problem.startswith("The sync broke off.")


def test_a_list_that_is_too_long_or_has_no_end_is_given_up(app, idp, monkeypatch):
    monkeypatch.setattr(reading, "MOST", 3)
    app.accounts |= {f"u{number}": {} for number in range(10)}

    assert sync(idp.integration).problem == "The app has more than 3 accounts."


def test_one_run_at_a_time(app, idp):
    start(idp.integration)

    with pytest.raises(Refused, match="running already"):
        start(idp.integration)


def test_a_second_worker_leaves_a_run_alone(app, idp):
    run = start(idp.integration)
    app.before_page = lambda _start: running.carry(run.pk)

    running.carry(run.pk)

    run.refresh_from_db()
    assert (run.state, run.seen) == (State.DONE, 1)


def test_a_run_is_stopped_between_two_pages(app, idp):
    app.page_size = 2
    app.accounts |= {f"u{number}": {} for number in range(10)}
    run = start(idp.integration)
    app.before_page = lambda start: verbs.stop(run, by=factories.OPERATOR) if start == 4 else None

    running.carry(run.pk)

    run.refresh_from_db()
    assert (run.state, run.seen) == (State.STOPPED, 6)
    assert AppAccount.objects.for_integration(idp.integration).filter(line=None).count() == 3


def test_a_run_that_no_worker_has_is_stopped_at_once(app, idp):
    run = start(idp.integration)

    verbs.stop(run, by=factories.OPERATOR)

    run.refresh_from_db()
    assert run.state == State.STOPPED
    with pytest.raises(Refused, match="has ended"):
        verbs.stop(run, by=factories.OPERATOR)


def test_the_next_start_ends_a_run_whose_worker_died_and_that_one_writes_nothing_more(app, idp, clock):
    app.page_size = 1
    app.accounts["robot"] = {}
    run = start(idp.integration)

    def frozen(start_at: int) -> None:
        if start_at:
            clock.shift(starting.LOST_AFTER + timedelta(seconds=1))
            start(idp.integration)

    app.before_page = frozen
    running.carry(run.pk)

    run.refresh_from_db()
    assert (run.state, run.seen) == (State.FAILED, 1)
    assert "The worker was lost" in run.problem
    assert not AppAccount.objects.for_integration(idp.integration).filter(ref="robot").exists()


def test_the_lane_goes_on_while_the_app_is_read(app, idp):
    def in_between(_start: int) -> None:
        idp.person("ben")
        drain(idp.integration)

    app.before_page = in_between

    sync(idp.integration)

    assert "ben@northwind.example" in app.accounts
    assert Lane.objects.for_integration(idp.integration).get().lease_owner == ""


def test_the_sweep_asks_again_for_a_run_that_no_worker_heard_of(app, idp, woken):
    run = start(idp.integration)

    worker.sweep()

    assert woken == [run.pk]


def test_the_sweep_ends_a_run_whose_worker_died(app, idp, clock, woken):
    run = start(idp.integration)
    SyncRun.objects.filter(pk=run.pk).update(beat_at=timezone.now())
    clock.shift(starting.LOST_AFTER + timedelta(seconds=1))

    worker.sweep()

    run.refresh_from_db()
    assert run.state == State.FAILED


def test_the_schedule_reads_each_app_once_a_day(app, idp, clock, woken):
    def runs() -> list[str]:
        return [run.by for run in SyncRun.objects.for_integration(idp.integration).order_by("started_at")]

    running.schedule()
    running.schedule()
    assert runs() == ["Schedule"]
    SyncRun.objects.update(state=State.DONE)
    clock.shift(timedelta(hours=23))
    running.schedule()
    assert runs() == ["Schedule"]
    clock.shift(timedelta(hours=2))

    running.schedule()

    assert runs() == ["Schedule"] * 2


def test_the_schedule_reads_no_app_that_is_observed_archived_or_unreadable(app, idp, owner):
    other = factories.make_integration(owner.workspace, "Written only")
    going(other, "probe")
    connecting.observe(idp.integration, by=factories.OPERATOR)

    running.schedule()

    assert not SyncRun.objects.exists()


def test_old_runs_are_not_kept_for_ever(app, idp, monkeypatch):
    monkeypatch.setattr(starting, "KEPT", 2)
    for _each in range(4):
        sync(idp.integration)

    assert SyncRun.objects.for_integration(idp.integration).count() == 3


def test_lane_lost_is_nothing_that_a_run_knows(app, idp):
    run = start(idp.integration)
    app.before_page = fails(LaneLostError())

    with pytest.raises(LaneLostError):
        running.carry(run.pk)

    run.refresh_from_db()
    assert run.state == State.FAILED


def test_the_cost_of_a_chunk_does_not_grow_with_what_is_there(app, idp, monkeypatch):
    for module in ("reading", "matching", "judging"):
        monkeypatch.setattr(f"integrations.delivery.syncing.{module}.CHUNK", 5)

    def cost(accounts: int) -> int:
        app.accounts.clear()
        app.accounts |= {f"u{number}": {"roles": ["a"]} for number in range(accounts)}
        run = start(idp.integration)
        with CaptureQueriesContext(connection) as captured:
            running.carry(run.pk)
        return len(captured)

    few, more, most = cost(10), cost(20), cost(40)

    # Each further chunk of five costs the same: it is read, looked at for leavers, and counted.
    assert (most - more) / 4 <= 30
    assert abs((most - more) / 4 - (more - few) / 2) <= 3


def test_the_cost_of_people_is_a_fixed_number_of_queries_a_chunk(app, idp, monkeypatch):
    for module in ("reading", "matching", "judging"):
        monkeypatch.setattr(f"integrations.delivery.syncing.{module}.CHUNK", 5)

    def cost() -> int:
        drain(idp.integration)
        run = start(idp.integration)
        with CaptureQueriesContext(connection) as captured:
            running.carry(run.pk)
        return len(captured)

    for number in range(9):
        idp.person(f"p{number}")
    few = cost()
    for number in range(10):
        idp.person(f"q{number}")
    more = cost()
    for number in range(20):
        idp.person(f"r{number}")

    assert (cost() - more) / 4 == pytest.approx((more - few) / 2, abs=4)


def test_a_wake_up_reaches_the_worker_through_the_queue(app, idp, monkeypatch):
    run = start(idp.integration)
    queue = MemoryHuey("sync", immediate=True, results=False)
    monkeypatch.setattr(engine, "queue", lambda: queue)
    # The worker's thread is the test's own here, with its transaction.
    monkeypatch.setattr(engine, "close_old_connections", lambda: None)
    engine._tasks.cache_clear()
    monkeypatch.setitem(engine._work, "sync", running.carry)

    engine.wake_sync(run.pk)

    engine._tasks.cache_clear()
    run.refresh_from_db()
    assert run.state == State.DONE
