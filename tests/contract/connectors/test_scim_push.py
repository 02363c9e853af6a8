"""What an identity provider sends here is in an app that has SCIM: the whole way, read in the app."""

from __future__ import annotations

import pytest

from integrations.delivery.errands import connecting
from integrations.delivery.models import AppAccount, Delivery, Lane
from integrations.delivery.turns import worker
from tests import factories
from tests.contract.connectors.scim_apps import ENTERPRISE, ScimApp
from tests.db import console
from tests.db.console import Provider
from tests.db.scim import wire

Status = Delivery.Status
ADA, BEN = "ada@northwind.example", "ben@northwind.example"


@pytest.fixture
def app(scim_app) -> ScimApp:
    return scim_app


@pytest.fixture
def idp(app, loopback, integration, clock) -> Provider:
    """Sends to an integration that delivers into the app, and where somebody stayed: nobody is taken for a
    connection test any more."""
    return deliver_into(app, console.provider(integration), clock)


def deliver_into(app: ScimApp, found: Provider, clock, **settings: object) -> Provider:
    found.person("lasting")
    clock.shift(61)
    values = {"base_url": app.url, "token": app.token, **settings}
    connecting.change(found.integration, "scim_push", values, by=factories.OPERATOR)
    connecting.go_live(found.integration, by=factories.OPERATOR)
    drain(found)
    return found


def drain(idp: Provider) -> None:
    worker.drain(idp.integration.pk)


def last(idp: Provider, name: str = "") -> Delivery:
    rows = Delivery.objects.for_integration(idp.integration).order_by("-number")
    return next(row for row in rows if name in row.label)


def problems(idp: Provider) -> list[str]:
    ended = {Status.DELIVERED, Status.SUPERSEDED}
    rows = Delivery.objects.for_integration(idp.integration).exclude(status__in=ended)
    return [f"{row.intent} {row.label} {row.status}: {row.problem}" for row in rows]


def test_a_person_and_a_group_arrive(app, idp):
    body = {
        "userName": ADA,
        "externalId": "a-1",
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "title": "Countess",
        "emails": [{"value": ADA, "type": "work", "primary": True}],
        "password": "correct horse",
        ENTERPRISE: {"department": "Research", "manager": {"value": "m-1"}},
    }
    ada = idp.send("POST", "/Users", body)[1]["id"]
    idp.group("Editors", ada)
    drain(idp)

    assert problems(idp) == []
    account = app.account(ADA)
    assert (account["externalId"], account["title"], account["active"]) == ("a-1", "Countess", True)
    assert account["name"] == {"givenName": "Ada", "familyName": "Lovelace"}
    assert account[ENTERPRISE] == {"department": "Research"}
    assert app.groups() == {"Editors": {ADA}}
    assert AppAccount.objects.for_integration(idp.integration).get(line=ada).ref == account["id"]


def test_people_and_groups_from_before_arrive_when_delivery_is_switched_on(app, loopback, integration, clock):
    before = console.provider(integration)
    before.group("Editors", before.person("ada"), before.person("ben"))

    idp = deliver_into(app, before, clock)

    assert problems(idp) == []
    assert app.groups() == {"Editors": {ADA, BEN}}
    assert len(app.everything("/Groups")) == 1


def test_a_group_that_was_there_follows_its_new_name(app, loopback, integration, clock):
    found = app.has_group("editors")
    before = console.provider(integration)
    ada = before.person("ada")
    editors = before.group("Editors", ada)
    idp = deliver_into(app, before, clock)

    wire.patch(idp, f"/Groups/{editors}", {"op": "replace", "path": "displayName", "value": "Authors"})
    wire.patch(idp, f"/Groups/{editors}", {"op": "remove", "path": f'members[value eq "{ada}"]'})
    drain(idp)
    clock.shift(61)
    drain(idp)

    assert problems(idp) == []
    assert app.groups() == {"Authors": set()}
    assert [one["id"] for one in app.everything("/Groups")] == [found]


def test_people_who_share_an_address_keep_their_own_accounts(app, loopback, integration, clock):
    before = console.provider(integration)
    for name in ("ada", "ben"):
        before.person(name, emails=[{"value": "team@northwind.example", "type": "work"}])
    deliver_into(app, before, clock, takes_over=True)

    assert {ADA, BEN} <= set(app.people())


def test_what_changes_is_changed_and_no_more(app, idp):
    ada = idp.person("ada", title="Countess")
    drain(idp)
    account = app.account(ADA)
    app.ask("PATCH", f"/Users/{account['id']}", patch("add", "nickName", "Augusta"))

    wire.patch(
        idp,
        f"/Users/{ada}",
        {"op": "replace", "path": "userName", "value": "countess@northwind.example"},
        {"op": "replace", "path": "title", "value": "Analyst"},
        {"op": "add", "path": f"{ENTERPRISE}:costCenter", "value": "7"},
    )
    drain(idp)

    assert problems(idp) == []
    found = app.account("countess@northwind.example")
    assert (found["id"], found["title"], found["nickName"]) == (account["id"], "Analyst", "Augusta")
    assert found[ENTERPRISE] == {"costCenter": "7"}
    sent = [one["sent"] for one in last(idp).tries.get().exchanges if one["words"].startswith("PATCH")]
    assert len(sent) == 1
    assert "displayName" not in sent[0]


