"""Another way into the app, and going on after a hold."""

from __future__ import annotations

import pytest

from integrations.delivery.connector import Failed, Kind, Retry
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, Lane
from integrations.delivery.queue import brake
from integrations.delivery.turns import controls
from integrations.kit.errors import Refused
from tests import factories
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

Status = Delivery.Status
AUTH = Failed(Kind.AUTH, "The key was refused.")


def change(idp, kind: str) -> None:
    connecting.change(idp.integration, kind, {}, by=factories.OPERATOR)


def statuses(idp) -> set[str]:
    rows = Delivery.objects.for_integration(idp.integration).filter(label__startswith="ada")
    return set(rows.values_list("status", flat=True))


def test_what_waits_behind_a_change_goes_out_by_another_way(app, idp_of_events):
    idp = idp_of_events
    app.answer = lambda _order: Failed(Kind.INVALID, "No.")
    person = idp.person("ada")
    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "title", "value": "Dr"})
    drain(idp.integration)
    app.answer = lambda _order: None

    change(idp, "probe")
    drain(idp.integration)

    assert "ada@northwind.example" in app.accounts
    assert statuses(idp) == {Status.DELIVERED, Status.SUPERSEDED}


def test_resuming_a_held_lane_tries_what_was_held(app, idp):
    app.answer = lambda _order: Failed(Kind.AUTH, "The key was refused.")
    idp.person("ada")
    drain(idp.integration)
    assert statuses(idp) == {Status.HELD}

    controls.resume(idp.integration, by=factories.OPERATOR)

    assert statuses(idp) == {Status.RETRYING}
    assert Lane.objects.for_integration(idp.integration).get().held_at is None
    app.answer = lambda _order: None
    drain(idp.integration)
    assert statuses(idp) == {Status.DELIVERED}


@pytest.mark.parametrize("act", ["resume", "settings"])
@pytest.mark.parametrize(
    "then",
    [[Retry("Down."), None], [AUTH, Failed(Kind.NOT_FOUND, "No."), None]],
    ids=["an outage after days", "a refusal after two"],
)
def test_the_time_and_the_refusals_of_a_hold_do_not_count(app, idp, clock, act, then):
    answers = [AUTH, *then]
    app.answer = lambda _order: answers.pop(0) if answers else None
    idp.person("ada")

    for _turn in range(4):
        drain(idp.integration)
        clock.shift(4 * 86_400 if Lane.objects.get().held_at else 3_600)
        if act == "resume":
            controls.resume(idp.integration, by=factories.OPERATOR)
        else:
            change(idp, "probe")

    assert statuses(idp) == {Status.DELIVERED}


def test_a_long_pause_does_not_count(app, idp, clock):
    answers = [Retry("Down."), Retry("Down."), None]
    app.answer = lambda _order: answers.pop(0)
    idp.person("ada")
    drain(idp.integration)
    controls.pause(idp.integration, by=factories.OPERATOR)
    clock.shift(4 * 86_400)
    controls.resume(idp.integration, by=factories.OPERATOR)

    drain(idp.integration)

    assert statuses(idp) == {Status.RETRYING}


def test_nothing_is_planned_anew_while_nothing_is_delivered(app, idp):
    connecting.observe(idp.integration, by=factories.OPERATOR)

    with pytest.raises(Refused, match="not switched on"):
        connecting.replan(idp.integration, by=factories.OPERATOR)


@pytest.mark.parametrize("act", ["resume", "settings", "another way", "retry"])
def test_what_the_safety_brake_holds_stays_held(app, idp, act):
    held = factories.make_delivery(
        idp.integration, intent="deactivate", status=Status.HELD, place=3, brake=Delivery.Brake.HELD
    )

    if act == "resume":
        controls.resume(idp.integration, by=factories.OPERATOR)
    elif act == "retry":
        assert controls.retry([held], by=factories.OPERATOR) == 0
    else:
        change(idp, "probe" if act == "settings" else "probe_events")
    drain(idp.integration)

    assert list(brake.held(idp.integration)) == [held]
    assert app.orders == []
