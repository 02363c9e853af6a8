"""A mistake in the identity provider cannot empty an app."""

from __future__ import annotations

import pytest

from integrations.audit.models import AuditEntry
from integrations.delivery.connector import Failed, Kind, Retry
from integrations.delivery.errands import connecting
from integrations.delivery.models import Delivery, HeldBatch
from integrations.delivery.queue import brake
from integrations.delivery.turns import controls
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Role
from tests import factories
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

BY = factories.OPERATOR
Status = Delivery.Status
HOUR_S, DAY_S = 3_601, 86_400


@pytest.fixture
def crowd(app, idp) -> list[str]:
    """Twelve people in the app; five may leave within an hour."""
    people = [idp.person(f"p{number}") for number in range(11)]
    drain(idp.integration)
    app.orders.clear()
    return people


def leave(idp, people: list[str]) -> None:
    for person in people:
        wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})


def come_back(idp, *people: str) -> None:
    for person in people:
        wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": True})


def tripped(idp) -> HeldBatch:
    batch = brake.open_batch(idp.integration)
    assert batch is not None
    return batch


def active(app) -> int:
    return sum(account["active"] for account in app.accounts.values())


def test_a_few_leavers_go_at_once(app, idp, crowd):
    leave(idp, crowd[:5])

    drain(idp.integration)

    assert active(app) == 7
    assert brake.open_batch(idp.integration) is None


def test_a_burst_is_held_whole_and_the_idp_has_its_answer(app, idp, crowd):
    leave(idp, crowd)

    drain(idp.integration)

    assert active(app) == 12
    assert tripped(idp).limit == 5
    assert brake.held(idp.integration).count() == 11
    assert not wire.read(idp, f"/Users/{crowd[0]}")["active"]


def test_a_slow_burst_is_seen_as_a_fast_one_is(app, idp, crowd, clock):
    for person in crowd[:8]:
        leave(idp, [person])
        drain(idp.integration)
        clock.shift(60)

    assert active(app) == 7
    assert brake.held(idp.integration).count() == 3


def test_leavers_over_hours_are_no_burst(app, idp, crowd, clock):
    for person in crowd[:8]:
        leave(idp, [person])
        drain(idp.integration)
        clock.shift(1_000)

    assert active(app) == 4


def the_lane_is_resumed(idp) -> None:
    controls.resume(idp.integration, by=BY)


def the_settings_are_saved(idp) -> None:
    connecting.change(idp.integration, "probe", {}, by=BY)


def each_is_retried(idp) -> None:
    controls.retry(list(Delivery.objects.filter(brake=Delivery.Brake.COUNTED)), by=BY)
    controls.resume(idp.integration, by=BY)


@pytest.mark.parametrize("goes_on", [the_lane_is_resumed, the_settings_are_saved, each_is_retried])
@pytest.mark.parametrize("changed", [False, True], ids=["as they were", "changed meanwhile"])
def test_who_was_let_go_and_has_not_arrived_counts_with_those_who_follow(
    app, idp, crowd, clock, goes_on, changed
):
    app.answer = lambda _order: Failed(Kind.AUTH, "Wrong credential.")
    leave(idp, crowd[:5])
    drain(idp.integration)
    app.answer = lambda _order: None
    clock.shift(HOUR_S)
    leave(idp, crowd[5:10])
    if changed:
        for person in crowd[:5]:
            wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "title", "value": "Dr"})

    goes_on(idp)
    drain(idp.integration)

    assert active(app) == 7
    assert brake.tally(idp.integration).leavers == 5


def test_who_was_let_go_while_the_app_is_down_counts_as_long_as_that_lasts(app, idp, crowd, clock):
    app.answer = lambda _order: Retry("The app is down.")
    leave(idp, crowd[:5])
    drain(idp.integration)
    app.answer = lambda _order: None
    clock.shift(DAY_S)

    leave(idp, crowd[5:10])
    drain(idp.integration)

    assert active(app) == 7


def test_who_was_let_go_and_came_back_counts_no_more(app, idp, crowd, clock):
    app.answer = lambda _order: Failed(Kind.AUTH, "Wrong credential.")
    leave(idp, crowd[:5])
    drain(idp.integration)
    app.answer = lambda _order: None
    clock.shift(HOUR_S)
    come_back(idp, *crowd[:5])
    leave(idp, crowd[5:10])

    controls.resume(idp.integration, by=BY)
    drain(idp.integration)

    assert active(app) == 7
    assert not brake.held(idp.integration).exists()


