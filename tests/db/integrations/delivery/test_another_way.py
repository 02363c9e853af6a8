"""Another way into the app, and going on after a hold."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integrations.delivery.connector import Accepted, Failed, Kind, Proof, Retry, Verdict, Verified
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, Lane
from integrations.delivery.queue import brake
from integrations.delivery.turns import controls
from integrations.kit.errors import Refused
from tests import factories, probe_connectors
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

Status = Delivery.Status
LATER = timedelta(minutes=5)
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


@pytest.mark.parametrize("check_after", [LATER, None], ids=["asked again", "called back"])
@pytest.mark.parametrize("way", [("probe", "probe_events"), ("probe_events", "probe")], ids=" to ".join)
def test_what_the_app_had_taken_goes_out_by_another_way(app, idp, way, check_after):
    was, becomes = way
    change(idp, was)
    app.answer = lambda _order: Accepted(Proof("Taken."), check_after)
    person = idp.person("ada")
    drain(idp.integration)
    assert statuses(idp) == {Status.CONFIRMING}
    app.answer = lambda _order: None
    app.orders.clear()

    change(idp, becomes)
    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    for _turn in range(2):
        drain(idp.integration)

    assert app.intents()[-1] == "deactivate"
    assert statuses(idp) <= {Status.DELIVERED, Status.SUPERSEDED}
    assert not Delivery.objects.for_integration(idp.integration).filter(place__isnull=False).exists()


@pytest.mark.parametrize(
    ("values", "check_after", "becomes"),
    [
        ({"address": "https://other.example"}, LATER, Status.DELIVERED),
        ({"address": "https://app.example"}, LATER, Status.CONFIRMING),
        ({"address": "https://other.example"}, None, Status.CONFIRMING),
    ],
    ids=["another place is asked", "the same place is asked", "the app calls back by itself"],
)
def test_what_the_app_had_taken_is_carried_again_where_another_place_would_be_asked(
    app, idp, values, check_after, becomes
):
    was = {"address": "https://app.example", "key": "right"}
    connecting.change(idp.integration, "probe_secret", was, by=factories.OPERATOR)
    app.answer = lambda _order: Accepted(Proof("Taken."), check_after)
    idp.person("ada")
    drain(idp.integration)
    app.answer = lambda _order: None

    connecting.change(idp.integration, "probe_secret", values, by=factories.OPERATOR)
    drain(idp.integration)

    assert statuses(idp) == {becomes}


def test_what_the_app_takes_while_another_way_is_set_goes_out_by_that(app, idp, clock):
    def answer(_order):
        app.answer = lambda _order: None
        clock.shift(1)
        change(idp, "probe_events")
        return Accepted(Proof("Taken."), LATER)

    app.answer = answer
    idp.person("ada")

    for _turn in range(2):
        drain(idp.integration)

    assert statuses(idp) == {Status.DELIVERED}


@pytest.mark.parametrize("check_after", [LATER, None], ids=["asked again", "calls back"])
def test_what_the_app_takes_while_something_else_is_set_is_not_sent_again(app, idp, clock, check_after):
    def answer(_order):
        clock.shift(1)
        connecting.set_meaning(idp.integration, {"brake_people": 7}, by=factories.OPERATOR)
        return Accepted(Proof("Taken."), check_after)

    app.answer = answer
    idp.person("ada")

    drain(idp.integration)

    assert statuses(idp) == {Status.CONFIRMING}
    assert len(app.orders) == 1


def test_what_is_asked_about_while_another_way_is_set_goes_out_by_that(app, idp, clock, monkeypatch):
    def verify(_probe, _order):
        clock.shift(1)
        change(idp, "probe_events")
        return Verified(Verdict.UNKNOWN)

    monkeypatch.setattr(probe_connectors.Probe, "verify", verify)
    app.answer = lambda _order: Accepted(Proof("Taken."), LATER)
    idp.person("ada")
    drain(idp.integration)
    app.answer = lambda _order: None
    clock.shift(LATER.total_seconds() + 1)

    for _turn in range(2):
        drain(idp.integration)

    assert statuses(idp) == {Status.DELIVERED}


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
