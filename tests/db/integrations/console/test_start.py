"""Links that work once: the first Owner's start, and the way in for someone locked out."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from integrations import one_time_links
from integrations.models import Membership, OneTimeLink, Role, User, Workspace
from tests import factories, sessions

FORM = {
    "name": "Ada Lovelace",
    "email": "ada@northwind.example",
    "password": factories.PASSWORD,
    "workspace": "Northwind Traders",
}


@pytest.fixture
def start_page(db) -> str:
    return f"/start/{one_time_links.start()}/"


@pytest.fixture
def way_in(owner: Membership) -> str:
    return f"/sign-in/link/{one_time_links.sign_in(owner.user)}/"


def test_the_first_owner_sets_up_and_arrives_signed_in_at_the_empty_list(client, start_page):
    answer = client.post(start_page, FORM, follow=True)

    member = Membership.objects.for_workspace(Workspace.objects.get()).get()
    assert answer.redirect_chain == [("/w/northwind-traders/integrations/", 302)]
    assert "No integrations yet" in answer.content.decode()
    assert (member.role, member.user.name, member.user.email) == (Role.OWNER, FORM["name"], FORM["email"])


def test_looking_uses_nothing_up(client, start_page):
    for method in (client.get, client.head, client.options, client.get):
        method(start_page)

    assert "You become the first Owner" in client.get(start_page).content.decode()
    assert client.post(start_page, FORM).status_code == 302


def test_the_link_works_once(client, start_page):
    client.post(start_page, FORM)

    again = Client().post(start_page, {**FORM, "email": "eve@evil.example"})

    assert again.status_code == 410
    assert "This link does not work any more" in again.content.decode()
    assert list(User.objects.values_list("email", flat=True)) == [FORM["email"]]


def test_the_link_works_for_an_hour(client, db):
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False) as clock:
        page = f"/start/{one_time_links.start()}/"
        clock.shift(59 * 60 + 59)
        within = client.get(page)
        clock.shift(1)
        after = client.get(page)

    assert within.status_code == 200
    assert after.status_code == 410
    assert "Start the server again: it prints a fresh link." in after.content.decode()


def test_a_fresh_link_stops_the_older_one(client, start_page):
    newer = f"/start/{one_time_links.start()}/"

    assert client.get(start_page).status_code == 410
    assert client.post(start_page, FORM).status_code == 410
    assert client.post(newer, FORM).status_code == 302


def test_no_start_link_works_once_there_is_an_owner(client, start_page, owner):
    assert client.get(start_page).status_code == 410
    assert client.post(start_page, FORM).status_code == 410
    assert not User.objects.filter(email=FORM["email"]).exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"name": ""}, "This field is required.", id="no name"),
        pytest.param({"email": "ada"}, "Enter a valid email address.", id="half an e-mail"),
        pytest.param({"password": "short"}, "at least 12 characters", id="short password"),
        pytest.param({"password": "password1234"}, "too common", id="common password"),
        pytest.param(
            {"password": "ada@northwind.example"}, "too similar to the e-mail", id="like the e-mail"
        ),
        pytest.param({"workspace": " "}, "This field is required.", id="no workspace"),
        pytest.param({"workspace": "x" * 81}, "at most 80 characters", id="long workspace"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(client, start_page, change, sentence):
    answer = client.post(start_page, {**FORM, **change})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert FORM["password"] not in page
    assert not Workspace.objects.exists()
    assert not User.objects.exists()
    assert client.post(start_page, FORM).status_code == 302


def test_the_page_with_a_key_is_kept_nowhere_and_names_itself_to_no_other_site(client, start_page, way_in):
    for page in (start_page, way_in):
        answer = client.get(page)

        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "same-origin"


def test_no_key_is_kept_in_clear(start_page, way_in):
    kept = str(list(OneTimeLink.objects.values()))

    assert start_page.split("/")[2] not in kept
    assert way_in.split("/")[3] not in kept


def test_no_key_is_logged_when_a_form_is_refused(start_page, way_in, caplog):
    client = Client(enforce_csrf_checks=True)
    answers = [client.post(page, FORM).status_code for page in (start_page, way_in)]

    (handler,) = [one for one in logging.getLogger().handlers if one.get_name() == "stderr"]
    logged = "\n".join(handler.format(record) for record in caplog.records)
    assert answers == [403, 403]
    assert logged.count("[removed]") == 2
    assert start_page.split("/")[2] not in logged
    assert way_in.split("/")[3] not in logged


def test_a_link_signs_in_by_its_button_alone_and_once(client, way_in, owner):
    assert f"Sign in as {owner.user.email}" in client.get(way_in).content.decode()
    client.head(way_in)

    entered = client.post(way_in)
    again = Client().post(way_in)

    assert entered["Location"] == "/"
    assert client.get("/", follow=True).redirect_chain[-1][0].endswith("/integrations/")
    assert again.status_code == 410
    assert "Sign in with your e-mail address and password." in again.content.decode()


def test_a_link_ends_after_an_hour_and_with_the_next(client, owner):
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False) as clock:
        older = f"/sign-in/link/{one_time_links.sign_in(owner.user)}/"
        newer = f"/sign-in/link/{one_time_links.sign_in(owner.user)}/"
        assert client.get(older).status_code == 410
        assert client.get(newer).status_code == 200
        clock.shift(3600)

        assert client.post(newer).status_code == 410


def test_a_link_lets_nobody_in_whose_account_is_switched_off(client, way_in, owner):
    owner.user.is_active = False
    owner.user.save()

    assert client.post(way_in).status_code == 410
    assert OneTimeLink.objects.get().used_at is None


def test_the_links_are_not_interchangeable(client, owner, way_in):
    key = way_in.split("/")[3]

    assert client.get(f"/start/{key}/").status_code == 410
    assert client.get(f"/invite/{key}/").status_code == 410


def test_someone_who_forgot_the_password_chooses_another_by_the_link(client, way_in, owner):
    form = client.post(way_in, {"then": "password"}, follow=True).redirect_chain[-1][0]
    new = "a quite different sentence"

    changed = client.post(form, {"password1": new, "password2": new}, follow=True)

    assert way_in.split("/")[3] not in form
    assert "The password is changed" in changed.content.decode()
    owner.user.refresh_from_db()
    assert owner.user.check_password(new)
    assert Client().post(way_in).status_code == 410


def test_an_account_without_a_password_chooses_one_at_its_first_sign_in(client, db):
    user = User.objects.create_user("new@northwind.example")
    page = f"/sign-in/link/{one_time_links.sign_in(user)}/"
    assert "Choose a new password" not in client.get(page).content.decode()

    entered = client.post(page)
    chosen = {"password1": factories.PASSWORD, "password2": factories.PASSWORD}
    answer = client.post(entered["Location"], chosen, follow=True)

    assert entered["Location"] == "/account/password/set/"
    assert answer.status_code == 200
    user.refresh_from_db()
    assert user.check_password(factories.PASSWORD)


@pytest.mark.parametrize("page", ["/sign-in/confirm/", "/account/password/set/"])
def test_an_account_without_a_password_learns_how_to_get_one_when_the_sign_in_is_old(client, db, page):
    user = User.objects.create_user("new@northwind.example")
    sessions.sign_in(client, user, age=timedelta(minutes=11))

    shown = client.get(page)
    chosen = {"password1": factories.PASSWORD, "password2": factories.PASSWORD}
    client.post(page, chosen)

    assert "This account has no password" in shown.content.decode()
    user.refresh_from_db()
    assert not user.has_usable_password()
