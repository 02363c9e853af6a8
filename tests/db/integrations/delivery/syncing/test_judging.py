"""What is out of step, and who is not called so."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.utils import timezone

from integrations.delivery import provisioning_state
from integrations.delivery.connector import Failed, Kind
from integrations.delivery.models import AppAccount, AppConnection, Delivery, SyncRun
from integrations.delivery.provisioning_state import Person
from tests.db.integrations.delivery.conftest import drain
from tests.db.integrations.delivery.syncing.conftest import account, differences, sync
from tests.db.scim import wire

NAME = "ada@northwind.example"


def arrived(idp, *groups: str) -> str:
    person = idp.person("ada")
    for group in groups:
        idp.group(group, person)
    drain(idp.integration)
    return person


def test_an_app_that_is_as_wanted_is_in_step(app, idp):
    arrived(idp, "Editors")

    run = sync(idp.integration)

    assert differences(idp.integration) == {}
    assert (run.matched, run.out_of_step) == (2, 0)


def test_an_account_that_was_switched_off_is_out_of_step(app, idp):
    ada = arrived(idp)
    app.accounts[NAME]["active"] = False

    run = sync(idp.integration)

    assert differences(idp.integration) == {NAME: ["The account is not active in the app."]}
    assert run.out_of_step == 1
    stand = provisioning_state.of(idp.integration, [Person(UUID(ada), is_test=False, is_deleted=False)])
    assert stand[UUID(ada)].state == provisioning_state.State.OUT_OF_STEP


def test_a_role_that_is_missing_and_one_too_many_are_told(app, idp):
    arrived(idp, "Editors")
    app.accounts[NAME]["roles"] = ["Owner"]

    sync(idp.integration)

    assert differences(idp.integration) == {
        NAME: ["The role Editors is missing in the app.", "In the app there is also the role Owner."]
    }


def test_an_attribute_that_was_changed_in_the_app_is_told(app, idp):
    ada = arrived(idp, "Editors")
    wire.patch(idp, f"/Users/{ada}", {"op": "add", "path": "title", "value": "Countess"})
    drain(idp.integration)
    app.accounts[NAME]["title"] = "Poet"

    sync(idp.integration)

    assert differences(idp.integration) == {NAME: ["The title is Poet, not Countess."]}


def test_of_an_account_matched_in_the_same_run_as_well(app, idp):
    app.accounts[NAME] = {"roles": [], "title": "Poet"}
    sync(idp.integration)
    app.answer = lambda _order: Failed(Kind.INVALID, "No.")
    idp.person("ada", title="Countess")
    drain(idp.integration)
    Delivery.objects.filter(place__isnull=False).update(place=None, ended_at=timezone.now())

    sync(idp.integration)

    assert "The title is Poet, not Countess." in differences(idp.integration)[NAME]


@pytest.mark.parametrize("title", ["x" * 20_000, float("nan"), object(), {"a": {1, 2}}], ids=type)
def test_what_cannot_be_kept_is_not_compared(app, idp, title):
    arrived(idp)
    app.accounts[NAME]["title"] = title

    assert sync(idp.integration).state == SyncRun.State.DONE

    assert differences(idp.integration) == {}
    assert account(idp.integration, user_name=NAME).shown is None


def test_what_no_database_takes_is_kept_with_a_sign_in_its_place(app, idp):
    arrived(idp)
    app.accounts[NAME]["title"] = "a\0b\ud800"

    assert sync(idp.integration).state == SyncRun.State.DONE
    shown = account(idp.integration, user_name=NAME).shown
    assert shown is not None
    assert shown["attributes"]["title"] == "a\N{SYMBOL FOR NULL}b?"


def test_roles_are_told_apart_without_case_and_by_name_or_value(app, idp):
    rules = [{"group": "Editors", "value": "role-7", "name": "Editor"}]
    AppConnection.objects.filter(integration=idp.integration).update(roles=rules)
    arrived(idp, "Editors")
    app.accounts[NAME]["roles"] = ["EDITOR"]

    sync(idp.integration)

    assert differences(idp.integration) == {}


def test_roles_that_the_app_does_not_show_are_not_judged(app, idp):
    ada = arrived(idp, "Editors")
    app.accounts[NAME]["roles"] = None

    sync(idp.integration)

    assert differences(idp.integration) == {}
    assert account(idp.integration, ada).roles == ["Editors"]


def test_somebody_without_an_account_is_missing_and_gets_a_new_one(app, idp):
    ada = arrived(idp)
    del app.accounts[NAME]

    sync(idp.integration)

    row = account(idp.integration, ada)
    assert (row.ref, row.is_gone, row.differences) == ("", True, ["There is no account in the app."])


def test_somebody_whom_nothing_was_delivered_for_is_missing_too(app, idp):
    idp.integration.mode = "observing"
    idp.integration.save()
    ben = idp.person("ben")

    sync(idp.integration)

    row = account(idp.integration, ben)
    assert (str(row), row.differences) == ("ben@northwind.example", ["There is no account in the app."])


def test_a_leaver_without_an_account_is_in_step(app, idp):
    ada = arrived(idp)
    wire.patch(idp, f"/Users/{ada}", {"op": "replace", "path": "active", "value": False})
    drain(idp.integration)
    app.accounts[NAME]["active"] = True
    sync(idp.integration)
    assert differences(idp.integration) == {NAME: ["The account is still active in the app."]}
    del app.accounts[NAME]

    sync(idp.integration)

    assert differences(idp.integration) == {}
    assert account(idp.integration, ada).is_active is False


def test_somebody_deleted_whose_account_came_back_is_out_of_step_until_it_goes(app, idp):
    ada = arrived(idp)
    idp.send("DELETE", f"/Users/{ada}")
    drain(idp.integration)
    app.accounts[NAME]["active"] = True
    sync(idp.integration)
    assert differences(idp.integration) == {NAME: ["The account is still active in the app."]}
    del app.accounts[NAME]

    sync(idp.integration)

    assert differences(idp.integration) == {}


def test_the_policy_says_what_a_leaver_may_keep(app, idp):
    ada = arrived(idp, "Editors")
    wire.patch(idp, f"/Users/{ada}", {"op": "replace", "path": "active", "value": False})
    drain(idp.integration)
    app.accounts[NAME] = {"active": True, "roles": ["Editors"]}
    told = {}
    for policy in AppConnection.Leaving:
        AppConnection.objects.filter(integration=idp.integration).update(on_deactivate=policy)
        sync(idp.integration)
        told[policy.value] = differences(idp.integration).get(NAME, [])

    assert told == {
        "deactivate": ["The account is still active in the app."],
        "delete": ["The account is still in the app."],
        "remove_roles": ["In the app there is also the role Editors."],
        "nothing": [],
    }


def test_a_person_with_an_open_delivery_is_not_called_out_of_step(app, idp):
    arrived(idp)
    idp.person("ben")
    app.answer = lambda _order: Failed(Kind.INVALID, "No licence is left.")
    drain(idp.integration)

    run = sync(idp.integration)

    assert differences(idp.integration) == {}
    assert run.out_of_step == 0


def test_who_was_carried_while_the_app_was_read_is_not_judged_by_the_older_page(app, idp, clock):
    ada = arrived(idp)
    app.page_size = 1

    def carried_meanwhile(start: int) -> None:
        clock.shift(1)
        if start:
            wire.patch(idp, f"/Users/{ada}", {"op": "replace", "path": "active", "value": False})
            drain(idp.integration)
            app.accounts[NAME]["active"] = True  # as the page that was under way had it

    app.before_page = carried_meanwhile

    sync(idp.integration)

    assert differences(idp.integration) == {}
    assert account(idp.integration, ada).is_active is False


def test_a_group_is_not_taken_for_an_account(app, idp):
    AppAccount.objects.create(
        integration=idp.integration, line=idp.group("Editors"), ref="7", user_name="", roles=[]
    )
    app.accounts["7"] = {"user_name": "robot"}

    sync(idp.integration)

    assert account(idp.integration, user_name="robot").line is None


def test_differences_are_gone_once_a_delivery_has_arrived(app, idp):
    ada = arrived(idp, "Editors")
    app.accounts[NAME]["roles"] = []
    sync(idp.integration)
    wire.patch(idp, f"/Users/{ada}", {"op": "replace", "path": "title", "value": "Dr"})

    drain(idp.integration)

    row = account(idp.integration, ada)
    assert (row.is_out_of_step, row.differences) == (False, [])
