"""Somebody is hired again as a new person, who takes over the account: whoever had it before has no say
about it any more."""

from __future__ import annotations

from uuid import UUID

import pytest

from integrations.delivery.connector import Done, Failed, Intent, Kind, Proof, Retry
from integrations.delivery.errands import connecting
from integrations.delivery.hands import tasks
from integrations.delivery.models import AppAccount, Delivery, Task
from integrations.delivery.queue import outbox
from integrations.delivery.turns import controls
from integrations.kit import ids
from tests import factories
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

BY = factories.OPERATOR
MONTH_S = 30 * 86_400 + 1
NAME = "ada@northwind.example"
WORDS = f"This account is {NAME}'s by now."
Status = Delivery.Status


def hire(idp, number: str, name: str = "ada") -> str:
    person: str = idp.person(name, externalId=number)
    drain(idp.integration)
    return person


def leave(idp, person: str) -> None:
    idp.send("DELETE", f"/Users/{person}")
    drain(idp.integration)


def account(person: str) -> AppAccount:
    return AppAccount.objects.get(line=person)


def ended(person: str) -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(line=person, status=Status.CANCELLED).order_by("number")
    return list(rows.values_list("intent", "problem"))


@pytest.fixture
def before(app, idp) -> str:
    """Who had the account once: it is deactivated, and its deletion put off."""
    person = hire(idp, "1")
    leave(idp, person)
    assert app.accounts[NAME]["active"] is False
    return person


@pytest.fixture
def shared(idp, before) -> tuple[str, str]:
    """Two people whose rows name the same account: who left, and who is there."""
    after = hire(idp, "2")
    AppAccount.objects.filter(line=before).update(ref=NAME)
    return before, after


def test_a_deletion_put_off_is_called_off_once_the_account_is_somebodys_again(app, idp, clock, before):
    after = hire(idp, "2")

    assert ended(before) == [("delete", WORDS)]
    assert (account(before).ref, account(after).ref) == ("", NAME)
    clock.shift(MONTH_S)
    drain(idp.integration)
    assert app.accounts[NAME]["active"] is True


@pytest.mark.parametrize("kind", ["probe", "probe_wide"])
def test_a_leaving_that_is_due_together_with_who_takes_the_account_over_comes_after(
    app, idp, clock, before, kind
):
    connecting.change(idp.integration, kind, {}, by=BY)
    after = idp.person("ada", externalId="2")
    clock.shift(MONTH_S)

    for _turn in range(2):
        drain(idp.integration)

    assert app.accounts[NAME]["active"] is True
    assert (account(before).ref, account(after).ref) == ("", NAME)
    assert ended(before) == [("delete", WORDS)]


def test_a_deletion_put_off_still_comes_where_nobody_has_taken_the_account(app, idp, clock, before):
    hire(idp, "2", "grace")

    clock.shift(MONTH_S)
    drain(idp.integration)

    assert NAME not in app.accounts


@pytest.mark.parametrize("policy", ["deactivate", "delete", "remove_roles"])
@pytest.mark.parametrize("ref", [NAME, ""], ids=["the same id", "no id"])
def test_a_late_leaving_leaves_an_account_alone_that_is_anothers(app, idp, shared, policy, ref):
    before, _after = shared
    connecting.set_meaning(idp.integration, {"on_delete": policy}, by=BY)
    AppAccount.objects.filter(line=before).update(ref=ref, is_out_of_step=True)
    app.orders.clear()

    late(idp, before)
    drain(idp.integration)

    assert app.orders == []
    assert ended(before)[-1] == ("deactivate", WORDS)
    assert (account(before).ref, account(before).is_out_of_step) == ("", False)
    assert app.accounts[NAME]["active"] is True


def late(idp, person: str) -> None:
    """As one that is retried late, or that brings the app in step with who has left."""
    outbox.add(
        [
            Delivery(
                integration=idp.integration,
                trace_id=ids.trace(),
                line=UUID(person),
                label=NAME,
                intent=Intent.DEACTIVATE,
                version=1,
            )
        ]
    )


