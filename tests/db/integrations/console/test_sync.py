"""The sync page: how a run stands, and what people decide about what it found."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from integrations.delivery.errands import connecting
from integrations.delivery.models import AppAccount, Delivery, SyncRun
from integrations.delivery.syncing import running
from integrations.models import Role
from tests import factories, sessions
from tests.db.console import Provider, path
from tests.db.integrations.console.conftest import text

State = SyncRun.State
GONE = ["There is no account in the app."]


@pytest.fixture
def readable(app, provider) -> Provider:
    """The provider of an integration whose app can be read."""
    connecting.change(provider.integration, "probe_reads", {}, by=factories.OPERATOR)
    connecting.go_live(provider.integration, by=factories.OPERATOR)
    return provider


@pytest.fixture
def page(readable) -> str:
    return path("console:sync", readable.integration)


def apart(readable: Provider, name: str, **fields: object) -> tuple[str, AppAccount]:
    """A person who is out of step, and nothing on its way to them."""
    person = readable.person(name)
    Delivery.objects.all().delete()
    values = {"is_out_of_step": True, "differences": GONE, "is_gone": True, **fields}
    return person, factories.make_account(readable.integration, "", line=UUID(person), **values)


def test_each_page_leads_to_sync_where_the_app_can_be_read(as_owner, readable, page):
    assert f'href="{page}"' in text(as_owner, path("console:general", readable.integration))
    connecting.change(readable.integration, "probe", {}, by=factories.OPERATOR)

    assert f'href="{page}"' not in text(as_owner, path("console:general", readable.integration))


def test_an_app_that_cannot_be_read_says_why(as_owner, integration):
    shown = text(as_owner, path("console:sync", integration))

    assert "Choose how changes reach the app first." in shown
    assert "Sync now" not in shown


def test_a_run_is_started_followed_and_told_of(as_owner, readable, page, app):
    app.accounts["7"] = {"user_name": "robot"}
    assert "has not been read yet" in text(as_owner, page)
    as_owner.post(path("console:sync-start", readable.integration))
    run = SyncRun.objects.get()

    while_running = text(as_owner, page)
    fragment = as_owner.get(path("console:sync-run", readable.integration))
    assert "Waiting for its turn…" in while_running
    assert "data-poll" in while_running
    assert 'hx-trigger="every 3s"' in fragment.content.decode()
    assert "HX-Location" not in fragment

    running.carry(run.pk)
    ended = as_owner.get(path("console:sync-run", readable.integration))
    assert json.loads(ended["HX-Location"])["path"] == page
    assert "data-poll" not in ended.content.decode()
    shown = text(as_owner, page)
    assert "1 account: 0 of people here, 1 of nobody here, 0 out of step." in shown
    assert "user7" not in shown
    assert "robot" in shown


def test_a_long_run_is_asked_about_rarely(as_owner, readable):
    at = timezone.now() - timedelta(minutes=6)
    SyncRun.objects.create(integration=readable.integration, by="Schedule", started_at=at)

    assert 'hx-trigger="every 15s"' in text(as_owner, path("console:sync-run", readable.integration))


def test_a_run_is_not_started_twice_and_is_stopped(as_owner, readable, page):
    for _each in range(2):
        answer = as_owner.post(path("console:sync-start", readable.integration), follow=True)
    assert "A sync is running already." in answer.content.decode()

    as_owner.post(path("console:sync-stop", readable.integration))

    assert SyncRun.objects.get().state == State.STOPPED
    assert "The sync was stopped" in text(as_owner, page)
    again = as_owner.post(path("console:sync-stop", readable.integration), follow=True)
    assert "has ended already" in again.content.decode()


def test_a_run_that_failed_says_why(as_owner, readable, page):
    SyncRun.objects.create(
        integration=readable.integration,
        by="Schedule",
        state=State.FAILED,
        problem="The key is wrong.",
        ended_at=timezone.now(),
    )

    shown = text(as_owner, page)
    assert "The app could not be read" in shown
    assert "The key is wrong." in shown


def test_before_the_app_was_read_nobody_is_said_to_be_in_step(as_owner, readable, page):
    shown = text(as_owner, page)

    assert "Not known yet" in shown
    assert "Nobody is out of step" not in shown


def test_who_is_out_of_step_is_brought_in_step_one_by_one(as_owner, readable, page):
    SyncRun.objects.create(integration=readable.integration, by="Schedule", state=State.DONE)
    ada, row = apart(readable, "ada")
    shown = text(as_owner, page)
    assert "There is no account in the app." in shown
    assert "ada@northwind.example" in shown

    as_owner.post(path("console:sync-selected", readable.integration), {"bring": row.pk})

    delivery = Delivery.objects.get()
    assert (str(delivery.line), delivery.label, delivery.intent) == (ada, "ada@northwind.example", "update")
    assert "Nobody is out of step" in text(as_owner, page)


def test_what_the_app_has_is_taken_over_for_a_selection(as_owner, readable, page):
    rows = [apart(readable, name)[1] for name in ("ada", "ben")]
    sent = {"do": "take", "number": [row.pk for row in rows]}

    answer = as_owner.post(path("console:sync-selected", readable.integration), sent, follow=True)

    assert "What the app has was taken over for 2 accounts." in answer.content.decode()
    assert AppAccount.objects.filter(is_out_of_step=True).count() == 0
    shown = text(as_owner, path("console:sync-account", readable.integration, account_id=rows[0].pk))
    assert "Taken over" in shown


def test_nothing_chosen_and_nothing_left_are_told(as_owner, readable):
    selected = path("console:sync-selected", readable.integration)
    assert "Choose at least one" in as_owner.post(selected, {"do": "take"}, follow=True).content.decode()
    _ada, row = apart(readable, "ada", is_out_of_step=False)

    answer = as_owner.post(selected, {"take": row.pk}, follow=True)

    assert "1 was in step meanwhile." in answer.content.decode()


def test_while_nothing_is_delivered_the_app_is_not_brought_in_step(as_owner, readable, page):
    connecting.observe(readable.integration, by=factories.OPERATOR)
    _ada, row = apart(readable, "ada")
    assert "once delivery is switched on" in text(as_owner, page)

    answer = as_owner.post(
        path("console:sync-selected", readable.integration), {"bring": row.pk}, follow=True
    )

    assert "Delivery is not switched on here." in answer.content.decode()


def test_an_account_of_another_integration_is_not_chosen(as_owner, readable, owner):
    other = factories.make_integration(owner.workspace, "Other")
    row = factories.make_account(other, line=UUID(int=1), is_out_of_step=True, differences=GONE)

    as_owner.post(path("console:sync-selected", readable.integration), {"take": row.pk})

    row.refresh_from_db()
    assert row.is_out_of_step


def test_a_suggestion_says_why_and_is_applied_or_declined(as_owner, readable, page):
    SyncRun.objects.create(integration=readable.integration, by="Schedule", state=State.DONE)
    ada, ben = readable.person("ada"), readable.person("ben")
    first = factories.make_account(readable.integration, "1", user_name="ada", suggestion=ada)
    second = factories.make_account(readable.integration, "2", display_name="Ben", suggestion=ben)
    shown = text(as_owner, page, {"show": "suggestions"})
    assert "The name before the @ is the same." in shown
    assert "The display name is the same." in shown

    person = {"person": "ada@northwind.example"}
    as_owner.post(path("console:sync-match", readable.integration, account_id=first.pk), person)
    as_owner.post(path("console:sync-unmatch", readable.integration, account_id=second.pk))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (str(first.line), second.line, second.is_kept_apart) == (ada, None, True)
    assert "No suggestions" in text(as_owner, page, {"show": "suggestions"})


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("zoe", "Nobody here has such a user name."),
        ("a", "More than one name begins so: ada@northwind.example, adam@northwind.example."),
        ("", "This field is required."),
        ("adam@northwind.example", "has the account user9"),
    ],
)
def test_a_person_who_is_not_meant_is_asked_for_again(as_owner, readable, typed, words):
    readable.person("ada")
    factories.make_account(readable.integration, "9", line=UUID(readable.person("adam")))
    row = factories.make_account(readable.integration)

    answer = as_owner.post(
        path("console:sync-match", readable.integration, account_id=row.pk), {"person": typed}
    )

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_wrong_match_is_undone_on_the_page_of_the_account(as_owner, readable):
    row = factories.make_account(readable.integration, line=UUID(readable.person("ada")))
    here = path("console:sync-account", readable.integration, account_id=row.pk)
    assert "This is not their account" in text(as_owner, here)

    as_owner.post(path("console:sync-unmatch", readable.integration, account_id=row.pk))

    shown = text(as_owner, here)
    assert "An account of nobody here." in shown
    assert "Whose is it?" in shown


def test_somebody_without_an_account_has_none_to_take_away(as_owner, readable):
    _ada, row = apart(readable, "ada")

    answer = as_owner.post(path("console:sync-unmatch", readable.integration, account_id=row.pk), follow=True)

    assert "no account in the app that could be taken" in answer.content.decode()


def test_lists_have_pages(as_owner, readable, page):
    for number in range(60):
        factories.make_account(readable.integration, str(number))

    first = text(as_owner, page, {"show": "found"})
    assert first.count('data-label="Last seen"') == 50
    cursor = first.split("cursor=")[1].split('"')[0].replace("%3A", ":")
    second = text(as_owner, page, {"show": "found", "cursor": cursor})

    assert second.count('data-label="Last seen"') == 10
    assert "user0" in second


def test_a_page_costs_the_same_however_long_the_list(as_owner, readable, page, queries):
    apart(readable, "ada")
    few = queries(as_owner, page)
    for number in range(20):
        apart(readable, f"p{number}")

    assert queries(as_owner, page) == few
    assert few <= 20


def test_suggestions_cost_the_same_however_many(as_owner, readable, page, queries):
    url = f"{page}?show=suggestions"
    ada = readable.person("ada")
    factories.make_account(readable.integration, "0", suggestion=ada)
    few = queries(as_owner, url)
    for number in range(1, 20):
        factories.make_account(readable.integration, str(number), suggestion=ada)

    assert queries(as_owner, url) == few


def test_a_member_of_tasks_alone_sees_none_of_it(readable, page):
    hands = sessions.sign_in(Client(), factories.make_member(readable.integration.workspace, Role.MEMBER))

    assert hands.get(page).status_code in {403, 404}
    assert hands.post(path("console:sync-start", readable.integration)).status_code in {403, 404}
