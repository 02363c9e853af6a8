"""What people decide about what a sync found."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from integrations.audit.models import AuditEntry
from integrations.delivery.connector import Failed, Kind, Order
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppAccount, Delivery, SyncRun
from integrations.delivery.syncing import listing, verbs
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Role
from tests import factories
from tests.db import console
from tests.db.integrations.delivery.conftest import drain, going
from tests.db.integrations.delivery.syncing.conftest import account, differences, sync
from tests.db.scim import wire

NAME = "ada@northwind.example"


def audited(integration) -> list[str]:
    rows = AuditEntry.objects.filter(integration=integration).order_by("pk")
    return [row.action for row in rows if row.action.startswith(("sync.", "account."))]


def out_of_step(integration) -> list[AppAccount]:
    return list(listing.out_of_step(integration))


@pytest.fixture
def ada(app, idp) -> str:
    """Somebody in the app, with a role that somebody took away there."""
    person = idp.person("ada")
    idp.group("Editors", person)
    drain(idp.integration)
    app.accounts[NAME]["roles"] = []
    return person


@pytest.mark.parametrize(
    ("kind", "words"), [("", "Choose how changes reach the app"), ("probe", "Probe cannot read")]
)
def test_what_cannot_be_read_is_not_synced(app, integration, kind, words):
    if kind:
        going(integration, kind)

    with pytest.raises(Refused, match=words):
        verbs.start(integration, by=factories.OPERATOR)

    assert not SyncRun.objects.exists()


def test_an_archived_integration_is_not_synced(app, readable):
    readable.archived_at = readable.created_at

    with pytest.raises(Refused, match="archived"):
        verbs.start(readable, by=factories.OPERATOR)


def test_a_member_of_tasks_alone_may_do_none_of_it(app, idp, ada):
    run = sync(idp.integration)
    hands = factories.make_member(idp.integration.workspace, Role.MEMBER)
    row = account(idp.integration, ada)

    for act in (
        lambda: verbs.start(idp.integration, by=hands),
        lambda: verbs.stop(run, by=hands),
        lambda: verbs.bring_in_step([row], by=hands),
        lambda: verbs.take_over([row], by=hands),
        lambda: verbs.match(row, UUID(ada), by=hands),
        lambda: verbs.unmatch(row, by=hands),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_app_is_brought_in_step_by_a_delivery(app, idp, ada, admin):
    sync(idp.integration)

    assert verbs.bring_in_step(out_of_step(idp.integration), by=admin) == 1
    assert out_of_step(idp.integration) == []
    drain(idp.integration)

    assert app.accounts[NAME]["roles"] == ["Editors"]
    sync(idp.integration)
    assert differences(idp.integration) == {}
    assert audited(idp.integration).count("account.brought_in_step") == 1


def test_who_is_missing_gets_an_account_and_who_left_loses_it(app, idp, ada):
    ben = idp.person("ben")
    drain(idp.integration)
    wire.patch(idp, f"/Users/{ben}", {"op": "replace", "path": "active", "value": False})
    drain(idp.integration)
    app.accounts["ben@northwind.example"]["active"] = True
    del app.accounts[NAME]
    sync(idp.integration)
    app.orders.clear()

    assert verbs.bring_in_step(out_of_step(idp.integration), by=factories.OPERATOR) == 2
    drain(idp.integration)

    assert sorted(app.intents()) == ["create", "deactivate"]
    assert app.accounts["ben@northwind.example"]["active"] is False
    sync(idp.integration)
    assert differences(idp.integration) == {}


def test_nothing_is_brought_in_step_while_nothing_is_delivered(app, idp, ada):
    connecting.observe(idp.integration, by=factories.OPERATOR)
    sync(idp.integration)

    with pytest.raises(Refused, match="not switched on"):
        verbs.bring_in_step(out_of_step(idp.integration), by=factories.OPERATOR)


def test_who_has_a_delivery_on_its_way_is_not_brought_in_step_twice(app, idp, ada):
    sync(idp.integration)
    rows = out_of_step(idp.integration)
    before = Delivery.objects.count()

    done = [verbs.bring_in_step(rows, by=factories.OPERATOR) for _each in range(2)]

    assert done == [1, 0]
    assert Delivery.objects.count() == before + 1


def test_what_was_taken_over_is_not_told_again_until_it_changes(app, idp, ada, admin):
    sync(idp.integration)
    assert verbs.take_over(out_of_step(idp.integration), by=admin) == 1
    sync(idp.integration)
    assert differences(idp.integration) == {}

    app.accounts[NAME]["roles"] = ["Owner"]
    sync(idp.integration)
    assert differences(idp.integration) == {NAME: ["In the app there is also the role Owner."]}

    app.accounts[NAME]["roles"] = ["Editors"]
    sync(idp.integration)
    assert differences(idp.integration) == {}
    app.accounts[NAME]["roles"] = []
    sync(idp.integration)
    assert differences(idp.integration) == {NAME: ["The role Editors is missing in the app."]}
    assert audited(idp.integration).count("account.taken_over") == 1


def test_a_suggestion_is_applied_by_a_person_and_judged_at_once(app, idp, admin):
    connecting.observe(idp.integration, by=factories.OPERATOR)
    ben = idp.person("ben")
    app.accounts["7"] = {"user_name": "ben", "active": False}
    sync(idp.integration)
    (found,) = listing.suggestions(idp.integration)

    verbs.match(found, UUID(ben), by=admin)

    row = account(idp.integration, ben)
    assert (row.ref, row.is_gone, row.suggestion) == ("7", False, None)
    assert row.differences == ["The account is not active in the app."]
    assert audited(idp.integration)[-1] == "account.matched"


def test_deliveries_after_a_match_go_to_that_account(app, idp):
    ben = idp.person("ben")
    app.accounts["7"] = {"user_name": "benjamin"}
    app.answer = lambda _order: None
    connecting.observe(idp.integration, by=factories.OPERATOR)
    sync(idp.integration)
    verbs.match(account(idp.integration, ref="7"), UUID(ben), by=factories.OPERATOR)
    connecting.go_live(idp.integration, by=factories.OPERATOR)
    wire.patch(idp, f"/Users/{ben}", {"op": "replace", "path": "active", "value": False})

    drain(idp.integration)

    assert app.accounts["7"]["active"] is False
    assert "ben@northwind.example" not in app.accounts


def test_a_person_has_one_account_and_an_account_one_person(app, idp, ada):
    app.accounts["7"] = {"user_name": "other"}
    sync(idp.integration)
    found, own = account(idp.integration, ref="7"), account(idp.integration, ada)

    with pytest.raises(Refused, match="has the account"):
        verbs.match(found, UUID(ada), by=factories.OPERATOR)
    with pytest.raises(Refused, match="belongs to somebody"):
        verbs.match(own, UUID(ada), by=factories.OPERATOR)
    with pytest.raises(Refused, match="no such person"):
        verbs.match(found, uuid4(), by=factories.OPERATOR)


def test_a_person_of_another_integration_is_not_known(app, idp, owner):
    other = console.provider(factories.make_integration(owner.workspace, "Other"))
    stranger = other.person("eve")
    app.accounts["7"] = {}
    sync(idp.integration)

    with pytest.raises(Refused, match="no such person"):
        verbs.match(account(idp.integration, ref="7"), UUID(stranger), by=factories.OPERATOR)


def test_an_account_that_was_taken_from_somebody_is_not_given_back_by_itself(app, idp, ada, admin):
    sync(idp.integration)

    verbs.unmatch(account(idp.integration, ada), by=admin)

    sync(idp.integration)
    found = account(idp.integration, ref=NAME)
    assert (found.line, found.suggestion, found.is_kept_apart) == (None, None, True)
    assert account(idp.integration, ada).differences == ["There is no account in the app."]
    verbs.match(found, UUID(ada), by=admin)
    assert account(idp.integration, ada).ref == NAME
    assert [one for one in audited(idp.integration) if "match" in one] == [
        "account.unmatched",
        "account.matched",
    ]


def test_a_delivery_is_told_which_accounts_are_not_theirs_until_one_is_matched(app, idp, ada):
    sync(idp.integration)
    verbs.unmatch(account(idp.integration, ada), by=factories.OPERATOR)
    found = account(idp.integration, ref=NAME)

    told: list[frozenset[str]] = []

    def refuse(order: Order) -> Failed:
        assert order.person is not None
        told.append(order.person.not_theirs)
        return Failed(Kind.INVALID, "No.")

    app.answer = refuse
    for decide in (lambda: None, lambda: verbs.match(found, UUID(ada), by=factories.OPERATOR)):
        decide()
        change = {"op": "replace", "path": "title", "value": f"Countess {len(told)}"}
        wire.patch(idp, f"/Users/{ada}", change)
        drain(idp.integration)

    assert told == [frozenset({NAME}), frozenset()]


def test_a_suggestion_that_was_declined_is_not_made_again(app, idp):
    connecting.observe(idp.integration, by=factories.OPERATOR)
    idp.person("ben")
    app.accounts["7"] = {"user_name": "ben"}
    sync(idp.integration)

    verbs.unmatch(account(idp.integration, ref="7"), by=factories.OPERATOR)
    sync(idp.integration)

    assert account(idp.integration, ref="7").suggestion is None


def test_there_is_nothing_to_take_from_somebody_without_an_account(app, idp, ada):
    del app.accounts[NAME]
    sync(idp.integration)

    with pytest.raises(Refused, match="no account in the app"):
        verbs.unmatch(account(idp.integration, ada), by=factories.OPERATOR)


def test_starting_and_stopping_are_audited(app, idp, admin):
    run = verbs.start(idp.integration, by=admin)
    verbs.stop(run, by=admin)

    assert audited(idp.integration) == ["sync.started", "sync.stopped"]
    assert run.by == admin.user.email
