"""Who may ask an app while somebody waits for it: few at once, and each visit ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from ipaddress import ip_network
from uuid import UUID

import pytest

from integrations.delivery.connector import PermanentError
from integrations.delivery.errands import connecting, visits
from integrations.kit import outbound
from integrations.kit.errors import Busy
from tests import factories, probe_connectors
from tests.db import console

BY = factories.OPERATOR


@pytest.fixture
def far(app, integration):
    """An integration whose app is reached over the network."""
    connecting.change(integration, "probe_wide", {}, by=BY)
    return integration


def visit(integration) -> contextlib.AbstractContextManager[object]:
    return visits.begun(connecting.equipment(integration, connecting.of(integration)))


@pytest.fixture
def full(far) -> Iterator[None]:
    """As many visits as there may be are under way."""
    with contextlib.ExitStack() as stack:
        for _number in range(visits.AT_ONCE):
            stack.enter_context(visit(far))
        yield


@pytest.mark.usefixtures("full")
def test_who_comes_beyond_them_is_told_so_and_waits_for_nothing(far):
    person = UUID(console.provider(far).person("ada"))

    with pytest.raises(Busy, match="Other apps are being tested now"):
        connecting.test(far, by=BY)
    with pytest.raises(Busy, match="Try again in a moment"):
        connecting.plan(far, person)

    assert connecting.of(far).tested_at is None


@pytest.mark.usefixtures("full")
def test_what_asks_no_network_is_not_counted(far):
    connecting.change(far, "probe", {}, by=BY)

    assert connecting.test(far, by=BY)[0].ok


def test_a_visit_that_comes_to_nothing_leaves_its_place(far, monkeypatch):
    def refuse(_connector: object) -> None:
        raise PermanentError("No.")

    monkeypatch.setattr(probe_connectors.ProbeWide, "test", refuse)
    for _number in range(visits.AT_ONCE + 1):
        assert not connecting.test(far, by=BY)[0].ok


def test_when_its_time_is_over_no_call_goes_out_any_more(far, settings, monkeypatch):
    settings.OUTBOUND_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    monkeypatch.setattr(visits, "WHOLE_S", 0.0)

    with visit(far), pytest.raises(outbound.TimedOut):
        outbound.call("GET", "http://127.0.0.1:1/")
    with pytest.raises(outbound.Unreachable):
        outbound.call("GET", "http://127.0.0.1:1/")
