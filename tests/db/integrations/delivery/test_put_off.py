"""Whom the identity provider deletes is deactivated in the app, and deleted there days later, as the policy
says then."""

from __future__ import annotations

import pytest

from integrations.delivery.errands import connecting
from integrations.delivery.hands import tasks
from integrations.delivery.models import Delivery, Task
from integrations.delivery.turns import controls
from tests import factories
from tests.db.integrations.delivery.conftest import drain

BY = factories.OPERATOR
MONTH_S = 30 * 86_400 + 1
NAME = "ada@northwind.example"


@pytest.fixture
def deleted(app, idp) -> str:
    """The id of somebody whom the identity provider has deleted, and the app has deactivated."""
    person: str = idp.person("ada")
    drain(idp.integration)
    idp.send("DELETE", f"/Users/{person}")
    drain(idp.integration)
    assert app.accounts[NAME]["active"] is False
    return person


@pytest.mark.parametrize(
    ("policy", "is_left"),
    [
        ({}, False),
        ({"on_delete": "delete"}, False),
        ({"delete_after_days": 7}, False),
        ({"delete_after_days": 0}, True),
        ({"on_delete": "nothing"}, True),
        ({"on_delete": "remove_roles"}, True),
    ],
    ids=str,
)
def test_what_the_policy_says_when_it_is_due_counts(app, idp, clock, deleted, policy, is_left):
    connecting.set_meaning(idp.integration, policy, by=BY)

    clock.shift(MONTH_S)
    drain(idp.integration)

    assert (NAME in app.accounts) is is_left
    assert not is_left or app.accounts[NAME]["active"] is False


def test_it_is_called_off_for_somebody_who_comes_back_inactive_and_stays_deactivated(
    app, idp, clock, deleted
):
    assert idp.person("ada", active=False) == deleted
    drain(idp.integration)
    assert not Delivery.objects.filter(line=deleted, place__isnull=False).exists()

    clock.shift(MONTH_S)
    drain(idp.integration)

    assert app.intents() == ["create", "deactivate", "deactivate"]
    assert app.accounts[NAME]["active"] is False


def test_it_follows_a_deactivation_by_hand(app, idp, clock, owner):
    person = idp.person("ada")
    drain(idp.integration)
    connecting.change(idp.integration, "manual", {}, by=BY)
    idp.send("DELETE", f"/Users/{person}")
    drain(idp.integration)

    tasks.finish(Task.objects.get(state="open"), note="Deactivated.", by=owner)
    clock.shift(MONTH_S)
    drain(idp.integration)

    assert Task.objects.get(state="open").becomes["intent"] == "delete"


def test_it_follows_no_deactivation_by_hand_of_somebody_who_is_still_known(app, idp, owner):
    person = idp.person("ada")
    drain(idp.integration)
    connecting.change(idp.integration, "manual", {}, by=BY)
    idp.send("PATCH", f"/Users/{person}", {"Operations": [{"op": "replace", "value": {"active": False}}]})
    drain(idp.integration)

    tasks.finish(Task.objects.get(state="open"), note="Deactivated.", by=owner)

    assert not Delivery.objects.filter(intent="delete").exists()


def test_a_connector_that_is_told_changes_is_told_of_who_comes_back(app, idp, clock, deleted):
    connecting.change(idp.integration, "probe_events", {}, by=BY)
    app.orders.clear()

    idp.person("ada")
    for seconds in (61, MONTH_S):
        clock.shift(seconds)
        drain(idp.integration)

    told = [order.event.type for order in app.orders]
    assert told[0] in {"user.created", "user.restored"}
    assert "user.deleted" not in told


def test_an_event_that_a_person_carries_out_puts_no_deletion_off(app, idp_of_events, owner):
    idp = idp_of_events
    person = idp.person("ada")
    drain(idp.integration)
    controls.pause(idp.integration, by=BY)
    idp.send("DELETE", f"/Users/{person}")

    controls.hand_over(Delivery.objects.get(intent="delete"), by=BY)
    tasks.finish(Task.objects.get(state="open"), note="Deactivated.", by=owner)

    assert Delivery.objects.filter(intent="delete").count() == 1
