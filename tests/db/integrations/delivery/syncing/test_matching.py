"""Whose the accounts of the app are."""

from __future__ import annotations

from uuid import UUID

import pytest

from integrations.delivery.models import AppAccount, AppConnection, SyncRun
from tests.db import console
from tests.db.integrations.delivery.conftest import drain
from tests.db.integrations.delivery.syncing.conftest import account, sync
from tests.db.scim import wire

Origin = AppAccount.Origin


@pytest.fixture
def observed(readable, idp):
    """People whom nothing was delivered for."""
    readable.mode = "observing"
    readable.save()
    return idp


def test_an_account_is_matched_by_the_ref_that_a_delivery_left(app, idp):
    ada = idp.person("ada")
    drain(idp.integration)
    app.accounts["ada@northwind.example"]["user_name"] = "renamed.in.the.app"

    run = sync(idp.integration)

    row = account(idp.integration, ada)
    assert (row.ref, row.user_name, row.origin) == (
        "ada@northwind.example",
        "renamed.in.the.app",
        Origin.IDP,
    )
    assert (run.state, run.seen, run.matched, run.unmatched) == (SyncRun.State.DONE, 2, 2, 0)


def test_an_account_that_was_there_is_matched_by_its_user_name(app, observed):
    ada = observed.person("ada")
    app.accounts["7"] = {"user_name": "ADA@northwind.example"}

    sync(observed.integration)

    row = account(observed.integration, ada)
    assert (row.ref, row.origin, row.differences) == ("7", Origin.FOUND, [])


def test_an_account_is_matched_by_the_user_name_that_the_mapping_gives(app, observed):
    AppConnection.objects.filter(integration=observed.integration).update(
        attributes={"user_name": "nickName"}
    )
    ada = observed.person("ada", nickName="alovelace")
    app.accounts["7"] = {"user_name": "alovelace"}

    sync(observed.integration)

    assert account(observed.integration, ada).ref == "7"


def test_a_user_name_goes_before_an_address_whoever_comes_first(app, observed):
    ada = observed.person("ada", emails=[{"value": "shared@northwind.example", "type": "work"}])
    ben = observed.person("ben")
    app.accounts["7"] = {"user_name": "ben@northwind.example", "email": "shared@northwind.example"}
    app.accounts["8"] = {"user_name": "x", "email": "shared@northwind.example"}

    sync(observed.integration)

    assert account(observed.integration, ben).ref == "7"
    assert account(observed.integration, ada).ref == "8"


def test_an_address_that_two_people_share_takes_nobodys_account(app, observed, monkeypatch):
    monkeypatch.setattr("integrations.delivery.syncing.matching.CHUNK", 1)
    office = [{"value": "office@northwind.example", "type": "work"}]
    ada, ben = observed.person("ada", emails=office), observed.person("ben", emails=office)
    app.accounts["7"] = {"user_name": "x", "email": "office@northwind.example"}

    run = sync(observed.integration)

    row = account(observed.integration, ref="7")
    assert row.line is None
    assert row.suggestion in {UUID(ada), UUID(ben)}
    assert (row.claims, run.unmatched) == (0, 1)


@pytest.mark.parametrize("first", ["ada", "zoe"])
def test_an_address_stays_shared_when_one_of_the_two_has_an_account(app, observed, first):
    office = [{"value": "office@northwind.example", "type": "work"}]
    people = {name: observed.person(name, emails=office) for name in ("ada", "zoe")}
    app.accounts["6"] = {"user_name": f"{first}@northwind.example", "email": "office@northwind.example"}
    app.accounts["7"] = {"user_name": "x", "email": "office@northwind.example"}

    sync(observed.integration)

    assert account(observed.integration, people.pop(first)).ref == "6"
    row = account(observed.integration, ref="7")
    assert (row.line, row.claims) == (None, 0)
    assert [str(row.suggestion)] == list(people.values())


def test_a_person_with_two_accounts_of_one_address_gets_neither_by_itself(app, observed):
    ada = observed.person("ada")
    for name in ("7", "8"):
        app.accounts[name] = {"user_name": f"x{name}", "email": "ada@northwind.example"}

    sync(observed.integration)

    rows = AppAccount.objects.for_integration(observed.integration).filter(line=None, is_kept_apart=False)
    assert {row.ref: row.suggestion for row in rows} == {"7": UUID(ada), "8": UUID(ada)}


