"""Apps on this machine that connectors may reach."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from django.utils import timezone

from tests import receivers
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
