"""An integration that delivers into an app which is a dictionary."""

from __future__ import annotations

import pytest
from django.utils import timezone

from integrations.delivery.errands import connecting
from integrations.delivery.turns import worker
from integrations.models import Integration
from tests import factories, probe_connectors
from tests.db import console
from tests.db.console import Provider
from tests.probe_connectors import App


@pytest.fixture
def app(monkeypatch) -> App:
    return probe_connectors.install(monkeypatch)


@pytest.fixture
def live(app, integration) -> Integration:
    return going(integration, "probe")


@pytest.fixture
def live_events(app, integration) -> Integration:
    return going(integration, "probe_events")


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    return time_machine


@pytest.fixture
def idp(live, clock) -> Provider:
    """Sends to a live integration where somebody stayed: nobody is taken for a connection test any more."""
    return _lasting(live, clock)


@pytest.fixture
def idp_of_events(live_events, clock) -> Provider:
    return _lasting(live_events, clock)


def _lasting(integration: Integration, clock) -> Provider:
    found = console.provider(integration)
    found.person("lasting")
    clock.shift(61)
    drain(integration)
    probe_connectors.app.orders.clear()
    return found


def going(integration: Integration, kind: str) -> Integration:
    connecting.change(integration, kind, {}, by=factories.OPERATOR)
    connecting.go_live(integration, by=factories.OPERATOR)
    return integration


def drain(integration: Integration) -> None:
    worker.drain(integration.pk)
