"""Settings, Delivery: which connector, its settings, its secrets, its test."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from integrations.delivery import registry
from integrations.delivery.errands import connecting
from tests import factories, sessions
from tests.db.console import path
from tests.db.integrations.console.conftest import ADDRESS, text

OLD = timedelta(minutes=11)


@pytest.fixture
def page(integration):
    return path("console:delivery", integration)


@pytest.fixture
def form(integration):
    return path("console:delivery-connector", integration)


def test_every_way_is_offered_with_what_it_can_do(as_owner, app, integration):
    shown = text(as_owner, path("console:delivery-connectors", integration))

    for kind in ("manual", "probe", "probe_events", "probe_secret"):
        assert f"?kind={kind}" in shown
    assert "What Manual task can do" in shown
    assert "Sends each change on its own, in order." in shown


def test_a_way_whose_package_is_broken_is_left_out(as_owner, integration, monkeypatch):
    monkeypatch.setitem(registry.OURS, "broken", "tests.no_such_module.Broken")

    assert "broken" not in text(as_owner, path("console:delivery-connectors", integration))


@pytest.mark.parametrize("kind", ["nonsense", "broken"])
def test_there_are_no_settings_of_a_way_that_is_not_here(as_owner, integration, form, monkeypatch, kind):
    monkeypatch.setitem(registry.OURS, "broken", "tests.no_such_module.Broken")

    assert as_owner.get(form, {"kind": kind}).status_code == 404


def test_without_a_way_its_settings_lead_to_the_choice(as_owner, integration, form):
    assert as_owner.get(form).url == path("console:delivery-connectors", integration)


def test_a_way_is_chosen_with_its_settings(as_owner, app, integration, form, page):
    values = {"app_url": "https://hootsuite.example/users", "instructions": "Ask Kim."}

    answer = as_owner.post(f"{form}?kind=manual", values, follow=True)

    assert "The settings are saved. Test the connection next." in answer.content.decode()
    assert "Manual task" in text(as_owner, page)
    assert connecting.of(integration).settings["instructions"] == "Ask Kim."
    assert "Ask Kim." in text(as_owner, form)


def test_what_is_wrong_stands_at_its_field_with_the_values_kept(as_owner, app, integration, form):
    answer = as_owner.post(f"{form}?kind=probe_secret", {"address": "nonsense", "key": "secret-key"})

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter a valid URL." in shown
    assert 'value="nonsense"' in shown
    assert "secret-key" not in shown


def test_no_secret_comes_back_with_a_form_that_is_wrong(as_owner, app, integration, form):
    values = {"place": "sftp", "password": "top-secret", "private_key": "-----BEGIN top-secret"}

    answer = as_owner.post(f"{form}?kind=file_drop", values)

    assert answer.status_code == 422
    assert "top-secret" not in answer.content.decode()


def test_a_secret_goes_in_and_never_comes_out(as_owner, owner, app, integration, form, page):
    values = {"address": ADDRESS, "key": "top-secret", "signing": "my-own"}

    answer = as_owner.post(f"{form}?kind=probe_secret", values, follow=True)

    assert connecting.of(integration).secrets["key"] == "top-secret"
    for shown in (answer.content.decode(), text(as_owner, page), text(as_owner, form)):
        assert "top-secret" not in shown
        assert "my-own" not in shown
        assert f"by {owner.user.email}" in shown


def test_an_empty_secret_keeps_what_is_set(as_owner, connected, form):
    as_owner.post(form, {"address": "https://other.example", "key": "", "signing": ""})

    connection = connecting.of(connected)
    assert (connection.secrets["key"], connection.secrets["signing"]) == ("right", "kept")
    assert connection.settings["address"] == "https://other.example"


def test_a_secret_is_asked_for_where_none_is_set(as_owner, app, integration, form):
    answer = as_owner.post(f"{form}?kind=probe_secret", {"address": ADDRESS, "key": ""})

    assert answer.status_code == 422
    assert not connecting.of(integration).secrets


def test_a_secret_that_is_made_is_shown_once(as_owner, app, integration, form, page):
    answer = as_owner.post(f"{form}?kind=probe_secret", {"address": ADDRESS, "key": "k"})

    assert "made-for-you" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert connecting.of(integration).secrets["signing"] == "made-for-you"
    assert "made-for-you" not in text(as_owner, page) + text(as_owner, form)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({"address": ADDRESS, "key": "another"}, id="a new secret"),
        pytest.param({"address": "https://evil.example", "key": ""}, id="kept secrets to another address"),
    ],
)
def test_an_old_sign_in_is_confirmed_before_secrets_move(owner, connected, form, values):
    client = sessions.sign_in(Client(), owner, age=OLD)

    answer = client.post(form, values)

    connection = connecting.of(connected)
    assert answer.headers["Location"].startswith("/sign-in/confirm/?next=")
    assert (connection.settings["address"], connection.secrets["key"]) == (ADDRESS, "right")


def test_settings_without_secrets_need_no_new_sign_in(owner, app, integration, form):
    client = sessions.sign_in(Client(), owner, age=OLD)

    client.post(f"{form}?kind=manual", {"instructions": "x"})

    integration.refresh_from_db()
    assert integration.connector == "manual"


def test_another_way_drops_the_secrets_of_the_one_before(as_owner, connected, form):
    assert "Another way takes over" in text(as_owner, f"{form}?kind=manual")
    as_owner.post(f"{form}?kind=manual", {"instructions": ""})

    assert not connecting.of(connected).secrets


@pytest.mark.parametrize(
    ("key", "said"), [("right", "all is well."), ("wrong", "The test found 1 fault.")], ids=["fine", "not"]
)
def test_the_connection_is_tested_and_what_is_missing_is_named(as_owner, connected, page, key, said):
    values = {"address": ADDRESS}
    connecting.change(connected, "probe_secret", values, secrets={"key": key}, by=factories.OPERATOR)

    answer = as_owner.post(path("console:delivery-test", connected), follow=True).content.decode()

    assert said in answer
    assert "The app answers." in answer
    assert ("The key may only read." in answer) is (key == "wrong")
    assert "Last tested" in text(as_owner, page)


def test_without_a_way_there_is_nothing_to_test(as_owner, integration):
    answer = as_owner.post(path("console:delivery-test", integration), follow=True).content.decode()

    assert "Choose how changes reach the app first." in answer


def test_step_up_age_is_ten_minutes():
    assert settings.STEP_UP_AGE < OLD