def test_who_left_is_told_of_with_a_namesake_who_has_another_account(app, idp, shared):
    before, _after = shared
    AppAccount.objects.filter(line=before).update(ref="7")
    app.orders.clear()

    late(idp, before)
    drain(idp.integration)

    (order,) = app.orders
    assert (order.person.ref, order.person.has_namesake) == ("7", True)


def test_whoever_is_there_leaves_as_everybody_does_and_loses_the_account(app, idp, shared):
    _before, after = shared

    leave(idp, after)

    assert app.accounts[NAME]["active"] is False
    assert ended(after) == []


def test_a_leaving_that_failed_is_called_off_once_the_account_is_somebodys_again(app, idp):
    before = hire(idp, "1")
    app.answer = lambda order: Failed(Kind.INVALID, "No.") if order.is_leaving else None
    leave(idp, before)
    assert Delivery.objects.get(line=before, intent="delete").status == Status.DEAD

    hire(idp, "2")

    assert ended(before) == [("delete", WORDS)]


def test_a_plan_for_who_left_says_whose_the_account_is(idp, shared):
    before, _after = shared

    (step,) = connecting.plan(idp.integration, UUID(before))

    assert (step.words, step.effect) == (WORDS, False)


def test_who_waits_for_a_new_name_gives_up_the_account_that_somebody_found_under_the_old(app, idp):
    ada = hire(idp, "1")
    app.answer = lambda order: Retry("Not now.", of_app=False) if order.intent is Intent.RENAME else None
    wire.patch(idp, f"/Users/{ada}", {"op": "replace", "path": "userName", "value": "countess"})
    drain(idp.integration)
    young = hire(idp, "2")
    app.answer = lambda _order: None
    controls.retry(list(Delivery.objects.filter(line=ada, place__isnull=False)), by=BY)
    drain(idp.integration)

    leave(idp, ada)

    assert (account(ada).ref, account(young).ref) == ("countess", NAME)
    assert app.accounts[NAME]["active"] is True
    assert app.accounts["countess"]["active"] is False


def test_a_group_with_the_same_id_in_the_app_keeps_it(app, idp):
    group = idp.group("Editors")
    factories.make_account(idp.integration, NAME, line=UUID(group))

    hire(idp, "1")

    assert account(group).ref == NAME


def test_a_task_to_delete_an_account_goes_once_somebody_has_it_again(app, idp, clock, before, owner):
    connecting.change(idp.integration, "manual", {}, by=BY)
    clock.shift(MONTH_S)
    drain(idp.integration)
    old = Task.objects.get(delivery__line=before)
    after = hire(idp, "2")

    tasks.finish(Task.objects.get(delivery__line=after), note="It was there.", by=owner)

    old.refresh_from_db()
    assert old.state == Task.State.CANCELLED
    assert WORDS in tasks.why_closed(old)


def test_a_person_is_asked_nothing_about_an_account_that_is_anothers(app, idp, shared):
    before, _after = shared
    AppAccount.objects.filter(line=before).update(ref="7")
    connecting.change(idp.integration, "manual", {}, by=BY)

    late(idp, before)
    drain(idp.integration)

    assert not Task.objects.filter(delivery__line=before).exists()
    assert ended(before)[-1] == ("deactivate", WORDS)


def test_an_app_that_gives_no_ids_is_gone_by_the_name(app, idp, clock):
    app.answer = lambda _order: Done(Proof("It ran."))
    before = hire(idp, "1")
    leave(idp, before)
    hire(idp, "2")
    app.orders.clear()

    clock.shift(MONTH_S)
    drain(idp.integration)

    assert app.orders == []
    assert ended(before) == [("delete", WORDS)]


def test_who_takes_a_late_leaving_by_hand_is_told_whose_the_account_is(idp, shared):
    before, _after = shared
    controls.pause(idp.integration, by=BY)
    late(idp, before)

    controls.hand_over(Delivery.objects.get(line=before, place__isnull=False), by=BY)

    assert [step["words"] for step in Task.objects.get().steps] == [WORDS]
