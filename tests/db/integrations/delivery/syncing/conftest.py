"""An integration whose app can be read, and its accounts."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.utils import timezone

from integrations.delivery.models import AppAccount, SyncRun
from integrations.delivery.syncing import running, verbs
from integrations.models import Integration
from tests import factories
from tests.db import console
from tests.db.console import Provider
from tests.db.integrations.delivery.conftest import drain, going


@pytest.fixture
def clock(time_machine):
    """It ticks: what was seen before a run is older than the run."""
    time_machine.move_to(timezone.now())
    return time_machine


@pytest.fixture
def readable(app, integration) -> Integration:
    return going(integration, "probe_reads")


@pytest.fixture
def idp(readable, clock) -> Provider:
    """Where somebody stayed: nobody is taken for a connection test any more."""
    found = console.provider(readable)
    found.person("lasting")
    clock.shift(61)
    drain(readable)
    return found


def sync(integration: Integration) -> SyncRun:
    """A whole run, as a worker carries it."""
    run = verbs.start(integration, by=factories.OPERATOR)
    running.carry(run.pk)
    run.refresh_from_db()
    return run


def account(integration: Integration, person: str | None = None, **facts: str) -> AppAccount:
    rows = AppAccount.objects.for_integration(integration).select_related("integration__workspace")
    return rows.get(**({"line": UUID(person)} if person else {}), **facts)


def differences(integration: Integration) -> dict[str, list[str]]:
    """What is out of step, by name."""
    rows = AppAccount.objects.for_integration(integration).filter(is_out_of_step=True)
    return {str(row): row.differences for row in rows.order_by("user_name")}