def test_groups_come_change_their_name_and_go(app, idp, clock):
    ada, ben = idp.person("ada"), idp.person("ben")
    editors = idp.group("Editors", ada)
    drain(idp)

    wire.patch(idp, f"/Groups/{editors}", {"op": "replace", "path": "displayName", "value": "Authors"})
    wire.patch(idp, f"/Groups/{editors}", {"op": "add", "path": "members", "value": [{"value": ben}]})
    drain(idp)
    assert app.groups() == {"Authors": {ADA, BEN}}

    wire.patch(idp, f"/Groups/{editors}", {"op": "remove", "path": f'members[value eq "{ada}"]'})
    clock.shift(61)
    drain(idp)
    assert app.groups() == {"Authors": {BEN}}

    idp.send("DELETE", f"/Groups/{editors}")
    drain(idp)
    clock.shift(61)
    drain(idp)
    assert app.groups() == {}
    assert problems(idp) == []


def test_a_leaver_is_deactivated_deleted_later_and_comes_back(app, idp, clock):
    ada = idp.person("ada", externalId="a-1")
    drain(idp)
    ref = app.account(ADA)["id"]

    wire.patch(idp, f"/Users/{ada}", {"op": "replace", "path": "active", "value": False})
    drain(idp)
    assert app.people()[ADA] is False

    wire.patch(idp, f"/Users/{ada}", {"op": "replace", "path": "active", "value": True})
    drain(idp)
    assert (app.people()[ADA], app.account(ADA)["id"]) == (True, ref)

    idp.send("DELETE", f"/Users/{ada}")
    drain(idp)
    assert app.people()[ADA] is False

    clock.shift(30 * 86_400 + 1)
    drain(idp)
    assert ADA not in app.people()

    idp.person("ada", externalId="a-1")
    drain(idp)
    assert app.people()[ADA] is True
    assert problems(idp) == []


def test_accounts_and_groups_that_are_there_are_taken_over(app, idp):
    by_name = app.has("ADA@northwind.example", title="Poet")
    by_email = app.has("benjamin", emails=[{"value": BEN, "type": "work"}])
    stranger = app.has("stranger@app.example")
    group = app.has_group("Editors", stranger)

    ada, ben = idp.person("ada"), idp.person("ben", emails=[{"value": BEN, "type": "work"}])
    idp.group("Editors", ada, ben)
    drain(idp)

    assert problems(idp) == []
    refs = dict(AppAccount.objects.for_integration(idp.integration).values_list("user_name", "ref"))
    assert (refs[ADA], refs[BEN]) == (by_name, by_email)
    assert app.groups() == {"Editors": {"ADA@northwind.example", BEN, "stranger@app.example"}}
    assert [one["id"] for one in app.everything("/Groups")] == [group]
    assert app.people()["stranger@app.example"] is True
    assert app.account("ADA@northwind.example")["title"] == "Poet"


def test_an_account_of_another_system_is_left_alone_until_an_admin_allows_it(app, idp):
    app.has(ADA, externalId="of-another")

    idp.person("ada", externalId="a-1")
    drain(idp)
    found = last(idp, "ada")
    assert found.status == Status.RETRYING
    assert "belongs to another system" in found.problem
    assert app.account(ADA)["externalId"] == "of-another"

    values = {"base_url": app.url, "takes_over": "on"}
    connecting.change(idp.integration, "scim_push", values, by=factories.OPERATOR)
    Delivery.objects.for_integration(idp.integration).filter(pk=found.pk).update(due_at=found.created_at)
    drain(idp)
    assert app.account(ADA)["externalId"] == "a-1"
    assert problems(idp) == []


def test_memberships_that_are_not_the_identity_providers_stay(app, idp, clock):
    ada = idp.person("ada")
    drain(idp)
    app.has_group("Own", app.account(ADA)["id"])
    editors = idp.group("Editors", ada)
    drain(idp)

    wire.patch(idp, f"/Groups/{editors}", {"op": "remove", "path": f'members[value eq "{ada}"]'})
    clock.shift(61)
    drain(idp)

    assert app.groups() == {"Own": {ADA}, "Editors": set()}


def test_a_large_group_is_filled_in_pieces(app, loopback, integration, clock, monkeypatch):
    monkeypatch.setattr("integrations.delivery.connectors.scim_push.members.CHUNK", 5)
    before = console.provider(integration)
    people = [before.person(f"p{number}") for number in range(12)]
    idp = deliver_into(app, before, clock)

    idp.group("Everybody", *people)
    drain(idp)

    assert problems(idp) == []
    assert len(app.groups()["Everybody"]) == 12


def test_a_wrong_token_holds_the_lane_and_nothing_becomes_dead(app, idp):
    wrong = {"base_url": app.url, "token": "wrong"}
    connecting.change(idp.integration, "scim_push", wrong, by=factories.OPERATOR)

    idp.person("ada")
    drain(idp)

    lane = Lane.objects.for_integration(idp.integration).get()
    assert lane.held_for.startswith("The app does not accept the gateway's sign-in (401).")
    assert last(idp).status == Status.HELD

    connecting.change(
        idp.integration, "scim_push", {"base_url": app.url, "token": app.token}, by=factories.OPERATOR
    )
    drain(idp)
    assert app.people()[ADA] is True
    assert problems(idp) == []


def patch(op: str, path: str, value: object) -> dict:
    return {"schemas": [wire.PATCH_OP], "Operations": [{"op": op, "path": path, "value": value}]}
