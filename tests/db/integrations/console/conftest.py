"""An integration that delivers into an app which is a dictionary, seen at the console."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from integrations.delivery.connector import Failed, Kind
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery
from integrations.delivery.turns import worker
from integrations.models import Integration
from tests import factories, probe_connectors
from tests.db.console import Provider
from tests.probe_connectors import App

ADDRESS = "https://api.hootsuite.example"
OUT_OF_SEATS = Failed(Kind.INVALID, "No seats are left.", "Buy one, then retry.")


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


@pytest.fixture
def dead(app, live) -> Delivery:
    """One that the app refused for good."""
    app.answer = lambda order: OUT_OF_SEATS if order.person.user_name.startswith("ada") else None
    live.person("ada")
    worker.drain(live.integration.pk)
    app.answer = lambda _order: None
    return deliveries(live, "ada")[0]


@pytest.fixture
def connected(app, integration) -> Integration:
    """By a way that needs a key, which is set."""
    values = {"address": ADDRESS}
    secrets = {"key": "right", "signing": "kept"}
    connecting.change(integration, "probe_secret", values, secrets=secrets, by=factories.OPERATOR)
    return integration


def deliveries(provider: Provider, name: str) -> list[Delivery]:
    """Those of one person, the oldest first."""
    rows = Delivery.objects.for_integration(provider.integration).filter(label__startswith=name)
    return list(rows.order_by("number"))


def text(client: Client, url: str, query: dict | None = None) -> str:
    """A page that opens."""
    answer = client.get(url, query or {})
    assert answer.status_code == 200
    return answer.content.decode()