def test_an_account_that_one_person_alone_claims_is_theirs_whomever_another_way_suggested(app, observed):
    AppConnection.objects.filter(integration=observed.integration).update(
        attributes={"user_name": "nickName"}
    )
    jo = observed.person("jo", nickName="jo", emails=[])
    smith = observed.person("jsmith", emails=[{"value": "jo.smith@northwind.example", "type": "work"}])
    app.accounts["7"] = {"user_name": "jo", "email": "jo.smith@northwind.example"}
    app.accounts["8"] = {"user_name": "jo@northwind.example"}

    sync(observed.integration)

    assert account(observed.integration, ref="7").line == UUID(smith)
    assert account(observed.integration, ref="8").suggestion == UUID(jo)


def test_a_name_that_is_only_alike_is_suggested_and_never_applied(app, observed):
    ada = observed.person("ada")
    app.accounts["7"] = {"user_name": "u7", "display_name": "ada"}

    for _again in range(2):
        sync(observed.integration)

    row = account(observed.integration, ref="7")
    assert (row.line, row.suggestion) == (None, UUID(ada))


def test_an_account_without_anybody_is_kept_as_found_and_never_touched(app, idp):
    app.accounts["robot"] = {"user_name": "robot", "active": True, "roles": ["Admin"]}

    sync(idp.integration)
    drain(idp.integration)

    row = account(idp.integration, ref="robot")
    assert (row.line, row.suggestion, row.origin, row.roles) == (None, None, Origin.FOUND, ["Admin"])
    assert app.accounts["robot"] == {"user_name": "robot", "active": True, "roles": ["Admin"]}


def test_the_account_of_somebody_who_was_deleted_is_theirs(app, observed):
    ada = observed.person("ada")
    observed.send("DELETE", f"/Users/{ada}")
    app.accounts["7"] = {"user_name": "ada@northwind.example", "active": True}

    sync(observed.integration)

    row = account(observed.integration, ada)
    assert (row.ref, row.differences) == ("7", ["The account is still active in the app."])


def test_an_account_suggested_for_somebody_who_is_there_goes_to_nobody_who_was_deleted(app, observed):
    gone = observed.person("ada")
    observed.send("DELETE", f"/Users/{gone}")
    shared = [{"value": "office@northwind.example", "type": "work"}]
    people = {observed.person(name, emails=shared) for name in ("ben", "eve")}
    app.accounts["7"] = {"user_name": "ada@northwind.example", "email": "office@northwind.example"}

    sync(observed.integration)

    row = account(observed.integration, ref="7")
    assert (row.line, str(row.suggestion) in people) == (None, True)


def test_a_user_name_that_somebody_has_again_is_nobodys_who_was_deleted(app, idp):
    gone = idp.person("ada", externalId="1")
    idp.send("DELETE", f"/Users/{gone}")
    idp.person("ada", externalId="2")
    drain(idp.integration)
    AppAccount.objects.for_integration(idp.integration).filter(line=UUID(gone)).delete()
    app.accounts["7"] = {"user_name": "ada@northwind.example"}

    sync(idp.integration)

    assert account(idp.integration, ref="7").line is None


def test_an_account_made_anew_in_the_app_takes_the_place_of_the_old(app, idp):
    ada = idp.person("ada")
    drain(idp.integration)
    app.accounts["9"] = {**app.accounts.pop("ada@northwind.example"), "user_name": "ada@northwind.example"}

    sync(idp.integration)

    row = account(idp.integration, ada)
    assert (row.ref, row.is_gone, row.differences) == ("9", False, [])


def test_what_is_gone_from_the_app_is_forgotten(app, idp):
    app.accounts["robot"] = {}
    sync(idp.integration)
    del app.accounts["robot"]

    sync(idp.integration)

    assert not AppAccount.objects.for_integration(idp.integration).filter(ref="robot").exists()


def test_what_a_delivery_took_over_is_listed_once(app, observed):
    ada = observed.person("ada")
    app.accounts["ada@northwind.example"] = {"user_name": "u7"}
    sync(observed.integration)
    row = account(observed.integration, ada)
    row.ref = "ada@northwind.example"
    row.save()

    sync(observed.integration)

    assert account(observed.integration, ref="ada@northwind.example").line == UUID(ada)


def test_a_test_person_is_matched_with_nothing(app, readable, clock):
    sender = console.provider(readable)
    made = sender.person("probe")
    sender.send("DELETE", f"/Users/{made}")
    app.accounts["7"] = {"user_name": "probe@northwind.example"}

    sync(readable)

    assert account(readable, ref="7").line is None


def test_a_renamed_person_is_matched_by_the_new_name(app, observed):
    ada = observed.person("ada")
    wire.patch(
        observed, f"/Users/{ada}", {"op": "replace", "path": "userName", "value": "ada.l@northwind.example"}
    )
    app.accounts["7"] = {"user_name": "ada.l@northwind.example"}

    sync(observed.integration)

    assert account(observed.integration, ada).ref == "7"
