"""The page on which somebody decides about leavers that the safety brake holds."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from integrations.delivery import registry
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, HeldBatch
from integrations.delivery.queue import brake
from integrations.delivery.turns import worker
from integrations.models import Role
from tests import factories, probe_connectors
from tests.db import console
from tests.db.console import Provider
from tests.db.scim import wire
from tests.probe_connectors import App
from tests.sessions import sign_in


@pytest.fixture
def idp(integration, monkeypatch, time_machine) -> Provider:
    """Ten people are in the app, and all of them are to leave."""
    time_machine.move_to(timezone.now(), tick=False)
    monkeypatch.setattr(probe_connectors, "app", App())
    monkeypatch.setitem(registry.OURS, "probe", probe_connectors.KINDS["probe"])
    connecting.change(integration, "probe", {}, by=factories.OPERATOR)
    connecting.go_live(integration, by=factories.OPERATOR)
    found = console.provider(integration)
    people = [found.person(f"p{number}") for number in range(10)]
    time_machine.shift(61)
    worker.drain(integration.pk)
    for person in people:
        wire.patch(found, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    worker.drain(integration.pk)
    return found


def page(idp, name: str = "console:deliveries-held") -> str:
    return console.path(name, idp.integration)


def test_the_tab_and_the_list_of_integrations_say_that_the_brake_holds(client, owner, idp):
    sign_in(client, owner)

    assert "Too much would be lost at once" in client.get(page(idp, "console:deliveries")).content.decode()
    listed = client.get(f"/w/{owner.workspace.slug}/integrations/").content.decode()
    assert "Needs attention" in listed


def test_the_page_says_how_many_and_who(client, owner, idp):
    text = sign_in(client, owner).get(page(idp)).content.decode()

    assert "10 people would lose Hootsuite" in text
    assert "p3@northwind.example" in text
    assert "Let 10 people go" in text


def test_an_owner_lets_them_go(client, owner, idp):
    answer = sign_in(client, owner).post(page(idp), {"do": "release"}, follow=True)

    assert "10 deliveries are carried into the app." in answer.content.decode()
    worker.drain(idp.integration.pk)
    assert not any(account["active"] for name, account in probe_connectors.app.accounts.items())


def test_an_owner_keeps_their_accounts(client, owner, idp):
    answer = sign_in(client, owner).post(page(idp), {"do": "discard"}, follow=True)

    assert "The app stays as it is: 10 deliveries were called off." in answer.content.decode()
    assert set(Delivery.objects.filter(intent="deactivate").values_list("status", flat=True)) == {"cancelled"}


def test_an_admin_sees_it_and_may_not_decide(client, workspace, idp):
    sign_in(client, factories.make_member(workspace, Role.ADMIN))

    assert "An Owner or a Super Admin decides." in client.get(page(idp)).content.decode()
    assert client.post(page(idp), {"do": "release"}).status_code == 403
    assert brake.open_batch(idp.integration) is not None


def test_a_button_that_is_not_there_does_nothing(client, owner, idp):
    sign_in(client, owner).post(page(idp), {"do": "nonsense"})

    assert HeldBatch.objects.get().decision == ""


def test_without_held_leavers_the_page_leads_back(owner, integration):
    answer = sign_in(Client(), owner).get(console.path("console:deliveries-held", integration))

    assert answer.headers["Location"] == console.path("console:deliveries", integration)
