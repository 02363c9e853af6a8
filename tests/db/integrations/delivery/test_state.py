"""A connector that brings the app to the newest wanted state."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from integrations.delivery.connector import Done, Failed, Kind, Proof, Retry
from integrations.delivery.errands import orders
from integrations.delivery.models import Delivery, Lane
from tests import factories, probe_connectors
from tests.db import console
from tests.db.integrations.delivery.conftest import drain
from tests.db.scim import wire

Status = Delivery.Status


def statuses(idp, name: str = "") -> list[str]:
    rows = Delivery.objects.for_integration(idp.integration).order_by("number")
    return [row.status for row in rows if name in row.label or not row.label]


def test_a_person_arrives_in_the_app(app, idp):
    idp.person("ada")

    drain(idp.integration)

    assert app.accounts["ada@northwind.example"] == {"active": True, "roles": []}
    row = Delivery.objects.for_integration(idp.integration).get(label__startswith="ada")
    assert (row.status, row.place, row.attempts) == (Status.DELIVERED, None, 1)
    assert row.proof["words"] == "Written."
    assert row.tries.get().result == "done"


def test_several_changes_of_a_person_become_one(app, idp):
    person = idp.person("ada")
    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "title", "value": "Dr"})
    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})

    drain(idp.integration)

    assert statuses(idp, "ada") == [Status.SUPERSEDED, Status.SUPERSEDED, Status.DELIVERED]
    # An account may have been there before the gateway: it is looked for.
    assert app.intents() == ["deactivate"]


def test_a_leaver_goes_at_once(app, idp):
    person = idp.person("ada")
    drain(idp.integration)

    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    drain(idp.integration)

    assert app.accounts["ada@northwind.example"]["active"] is False


@pytest.mark.parametrize("is_deleted", [False, True], ids=["deactivated", "deleted"])
def test_a_leaver_whose_name_the_provider_frees_goes_by_the_name_they_had(app, idp, is_deleted):
    person = idp.person("ada")
    drain(idp.integration)
    freed = f"{uuid4().hex}ada@northwind.example"

    rename, leave = {"op": "Replace", "path": "userName", "value": freed}, {"op": "Replace", "path": "active"}
    wire.patch(idp, f"/Users/{person}", rename, leave | {"value": "False"})
    if is_deleted:
        idp.send("DELETE", f"/Users/{person}")
    drain(idp.integration)

    assert [order.person.user_name for order in app.orders[1:]] == ["ada@northwind.example"]
    assert app.accounts["ada@northwind.example"]["active"] is False
    assert idp.send("GET", f"/Users/{person}")[1].get("userName") == (None if is_deleted else freed)


def test_who_comes_back_under_their_own_name_is_found_again(app, idp):
    person = idp.person("ada")
    freed = {"op": "Replace", "path": "userName", "value": f"{uuid4().hex}ada@northwind.example"}
    wire.patch(idp, f"/Users/{person}", freed, {"op": "Replace", "path": "active", "value": "False"})
    drain(idp.integration)

    own = {"op": "Replace", "path": "userName", "value": "ada@northwind.example"}
    wire.patch(idp, f"/Users/{person}", own, {"op": "Replace", "path": "active", "value": "True"})
    drain(idp.integration)

    lasting = app.accounts.pop("lasting@northwind.example")
    assert app.accounts == {"ada@northwind.example": lasting}


def test_who_is_inactive_and_comes_again_so_stays_deactivated(app, idp):
    person = idp.person("ada")
    drain(idp.integration)
    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "active", "value": False})
    drain(idp.integration)

    assert idp.person("ada", active=False, title="Dr") == person
    drain(idp.integration)

    assert app.intents() == ["create", "deactivate", "deactivate"]
    assert app.accounts["ada@northwind.example"]["active"] is False


def test_the_loss_of_a_group_settles_first(app, idp, clock):
    person = idp.person("ada")
    group = idp.group("Editors", person)
    drain(idp.integration)
    assert app.accounts["ada@northwind.example"]["roles"] == ["Editors"]

    wire.patch(idp, f"/Groups/{group}", {"op": "remove", "path": f'members[value eq "{person}"]'})
    drain(idp.integration)
    assert app.accounts["ada@northwind.example"]["roles"] == ["Editors"]

    clock.shift(61)
    drain(idp.integration)
    assert app.accounts["ada@northwind.example"]["roles"] == []


def test_a_swap_of_groups_is_one_change_of_role(app, idp):
    person = idp.person("ada")
    first, second = idp.group("Editors", person), idp.group("Viewers")
    drain(idp.integration)
    app.orders.clear()

    wire.patch(idp, f"/Groups/{first}", {"op": "remove", "path": f'members[value eq "{person}"]'})
    wire.patch(idp, f"/Groups/{second}", {"op": "add", "path": "members", "value": [{"value": person}]})
    drain(idp.integration)

    assert app.accounts["ada@northwind.example"]["roles"] == ["Viewers"]
    assert len(app.orders) == 1


def test_a_change_of_something_else_does_not_take_the_group_early(app, idp, clock):
    person = idp.person("ada")
    group = idp.group("Editors", person)
    drain(idp.integration)

    wire.patch(idp, f"/Groups/{group}", {"op": "remove", "path": f'members[value eq "{person}"]'})
    wire.patch(idp, f"/Users/{person}", {"op": "replace", "path": "title", "value": "Dr"})
    drain(idp.integration)
    assert app.accounts["ada@northwind.example"]["roles"] == ["Editors"]

    clock.shift(61)
    drain(idp.integration)
    assert app.accounts["ada@northwind.example"]["roles"] == []


def test_a_deleted_group_is_taken_from_its_people(app, idp, clock):
    person = idp.person("ada")
    group = idp.group("Editors", person)
    drain(idp.integration)

    idp.send("DELETE", f"/Groups/{group}")
    drain(idp.integration)
    clock.shift(61)
    drain(idp.integration)

    assert app.accounts["ada@northwind.example"]["roles"] == []


def test_a_persons_trouble_stays_their_own(app, idp, clock):
    app.answer = lambda order: (
        Failed(Kind.INVALID, "No licence is left.") if order.person.user_name.startswith("ada") else None
    )
    ada = idp.person("ada")
    idp.person("ben")

    drain(idp.integration)

    assert "ben@northwind.example" in app.accounts
    dead = Delivery.objects.for_integration(idp.integration).get(label__startswith="ada")
    assert (dead.status, dead.place, dead.problem) == (Status.DEAD, 3, "No licence is left.")

    app.answer = lambda _order: None
    wire.patch(idp, f"/Users/{ada}", {"op": "replace", "path": "title", "value": "Dr"})
    drain(idp.integration)

    dead.refresh_from_db()
    assert dead.status == Status.SUPERSEDED
    assert "ada@northwind.example" in app.accounts


def test_an_app_that_is_down_holds_its_lane_with_growing_pauses(app, idp, clock):
    app.answer = lambda _order: Retry("No connection.")
    idp.person("ada")
    idp.person("ben")

    drain(idp.integration)
    lane = Lane.objects.for_integration(idp.integration).get()
    first = lane.next_attempt_at
    assert len(app.orders) == 1
    drain(idp.integration)
    assert len(app.orders) == 1

    clock.move_to(first)
    app.answer = lambda _order: None
    drain(idp.integration)

    assert {"ada@northwind.example", "ben@northwind.example"} <= set(app.accounts)
    lane.refresh_from_db()
    assert (lane.failures, lane.trouble) == (0, "")


def test_a_wrong_credential_holds_the_lane_and_nothing_becomes_dead(app, idp):
    app.answer = lambda _order: Failed(Kind.AUTH, "The app refuses the credential.")
    idp.person("ada")

    drain(idp.integration)

    lane = Lane.objects.for_integration(idp.integration).get()
    assert lane.held_for == "The app refuses the credential."
    assert statuses(idp, "ada") == [Status.HELD]


def test_a_connection_test_never_reaches_the_app(app, live, clock):
    idp = console.provider(live)
    person = idp.person("probe")
    drain(live)
    assert app.orders == []

    idp.send("DELETE", f"/Users/{person}")
    clock.shift(61)
    drain(live)

    assert app.orders == []
    assert statuses(idp) == [Status.CANCELLED]


def test_who_is_deleted_by_the_idp_is_deactivated_now_and_deleted_after_thirty_days(app, idp, clock):
    person = idp.person("ada")
    drain(idp.integration)

    idp.send("DELETE", f"/Users/{person}")
    drain(idp.integration)
    assert app.accounts["ada@northwind.example"]["active"] is False

    clock.shift(30 * 86_400 + 1)
    drain(idp.integration)
    assert "ada@northwind.example" not in app.accounts


def test_several_people_are_worked_on_side_by_side(app, idp):
    idp.integration.connector = "probe_wide"
    idp.integration.save()
    for number in range(12):
        idp.person(f"p{number}")

    drain(idp.integration)

    assert len(app.accounts) == 13
    assert probe_connectors.app is app


def test_outages_are_not_counted_as_refusals(app, idp, clock):
    answers = [Retry("Down."), Retry("Down."), Failed(Kind.NOT_FOUND, "No."), None]
    app.answer = lambda _order: answers.pop(0)
    idp.person("ada")

    for _turn in range(4):
        drain(idp.integration)
        clock.shift(3_600)

    assert statuses(idp, "ada") == [Status.DELIVERED]


def test_a_proof_that_is_no_json_is_kept_as_text(app, idp):
    seen = {"at": datetime(2026, 3, 1, tzinfo=UTC), "roles": {"Editor"}}
    app.answer = lambda _order: Done(Proof("Written.", seen), ref="7")
    idp.person("ada")

    drain(idp.integration)

    proof = Delivery.objects.get(label="ada@northwind.example").proof
    assert proof["seen"] == {"at": "2026-03-01 00:00:00+00:00", "roles": "{'Editor'}"}
    kept = {name: value for name, value in proof.items() if name != "digest"}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    assert proof["digest"] == hashlib.sha256(text.encode()).hexdigest()


def test_the_accounts_of_a_groups_members_are_known_however_many_they_are(integration, few_parameters):
    lines = [uuid4() for _ in range(few_parameters + 1)]
    for number in (0, few_parameters):
        factories.make_account(integration, ref=str(number), line=lines[number])

    known = orders.accounts(integration.pk, lines)

    assert {line: account.ref for line, account in known.items()} == {
        lines[0]: "0",
        lines[-1]: str(few_parameters),
    }
