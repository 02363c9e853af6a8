"""Signing in with a password, how long it lasts, and where it leads."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import Client

from tests import factories, sessions


def enter_password(
    client: Client, email: str, password: str = factories.PASSWORD, **more: str
) -> HttpResponse:
    return client.post("/sign-in/", {"login": email, "password": password, **more})


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def test_a_member_signs_in_and_arrives_at_the_integrations(client, owner, workspace):
    answer = client.post(
        "/sign-in/", {"login": owner.user.email.upper(), "password": factories.PASSWORD}, follow=True
    )

    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == f"/w/{workspace.slug}/integrations/"


def test_someone_who_is_signed_in_is_led_past_the_sign_in_page(as_owner):
    assert as_owner.get("/sign-in/")["Location"] == "/"


def test_wrong_password_and_unknown_account_answer_the_same(owner):
    wrong = enter_password(Client(), owner.user.email, "wrong password, long enough")
    unknown = enter_password(Client(), "nobody@northwind.example", "wrong password, long enough")

    assert wrong.status_code == unknown.status_code == 200
    assert "The email address and/or password you specified are not correct." in words(wrong)
    assert _without_secrets(wrong, owner.user.email) == _without_secrets(unknown, "nobody@northwind.example")


def test_an_account_that_is_switched_off_is_not_told_apart_by_a_wrong_password(owner):
    off = factories.make_user("off@northwind.example")
    off.is_active = False
    off.save()

    answer = enter_password(Client(), "off@northwind.example", "wrong password, long enough")

    wrong = enter_password(Client(), owner.user.email, "wrong password, long enough")
    assert _without_secrets(answer, "off@northwind.example") == _without_secrets(wrong, owner.user.email)


def _without_secrets(answer: HttpResponse, email: str) -> str:
    return sessions.CSRF.sub("", words(answer)).replace(email, "")