def test_who_was_let_go_and_waits_for_a_person_counts_for_an_hour(app, idp, crowd, clock):
    app.answer = lambda order: Failed(Kind.INVALID, "No.") if order.is_leaving else None
    leave(idp, crowd[:5])
    drain(idp.integration)
    app.answer = lambda _order: None
    clock.shift(HOUR_S)

    leave(idp, crowd[5:10])
    drain(idp.integration)

    assert active(app) == 7


def test_others_are_carried_while_the_brake_holds(app, idp, crowd):
    leave(idp, crowd)
    drain(idp.integration)

    idp.person("new")
    drain(idp.integration)

    assert app.accounts["new@northwind.example"]["active"]


def test_who_comes_back_is_not_held_any_more(app, idp, crowd):
    leave(idp, crowd)
    drain(idp.integration)

    come_back(idp, crowd[0])
    drain(idp.integration)
    brake.release(tripped(idp), by=BY)
    drain(idp.integration)

    assert active(app) == 2


def test_released_they_go_and_are_not_held_again(app, idp, crowd):
    leave(idp, crowd)
    drain(idp.integration)
    batch = tripped(idp)

    assert brake.release(batch, by=BY) == 11
    drain(idp.integration)

    assert active(app) == 1
    assert AuditEntry.objects.order_by("-pk")[0].action == "brake.released"
    with pytest.raises(Refused):
        brake.discard(batch, by=BY)


def test_discarded_their_accounts_stay(app, idp, crowd):
    leave(idp, crowd)
    drain(idp.integration)

    assert brake.discard(tripped(idp), by=BY) == 11
    drain(idp.integration)

    assert active(app) == 12
    assert set(Delivery.objects.filter(intent="deactivate").values_list("status", flat=True)) == {"cancelled"}


def test_a_change_of_something_else_does_not_carry_a_held_leaver(app, idp, crowd):
    leave(idp, crowd)
    drain(idp.integration)

    wire.patch(idp, f"/Users/{crowd[0]}", {"op": "replace", "path": "title", "value": "Dr"})
    drain(idp.integration)

    assert active(app) == 12
    assert brake.held(idp.integration).count() == 11


def test_the_limit_can_be_set(app, idp, crowd):
    connecting.set_meaning(idp.integration, {"brake_people": 100}, by=BY)
    leave(idp, crowd)

    drain(idp.integration)

    assert active(app) == 1
    assert not HeldBatch.objects.exists()


def test_an_admin_may_not_release(workspace, idp, crowd):
    leave(idp, crowd)
    drain(idp.integration)

    with pytest.raises(NotAllowed):
        brake.release(tripped(idp), by=factories.make_member(workspace, Role.ADMIN))


@pytest.mark.parametrize("raised", [{"brake_people": 6}, {"brake_percent": 11, "brake_people": 1}], ids=str)
def test_to_raise_the_limit_takes_who_may_release(workspace, idp, raised):
    admin = factories.make_member(workspace, Role.ADMIN)
    key = factories.make_api_key(workspace, role="admin").key

    for by in (admin, key):
        with pytest.raises(NotAllowed, match="Super Admin"):
            connecting.set_meaning(idp.integration, raised, by=by)
    connecting.set_meaning(idp.integration, {"brake_people": 4, "brake_percent": 0}, by=admin)

    assert connecting.of(idp.integration).brake_people == 4


def test_to_switch_delivery_off_while_something_is_held_takes_who_may_discard(workspace, app, idp, crowd):
    admin = factories.make_member(workspace, Role.ADMIN)
    leave(idp, crowd)
    drain(idp.integration)

    with pytest.raises(NotAllowed, match="Super Admin"):
        connecting.observe(idp.integration, by=admin)

    assert brake.held(idp.integration).count() == 11
    connecting.observe(idp.integration, by=factories.make_member(workspace, Role.SUPER_ADMIN))
    assert brake.open_batch(idp.integration) is None


def test_it_holds_leavers_of_whom_the_policy_takes_nothing_but_the_roles(app, idp, crowd):
    connecting.set_meaning(idp.integration, {"on_deactivate": "remove_roles"}, by=BY)
    idp.group("Editors", *crowd)
    drain(idp.integration)

    leave(idp, crowd)
    drain(idp.integration)

    assert brake.held(idp.integration).count() == 11
    assert sum(account["roles"] == ["Editors"] for account in app.accounts.values()) == 11
