"""Apps on this machine that connectors may reach."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from django.utils import timezone

from tests import receivers
from tests.contract.connectors import scim_apps
from tests.contract.connectors.scim_apps import ScimApp
from tests.receivers import Receiver


@pytest.fixture
def loopback(settings) -> None:
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PROXY = [ip_network("127.0.0.0/8")], ""


@pytest.fixture
def receiver(loopback) -> Iterator[Receiver]:
    with receivers.receiving() as found:
        yield found


@pytest.fixture
def clock(time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    return time_machine


@pytest.fixture(scope="session")
def scim2_server(tmp_path_factory) -> Iterator[ScimApp]:
    with scim_apps.scim2_server(tmp_path_factory.mktemp("scim2")) as app:
        yield app


@pytest.fixture(scope="session")
def second_gateway(tmp_path_factory) -> Iterator[ScimApp]:
    with scim_apps.gateway(tmp_path_factory.mktemp("gateway")) as app:
        yield app


@pytest.fixture(params=["scim2_server", pytest.param("second_gateway", marks=pytest.mark.thorough)])
def scim_app(request) -> ScimApp:
    """An app with nobody in it, once of each kind."""
    found: ScimApp = request.getfixturevalue(request.param)
    found.empty()
    return found
