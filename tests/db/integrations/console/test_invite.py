"""An invitation's link, as the person who got it follows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from integrations import workspaces
from integrations.models import Membership, Role, User
from integrations.workspaces import Invited
from tests import factories, sessions

NEW = "new@northwind.example"
FORM = {"name": "New Person", "password": factories.PASSWORD}


@pytest.fixture
def invited(owner: Membership) -> Invited:
    return workspaces.invite(owner.workspace, NEW, Role.SUPER_ADMIN, by=owner)


@pytest.fixture
def page(invited: Invited) -> str:
    return f"/invite/{invited.key}/"


def words(answer: Any) -> str:
    return answer.content.decode()


def test_a_new_person_joins_and_arrives_signed_in(client, page, workspace):
    shown = client.get(page)
    answer = client.post(page, FORM, follow=True)

    assert "As Super Admin, with the account new@northwind.example." in words(shown)
    assert answer.redirect_chain == [(f"/w/{workspace.slug}/integrations/", 302)]
    member = Membership.objects.for_workspace(workspace).get(user__email=NEW)
    assert (member.role, member.user.name) == (Role.SUPER_ADMIN, "New Person")


def test_who_joins_as_member_arrives_at_the_tasks(client, owner, workspace):
    key = workspaces.invite(workspace, NEW, Role.MEMBER, by=owner).key

    answer = client.post(f"/invite/{key}/", FORM, follow=True)

    assert answer.redirect_chain == [(f"/w/{workspace.slug}/tasks/", 302)]
    assert answer.status_code == 200


def test_looking_uses_nothing_up(client, page):
    client.get(page)
    client.head(page)

    assert client.post(page, FORM).status_code == 302


def test_the_page_with_a_key_is_kept_nowhere(client, page):
    answer = client.get(page)

    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_address_of_the_account_is_that_of_the_invitation(client, page):
    client.post(page, {**FORM, "email": "eve@evil.example", "role": "owner"})

    assert not User.objects.filter(email="eve@evil.example").exists()
    assert User.objects.get(email=NEW).memberships.get().role == Role.SUPER_ADMIN


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"name": " "}, "This field is required.", id="no name"),
        pytest.param({"password": "short"}, "at least 12 characters", id="short password"),
        pytest.param({"password": NEW}, "too similar to the e-mail", id="password like the address"),
    ],
)
def test_what_is_wrong_is_said_and_the_invitation_still_works(client, page, change, sentence):
    answer = client.post(page, {**FORM, **change})

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert client.post(page, FORM).status_code == 302


def test_a_link_that_was_used_or_withdrawn_or_is_too_old_or_unknown_says_so(client, page, invited, owner):
    withdrawn = workspaces.invite(owner.workspace, "other@northwind.example", Role.ADMIN, by=owner)
    workspaces.withdraw(withdrawn.invitation, by=owner)
    with time_machine.travel(invited.invitation.expires_at, tick=False):
        old = client.get(page)
    client.post(page, FORM)

    answers = [old, client.get(page), client.post(page, FORM)]
    answers += [client.get(f"/invite/{key}/") for key in (withdrawn.key, "unknown")]

    assert [answer.status_code for answer in answers] == [410] * 5
    assert all("This invitation does not work any more" in words(answer) for answer in answers)


def test_someone_with_an_account_is_asked_to_sign_in_and_then_joins(page, workspace):
    factories.make_user(NEW)
    client = Client()
    shown = client.get(page)
    refused = client.post(page, FORM)

    way = f"/sign-in/?next={page.replace('/', '%2F')}"
    assert f"{NEW} has an account already. Sign in with it to join." in words(shown)
    assert way in words(shown)
    assert not Membership.objects.for_workspace(workspace).filter(user__email=NEW).exists()
    assert "Sign in with it to join." in words(refused)

    back = client.post("/sign-in/", {"login": NEW, "password": factories.PASSWORD, "next": page}, follow=True)
    assert back.redirect_chain == [(page, 302)]
    assert "As Super Admin, with the account" in words(back)
    assert client.post(page).status_code == 302
    assert Membership.objects.for_workspace(workspace).get(user__email=NEW).role == Role.SUPER_ADMIN


def test_an_account_keeps_its_name_and_password(client, page):
    user = factories.make_user(NEW, name="Old Name")
    sessions.sign_in(client, user)

    client.post(page, {"name": "Eve", "password": "another sentence altogether"})

    user.refresh_from_db()
    assert user.name == "Old Name"
    assert user.check_password(factories.PASSWORD)


def test_someone_signed_in_as_another_is_asked_to_sign_out(as_owner, owner, page):
    factories.make_user(NEW)

    shown = as_owner.get(page)
    sent = as_owner.post(page)

    assert f"You are signed in as {owner.user.email}: sign out" in words(shown)
    assert words(shown).count("The invitation is for") == words(sent).count("The invitation is for") == 1
    assert not Membership.objects.for_workspace(owner.workspace).filter(user__email=NEW).exists()


def test_a_member_who_takes_up_a_second_invitation_keeps_the_role(client, invited, page, workspace):
    member = factories.make_member(workspace, Role.ADMIN, NEW)
    sessions.sign_in(client, member)

    client.post(page)

    member.refresh_from_db()
    assert member.role == Role.ADMIN


def test_an_invitation_that_was_used_a_moment_ago_makes_no_account(client, page, invited, monkeypatch):
    workspaces.accept(invited.invitation, factories.make_user(NEW))
    monkeypatch.setattr(workspaces, "find_invitation", lambda _key: invited.invitation)
    User.objects.filter(email=NEW).delete()

    answer = client.post(page, FORM)

    assert answer.status_code == 422
    assert "This invitation does not work any more." in words(answer)
    assert not User.objects.filter(email=NEW).exists()


def test_an_invitation_is_good_for_seven_days_less_a_moment(client, page, invited):
    with time_machine.travel(invited.invitation.expires_at - timedelta(seconds=1), tick=False):
        assert client.post(page, FORM).status_code == 302
