"""Signing in with a password, how long it lasts, and where it leads."""

from __future__ import annotations

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from integrations import one_time_links, workspaces
from integrations.models import GatewayToken, Integration, Membership, Workspace
from tests import factories, sessions
from tests.db.console import path


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


def fresh_by(kind: str, client: Client) -> HttpResponse:
    """Signs in as the only member of a workspace, in one of the ways there are."""
    if kind == "start":
        form = {"name": "Ada", "email": "ada@northwind.example", "workspace": "Northwind"}
        return client.post(f"/start/{one_time_links.start()}/", {**form, "password": factories.PASSWORD})
    workspace = factories.make_workspace()
    boss = Membership.objects.for_workspace(workspace).select_related("user", "workspace").get()
    if kind == "invitation":
        key = workspaces.invite(workspace, "new@northwind.example", "owner", by=boss).key
        return client.post(f"/invite/{key}/", {"name": "New", "password": factories.PASSWORD})
    if kind == "link":
        return client.post(f"/sign-in/link/{one_time_links.sign_in(boss.user)}/")
    return enter_password(client, boss.user.email)


def generate(client: Client, integration: Integration) -> HttpResponse:
    return client.post(path("console:token-generate", integration), {"form_key": str(factories.form_key())})


KINDS = pytest.mark.parametrize("kind", ["start", "invitation", "link", "password"])


@KINDS
def test_each_kind_of_sign_in_counts_for_ten_minutes(db, kind):
    client = Client()
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False) as clock:
        fresh_by(kind, client)
        integration = factories.make_integration(Workspace.objects.get())
        clock.shift(599)
        within = generate(client, integration)
        GatewayToken.objects.for_integration(integration).delete()
        clock.shift(2)
        after = generate(client, integration)

    assert within.status_code == 200
    assert "shown only once" in words(within)
    assert after.status_code == 302
    assert after["Location"].startswith("/sign-in/confirm/?next=")
    assert not GatewayToken.objects.for_integration(integration).exists()


def test_an_invitation_taken_up_over_someone_elses_session_is_a_fresh_sign_in(integration, owner, as_owner):
    key = workspaces.invite(integration.workspace, "new@northwind.example", "admin", by=owner).key

    as_owner.post(f"/invite/{key}/", {"name": "New", "password": factories.PASSWORD})

    assert generate(as_owner, integration).status_code == 200
