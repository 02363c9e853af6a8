"""An app is filled whole or not at all."""

from __future__ import annotations

import pytest

from cerby_gateway.demo import filling, people
from cerby_gateway.demo.apps import APPS
from cerby_gateway.demo.product import Product
from integrations.models import Integration
from scim.emulators import registry
from scim.emulators.session import EmulatorError, Session, Unreachable
from scim.models import ScimUser
from tests import running


class At(Product):
    """The product at an address that is known."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address


def test_nothing_is_left_of_an_app_whose_idp_gets_no_answer(workspace):
    nowhere = At(f"http://127.0.0.1:{running.free_port()}")

    with pytest.raises(Unreachable):
        filling.fill(workspace, APPS[0], nowhere)

    assert not Integration.objects.for_workspace(workspace).exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_an_app_whose_idp_stops_halfway(workspace, live_server, monkeypatch):
    def stop(*_words: object) -> None:
        raise EmulatorError("The IdP stopped.")

    monkeypatch.setattr(filling, "_rename", stop)

    with pytest.raises(EmulatorError, match="stopped"):
        filling.fill(workspace, APPS[0], At(live_server.url))

    assert not Integration.objects.for_workspace(workspace).exists()
    assert not ScimUser.objects.filter(integration__workspace=workspace).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("app", APPS, ids=[app.name for app in APPS])
def test_an_app_is_filled_with_its_people_and_groups(workspace, live_server, app):
    filled = filling.fill(workspace, app, At(live_server.url))

    integration = Integration.objects.for_workspace(workspace).get()
    assert (integration.people_count, integration.group_count) == (len(filled.assigned), len(app.groups))
    assert ScimUser.objects.for_integration(integration).filter(display_name__endswith="Castellanos").exists()


def test_the_wait_ends_a_minute_after_the_latest_arrival(monkeypatch):
    emulator = registry.load("okta")(Session("http://127.0.0.1"), people.TESTER)
    early, late = (
        filling.Filled(APPS[0], Integration(), emulator, [], arrived_s) for arrived_s in (100.0, 120.0)
    )
    monkeypatch.setattr("cerby_gateway.demo.filling.time.monotonic", lambda: 170.0)

    assert filling.seconds_to_leaving([early, late]) == 11.0
    assert filling.seconds_to_leaving([early]) == 0.0
