"""An integration that delivers into an app which is a dictionary, seen at the console."""

from __future__ import annotations

import pytest
from django.utils import timezone

from integrations.delivery import connecting, worker
from integrations.delivery.models import Delivery
from tests import factories, probe_connectors
from tests.db.console import Provider
from tests.probe_connectors import App


@pytest.fixture
def app(monkeypatch) -> App:
    return probe_connectors.install(monkeypatch)


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    return time_machine


@pytest.fixture
def live(app, provider, clock) -> Provider:
    """The provider of an integration that delivers, and that knows somebody who stayed."""
    connecting.change(provider.integration, "probe", {}, by=factories.OPERATOR)
    connecting.go_live(provider.integration, by=factories.OPERATOR)
    provider.person("lasting")
    clock.shift(61)
    worker.drain(provider.integration.pk)
    return provider


def deliveries(provider: Provider, name: str) -> list[Delivery]:
    """Those of one person, the oldest first."""
    rows = Delivery.objects.for_integration(provider.integration).filter(label__startswith=name)
    return list(rows.order_by("number"))
