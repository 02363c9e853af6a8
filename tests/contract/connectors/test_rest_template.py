"""The REST template before a real small app with quirks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest

from cerby_gateway.demo.sample_app import SampleApp
from integrations.delivery.connector import (
    Done,
    Failed,
    Intent,
    Kind,
    LaneLostError,
    Retry,
    Verdict,
)
from integrations.kit import outbound_wire
from tests.contract.connectors.sample import ADA, TOKEN, ada, connector, edited, effects, order


@pytest.fixture
def app(settings) -> Iterator[SampleApp]:
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PROXY = [ip_network("127.0.0.0/8")], ""
    with SampleApp(TOKEN) as running:
        yield running


@pytest.fixture
def rest(app):
    made = connector(app)
    yield made
    made.close()


def test_a_person_arrives_with_their_roles_and_it_is_proved(app, rest):
    outcome = rest.carry(order(Intent.CREATE))

    account = next(iter(app.accounts))
    assert (account.login, account.name, account.status) == (
        "Ada@northwind.example",
        "Ada Lovelace",
        "active",
    )
    assert (account.external_id, account.department, account.roles) == ("00u1", "Research", ["editor"])
    assert outcome == Done(outcome.proof, ref="1001")
    assert outcome.proof.seen["answers"] == ["Create the account: 201", "Give the role Editor: 204"]
    assert rest.verify(order(Intent.CREATE)).verdict is Verdict.MATCH


def test_the_same_order_again_sends_nothing(app, rest):
    rest.carry(order(Intent.CREATE))
    sent = effects(app)

    outcome = rest.carry(order(Intent.CREATE, is_repeat=True))

    assert outcome.already
    assert outcome.ref == "1001"
    assert effects(app) == sent


@pytest.mark.parametrize(
    "values",
    [
        {"login": "other", "email": "x@northwind.example", "external_id": "00u1"},
        {"login": "ada@NORTHWIND.example", "email": "x@northwind.example"},
        {"login": "lovelace", "email": "ADA@northwind.example"},
    ],
    ids=["external_id", "user_name", "email"],
)
def test_an_account_that_is_there_is_adopted_and_brought_in_step(app, rest, values):
    app.accounts.make(values)

    outcome = rest.carry(order(Intent.CREATE))

    (account,) = app.accounts
    assert outcome.ref == account.id
    assert (account.external_id, account.name, account.roles) == ("00u1", "Ada Lovelace", ["editor"])


@pytest.mark.parametrize("intent", [Intent.DEACTIVATE, Intent.DELETE])
def test_who_leaves_and_has_a_namesake_ends_their_own_account_alone(app, rest, intent):
    app.accounts.make({"login": "Ada@northwind.example", "email": ""})

    outcome = rest.carry(order(intent, replace(ada(ref="gone"), has_namesake=True)))

    assert outcome.already
    assert effects(app) == []


@pytest.mark.parametrize("name", ["external_id", "user_name"])
def test_an_account_that_is_to_be_left_alone_is_adopted_by_nobody(app, rest, name):
    values = {"external_id": "00u1"} if name == "external_id" else {"login": "Ada@northwind.example"}
    made = app.accounts.make({"login": "lovelace", "email": "", **values})
    who = replace(ada(), not_theirs=frozenset({made.id}))

    outcome = rest.carry(order(Intent.CREATE, who))

    assert outcome.kind is Kind.CONFLICT
    assert "decided under Sync that it is to be left alone" in outcome.reason
    assert rest.carry(order(Intent.DEACTIVATE, who)).already
    assert effects(app) == []


@pytest.mark.parametrize("name", ["Ada@northwind.example", "lovelace"], ids=["user_name", "email"])
@pytest.mark.parametrize("intent", [Intent.DEACTIVATE, Intent.DELETE, Intent.REVOKE])
def test_who_leaves_ends_no_account_that_shows_another_external_id(app, rest, name, intent):
    app.accounts.make({"login": name, "email": "ada@northwind.example", "external_id": "00u2"})

    outcome = rest.carry(order(intent))

    assert outcome.already
    assert effects(app) == []


def test_an_account_that_shows_another_external_id_is_adopted_by_nobody(app, rest):
    app.accounts.make({"login": "Ada@northwind.example", "email": "", "external_id": "00u2"})

    outcome = rest.carry(order(Intent.CREATE))

    assert outcome.kind is Kind.CONFLICT
    assert outcome.reason == (
        "Ada@northwind.example is in the app already, and belongs to somebody else: its external id is 00u2."
    )
    assert effects(app) == []


def test_it_is_adopted_where_the_settings_say_so(app):
    made = app.accounts.make({"login": "Ada@northwind.example", "email": "", "external_id": "00u2"})

    with contextlib.closing(connector(app, takes_over=True)) as rest:
        outcome = rest.carry(order(Intent.CREATE))

    assert outcome.ref == made.id
    assert next(iter(app.accounts)).external_id == "00u1"


def test_an_address_that_an_account_of_another_external_id_has_takes_nobodys(app):
    app.accounts.make({"login": "lovelace", "email": "ada@northwind.example", "external_id": "00u2"})

    with contextlib.closing(connector(app, takes_over=True)) as rest:
        outcome = rest.carry(order(Intent.CREATE))

    assert outcome.kind is Kind.CONFLICT
    assert [one.external_id for one in app.accounts] == ["00u2"]


def test_an_account_that_is_known_stays_with_who_got_another_external_id(app):
    made = app.accounts.make({"login": "Ada@northwind.example", "email": "", "external_id": "00u2"})
    without_get = edited(lambda recipe: recipe["requests"].pop("get"))

    with contextlib.closing(connector(app, without_get)) as rest:
        outcome = rest.carry(order(Intent.UPDATE, ada(ref=made.id)))

    assert outcome.ref == made.id
    assert next(iter(app.accounts)).external_id == "00u1"


def test_a_search_that_answers_with_what_is_only_alike_adopts_nobody(app, rest):
    app.accounts.make({"login": "not-ada@northwind.example", "email": "not-ada@northwind.example"})

    rest.carry(order(Intent.CREATE))

    assert [one.login for one in app.accounts] == ["not-ada@northwind.example", "Ada@northwind.example"]


def test_two_accounts_for_one_person_are_left_to_a_person(app, rest):
    for name in ("one", "two"):
        app.accounts.make({"login": name, "external_id": "00u1"})

    outcome = rest.carry(order(Intent.CREATE))

    assert (outcome.kind, outcome.reason) == (Kind.CONFLICT, "The app has 2 accounts with 00u1.")
    assert effects(app) == []


def test_only_what_differs_is_sent(app, rest):
    rest.carry(order(Intent.CREATE))
    app.calls.clear()

    rest.carry(order(Intent.UPDATE, ada(ref="1001", department="Sales", roles=("viewer",)), key="key-2"))

    assert effects(app) == [
        "PATCH /accounts/1001",
        "PUT /accounts/1001/roles/viewer",
        "DELETE /accounts/1001/roles/editor",
    ]
    (account,) = app.accounts
    assert (account.department, account.roles) == ("Sales", ["viewer"])


def test_a_value_that_the_person_lost_is_emptied(app, rest):
    rest.carry(order(Intent.CREATE))
    without = replace(ADA, attributes={k: v for k, v in ADA.attributes.items() if k != "department"})

    rest.carry(order(Intent.UPDATE, without, key="key-2"))

    assert next(iter(app.accounts)).department is None


def test_deactivating_and_activating(app, rest):
    rest.carry(order(Intent.CREATE))

    rest.carry(order(Intent.DEACTIVATE, key="key-2"))
    assert next(iter(app.accounts)).status == "suspended"
    assert rest.carry(order(Intent.DEACTIVATE, key="key-3")).already

    rest.carry(order(Intent.ACTIVATE, key="key-4"))
    assert next(iter(app.accounts)).status == "active"


@pytest.mark.parametrize("intent", [Intent.DEACTIVATE, Intent.DELETE, Intent.REVOKE])
def test_ending_what_is_not_there_is_done(app, rest, intent):
    outcome = rest.carry(order(intent))

    assert isinstance(outcome, Done)
    assert outcome.already
    assert rest.verify(order(intent)).verdict is Verdict.MATCH


def test_a_deleted_account_that_the_app_keeps_comes_back_as_the_same(app, rest):
    rest.carry(order(Intent.CREATE))
    rest.carry(order(Intent.DELETE, key="key-2"))
    assert rest.verify(order(Intent.DELETE, key="key-2")).verdict is Verdict.MATCH
    assert rest.accounts().accounts == ()

    outcome = rest.carry(order(Intent.CREATE, key="key-3"))

    (account,) = app.accounts
    assert (outcome.ref, account.status, account.roles) == ("1001", "active", ["editor"])


def test_taking_all_roles_leaves_a_suspended_account_suspended(app, rest):
    rest.carry(order(Intent.CREATE))
    app.accounts.mark("1001", "suspended")

    rest.carry(order(Intent.REVOKE, ada(roles=()), key="key-2"))

    account = next(iter(app.accounts))
    assert (account.status, account.roles) == ("suspended", [])


def test_roles_that_are_given_by_hand_are_kept(app):
    recipe = edited(lambda one: one.update(kept_roles=["approver"]))
    rest = connector(app, recipe)
    rest.carry(order(Intent.CREATE))
    app.accounts.grant("1001", "approver")

    outcome = rest.carry(order(Intent.UPDATE, key="key-2"))
    rest.close()

    assert outcome.already
    assert next(iter(app.accounts)).roles == ["editor", "approver"]


def test_a_role_that_the_app_does_not_have_is_named(app, rest):
    outcome = rest.carry(order(Intent.CREATE, ada(roles=("emperor",))))

    assert outcome.kind is Kind.NOT_FOUND
    assert outcome.reason == "The app does not find what this needs: Give the role Emperor."


def test_an_address_that_is_taken_is_a_conflict_in_the_apps_words(app, rest):
    recipe = edited(lambda one: one["requests"]["find"].pop("email"))
    app.accounts.make({"login": "other", "email": "ada@northwind.example"})
    without_mail = connector(app, recipe)

    outcome = without_mail.carry(order(Intent.CREATE))
    without_mail.close()

    assert (outcome.kind, outcome.reason) == (Kind.CONFLICT, "Another account has this email.")
    assert outcome.fix.startswith("Look in the app for another account")


def test_no_seat_left_is_a_matter_of_licence(app, rest):
    app.accounts.seats = 0

    assert rest.carry(order(Intent.CREATE)).kind is Kind.LICENCE


def test_a_wrong_token_is_told_as_such(app):
    rest = connector(app, token="wrong")

    outcome = rest.carry(order(Intent.CREATE))
    rest.close()

    assert (outcome.kind, outcome.status) == (Kind.AUTH, 401)


def test_a_limit_is_waited_for_as_long_as_the_app_says(app, rest):
    app.troubles.limited = 1

    outcome = rest.carry(order(Intent.CREATE))

    assert (outcome.of_app, outcome.after, outcome.status) == (True, timedelta(seconds=7), 429)


def test_an_app_that_fails_is_tried_again_with_the_same_keys(app, rest):
    app.troubles.failing = True
    assert rest.carry(order(Intent.CREATE)).of_app

    app.troubles.failing = False
    assert isinstance(rest.carry(order(Intent.CREATE, is_repeat=True)), Done)

    assert all(call.key.startswith("key-1.") for call in app.calls if call.method != "GET")


def test_a_created_account_whose_answer_never_came_is_not_created_twice(app, rest, monkeypatch):
    monkeypatch.setattr(outbound_wire, "WHOLE_S", 0.3)
    rest.carry(order(Intent.DEACTIVATE))  # connected

    def slow_once_created() -> None:
        app.troubles.latency_s = 1.0

    slow = connector(app, check=slow_once_created)
    outcome = slow.carry(order(Intent.CREATE))
    slow.close()
    assert outcome == Retry(outcome.reason, timed_out=True)

    app.troubles.latency_s = 0.0
    again = rest.carry(order(Intent.CREATE, is_repeat=True))

    assert again.ref == "1001"
    assert len(list(app.accounts)) == 1
    assert effects(app) == ["POST /accounts", "PUT /accounts/1001/roles/editor"]


def test_a_dropped_answer_is_looked_after_first(app, rest):
    def drop() -> None:
        app.troubles.drops_answers = True

    dropping = connector(app, check=drop)
    outcome = dropping.carry(order(Intent.CREATE))
    dropping.close()
    assert isinstance(outcome, Retry)

    app.troubles.drops_answers = False
    assert rest.carry(order(Intent.CREATE, is_repeat=True)).ref == "1001"
    assert len(list(app.accounts)) == 1


def test_a_repeat_of_the_same_request_carries_the_same_key_and_another_request_another(app, rest):
    rest.carry(order(Intent.CREATE))
    first = {call.key for call in app.calls if call.method == "POST"}
    app.accounts.revoke("1001", "editor")
    app.calls.clear()

    rest.carry(order(Intent.CREATE, ada(department="Sales")))

    keys = [call.key for call in app.calls if call.method != "GET"]
    assert len(keys) == len(set(keys)) == 2
    assert not first & set(keys)


def test_nothing_is_sent_once_the_lane_is_lost(app):
    def lost() -> None:
        raise LaneLostError

    rest = connector(app, check=lost)
    with pytest.raises(LaneLostError):
        rest.carry(order(Intent.CREATE))
    rest.close()

    assert effects(app) == []


def test_what_an_admin_edited_is_sent_instead(app, rest):
    rest.carry(order(Intent.CREATE, override={"department": "Edited"}))

    assert next(iter(app.accounts)).department == "Edited"


def test_a_recipe_that_is_not_understood_holds_the_lane(app):
    rest = connector(app, "{}")

    outcome = rest.carry(order(Intent.CREATE))

    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.PERMISSION
    assert not rest.test()[0].ok
