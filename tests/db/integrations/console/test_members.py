"""Members and roles: invitations, changes of role, removal, and what becomes of open sessions."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from integrations import workspaces
from integrations.models import IntegrationAccess, Invitation, Membership, Role, Workspace
from tests import factories, sessions

LINK = re.compile(r">(http[^<]+/invite/[^<]+)<")
NEW = "new@northwind.example"


@pytest.fixture
def page(workspace: Workspace) -> str:
    return f"/w/{workspace.slug}/members/"


@pytest.fixture
def mailed(settings, mailoutbox) -> list[EmailMessage]:
    """The mails of an installation that sends some."""
    settings.MAIL_CONFIGURED, settings.PUBLIC_URL = True, "https://gateway.example.com"
    return mailoutbox


def words(answer: Any) -> str:
    return answer.content.decode()


def at_work(member: Membership) -> Client:
    """Someone who signed in with the password, as everyone does."""
    client = Client()
    client.post("/sign-in/", {"login": member.user.email, "password": factories.PASSWORD})
    return client


def invite(client: Client, page: str, role: str = "admin", email: str = NEW) -> Any:
    return client.post(f"{page}invite/", {"email": email, "role": role})


def test_the_page_lists_members_with_role_and_what_each_role_may(as_owner, owner, admin, page):
    shown = words(as_owner.get(page))

    assert owner.user.email in shown
    assert admin.user.email in shown
    assert "Change workspace settings" in shown


def test_the_page_offers_what_the_role_may_do(as_owner, as_admin, super_admin, owner, admin, page):
    boss, middle, low = (
        words(client.get(page)) for client in (as_owner, sessions.sign_in(Client(), super_admin), as_admin)
    )

    assert f"{page}{super_admin.pk}/role/" in boss
    assert f"{page}{owner.pk}/role/" not in middle
    assert f"{page}{admin.pk}/remove/" in middle
    assert re.findall(r"/members/([^/]+)/remove/", low) == [str(admin.pk)]
    assert f"{page}invite/" not in low


def test_without_mail_the_link_is_shown_once_to_the_person_who_invites(as_owner, page, mailoutbox):
    answer = invite(as_owner, page)

    link = sessions.found(LINK, words(answer))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "it is shown only once, and works for seven days" in words(answer)
    assert mailoutbox == []
    assert link not in words(as_owner.get(page))
    assert link.split("/")[-2] not in str(list(as_owner.session.items()))


def test_the_link_never_follows_the_host_header(as_owner, page, settings, tmp_path):
    settings.PUBLIC_URL, settings.DATA_DIR = "", tmp_path

    answer = as_owner.post(
        f"{page}invite/", {"email": NEW, "role": "admin"}, headers={"host": "localhost:6666"}
    )

    assert sessions.found(LINK, words(answer)).startswith("http://127.0.0.1:8000/invite/")


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["as a page", "as a fragment"])
@pytest.mark.parametrize("what", ["invite", "role"])
def test_an_old_sign_in_is_confirmed_before_anybody_is_invited_or_given_a_role(
    owner, admin, page, what, headers
):
    client = sessions.sign_in(Client(), owner, age=timedelta(minutes=11))
    form = f"{page}invite/" if what == "invite" else f"{page}{admin.pk}/role/"

    answer = client.post(form, {"email": NEW, "role": "owner"}, headers=headers)

    target = answer["HX-Redirect"] if headers else answer["Location"]
    assert target == f"/sign-in/confirm/?{urlencode({'next': form})}"
    assert not Invitation.objects.for_workspace(owner.workspace).exists()
    admin.refresh_from_db()
    assert admin.role == Role.ADMIN
    client.post(target, {"password": factories.PASSWORD, "next": form})
    assert "Nothing was changed yet." in words(client.get(form))
    client.post(form, {"email": NEW, "role": "owner"})
    admin.refresh_from_db()
    assert Invitation.objects.for_workspace(owner.workspace).exists() or admin.role == Role.OWNER


def test_with_mail_the_link_is_sent_and_not_shown(as_owner, owner, page, mailed):
    answer = as_owner.post(f"{page}invite/", {"email": NEW, "role": "super_admin"}, follow=True)

    (mail,) = mailed
    assert answer.redirect_chain == [(page, 302)]
    assert f"The invitation to {NEW} is on its way." in words(answer)
    assert "/invite/" not in words(answer).replace(f"{page}invite/", "")
    assert (mail.to, mail.subject) == ([NEW], "Invitation to Northwind in Cerby Gateway")
    assert (
        f"{owner.user.email} invites you to the workspace Northwind in Cerby Gateway as Super Admin"
        in mail.body
    )
    assert re.search(r"^https://gateway\.example\.com/invite/[\w-]{43}/$", mail.body, re.MULTILINE)


def test_a_workspace_name_of_two_lines_makes_no_second_header(as_owner, workspace, page, mailed):
    Workspace.objects.filter(pk=workspace.pk).update(name="North\nBcc: eve@evil.example")

    invite(as_owner, page)

    (mail,) = mailed
    assert mail.subject == "Invitation to North Bcc: eve@evil.example in Cerby Gateway"
    assert mail.recipients() == [NEW]


def test_a_mail_server_that_fails_falls_back_to_showing_the_link(as_owner, page, mailed, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answer = invite(as_owner, page)

    link = sessions.found(LINK, words(answer))
    assert "No mail was sent." in words(answer)
    assert "mail.failed" in caplog.text
    assert link not in caplog.text


@pytest.mark.parametrize(
    ("email", "role", "sentence"),
    [
        pytest.param("new", "admin", "Enter a valid email address.", id="half an address"),
        pytest.param("", "admin", "This field is required.", id="no address"),
        pytest.param("boss@northwind.example", "admin", "This person is a member already.", id="a member"),
        pytest.param(NEW, "owner", "Choose one of the roles that you may give.", id="above one's own"),
        pytest.param(NEW, "super_admin", "Choose one of the roles that you may give.", id="one's own"),
        pytest.param(NEW, "god", "Choose one of the roles that you may give.", id="no role"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_at_its_field(workspace, page, email, role, sentence):
    factories.make_member(workspace, Role.OWNER, "boss@northwind.example")
    client = sessions.sign_in(Client(), factories.make_member(workspace, Role.SUPER_ADMIN))

    answer = invite(client, page, role, email)

    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not Invitation.objects.for_workspace(workspace).exists()


def test_a_super_admin_invites_members_and_makes_admins_members(super_admin, admin, workspace, page):
    client = sessions.sign_in(Client(), super_admin)
    offered = re.findall(r'<option value="(\w+)"', words(client.get(f"{page}invite/")))

    invite(client, page, "member")
    client.post(f"{page}{admin.pk}/role/", {"role": "member"})

    assert offered == ["member", "admin"]
    assert Invitation.objects.for_workspace(workspace).get().role == Role.MEMBER
    admin.refresh_from_db()
    assert admin.role == Role.MEMBER


def test_the_page_says_what_a_member_may_do(as_owner, page):
    row = re.search(r"<tr><th[^>]*>Carry out tasks</th>(.*?)</tr>", words(as_owner.get(page)))

    assert row is not None
    assert row[1].count("Yes") == 4


def test_a_member_sees_no_members(workspace, page):
    client = sessions.sign_in(Client(), factories.make_member(workspace, Role.MEMBER))

    answer = client.get(page)

    assert answer.status_code == 403
    assert "It takes: Owner, Super Admin, Admin." in words(answer)


def test_the_tasks_of_who_leaves_are_nobodys(as_owner, workspace, integration, page):
    member = factories.make_member(workspace, Role.MEMBER)
    task = factories.make_task(integration, assignee=member)

    as_owner.post(f"{page}{member.pk}/remove/", {"confirm": member.user.email})

    task.refresh_from_db()
    assert (task.assignee, task.state) == (None, "open")


def test_open_invitations_are_listed_and_withdrawn(as_owner, owner, workspace, page):
    invited = workspaces.invite(workspace, NEW, Role.ADMIN, by=owner)
    withdraw = f"{page}invitations/{invited.invitation.pk}/withdraw/"
    assert f"Withdraw the invitation to {NEW}" in words(as_owner.get(page))

    answer = as_owner.post(withdraw, follow=True)

    assert f"The invitation to {NEW} is withdrawn." in words(answer)
    assert f"Withdraw the invitation to {NEW}" not in words(as_owner.get(page))
    assert Client().get(f"/invite/{invited.key}/").status_code == 410
    assert as_owner.get(withdraw).status_code == 405


def test_open_invitations_say_who_invited(as_owner, super_admin, workspace, page):
    workspaces.invite(workspace, NEW, Role.ADMIN, by=super_admin)
    workspaces.invite(workspace, "newer@northwind.example", Role.ADMIN, by=factories.OPERATOR)

    text = words(as_owner.get(page))

    assert text.count(f"invited by {super_admin.user.email}") == text.count("invited by") == 1


def test_an_owner_changes_a_role(as_owner, admin, page):
    answer = as_owner.post(f"{page}{admin.pk}/role/", {"role": "super_admin"}, follow=True)

    assert f"{admin.user.email} is Super Admin now." in words(answer)
    admin.refresh_from_db()
    assert admin.role == Role.SUPER_ADMIN


@pytest.mark.parametrize("what", ["role", "access", "remove"])
def test_what_goes_beyond_ones_role_is_refused_before_the_form_is_shown(super_admin, owner, page, what):
    client = sessions.sign_in(Client(), super_admin)

    shown = client.get(f"{page}{owner.pk}/{what}/")
    sent = client.post(f"{page}{owner.pk}/{what}/", {"role": "admin", "confirm": owner.user.email})

    assert shown.status_code == sent.status_code == 403
    assert "Only these roles can give or take the role Owner: Owner." in words(shown)
    owner.refresh_from_db()
    assert owner.role == Role.OWNER


def test_a_role_that_a_super_admin_may_not_give_is_refused_at_its_field(super_admin, admin, page):
    client = sessions.sign_in(Client(), super_admin)

    answer = client.post(f"{page}{admin.pk}/role/", {"role": "owner"})

    assert answer.status_code == 422
    assert "Choose one of the roles that you may give." in words(answer)
    admin.refresh_from_db()
    assert admin.role == Role.ADMIN


def test_a_change_of_role_ends_every_session_of_that_person(as_owner, admin, page):
    browsers = [at_work(admin), at_work(admin)]
    assert [browser.get(page).status_code for browser in browsers] == [200, 200]

    as_owner.post(f"{page}{admin.pk}/role/", {"role": "super_admin"})

    assert [browser.get(page)["Location"] for browser in browsers] == [f"/sign-in/?next={page}"] * 2


def test_the_same_role_again_ends_no_session(as_owner, admin, page):
    browser = at_work(admin)

    as_owner.post(f"{page}{admin.pk}/role/", {"role": "admin"})

    assert browser.get(page).status_code == 200


def test_an_owner_who_steps_down_stays_signed_in_here_and_nowhere_else(owner, workspace, page):
    factories.make_member(workspace, Role.OWNER)
    here, elsewhere = at_work(owner), at_work(owner)

    answer = here.post(f"{page}{owner.pk}/role/", {"role": "admin"}, follow=True)

    assert f"{owner.user.email} is Admin now." in words(answer)
    assert elsewhere.get(page).status_code == 302
    assert here.get(f"{page}invite/").status_code == 403


def test_removal_ends_access_at_once(as_owner, admin, page):
    browser = at_work(admin)

    answer = as_owner.post(f"{page}{admin.pk}/remove/", {"confirm": admin.user.email}, follow=True)

    assert f"{admin.user.email} is not a member any more." in words(answer)
    assert browser.get(page).status_code == 302
    assert at_work(admin).get(page).status_code == 404


def test_removal_asks_for_the_address_to_be_typed(as_owner, admin, page):
    answer = as_owner.post(f"{page}{admin.pk}/remove/", {"confirm": "someone@else.example"})

    assert answer.status_code == 422
    assert "This is not the name." in words(answer)
    assert Membership.objects.for_workspace(admin.workspace).filter(pk=admin.pk).exists()


@pytest.mark.parametrize(
    ("what", "form"),
    [("role", {"role": "admin"}), ("remove", {"confirm": "boss@northwind.example"})],
)
def test_the_last_owner_is_told_that_a_workspace_always_has_one(db, what, form):
    boss = workspaces.create("Northwind", factories.make_user("boss@northwind.example"))

    answer = sessions.sign_in(Client(), boss).post(f"/w/northwind/members/{boss.pk}/{what}/", form)

    assert answer.status_code == 422
    assert "A workspace always has an Owner. Make someone else Owner first." in words(answer)
    assert Membership.objects.for_workspace(boss.workspace).get().role == Role.OWNER


def test_everyone_may_leave_and_is_led_to_what_is_left(as_admin, admin, page):
    answer = as_admin.post(f"{page}{admin.pk}/remove/", {"confirm": admin.user.email}, follow=True)

    assert "You belong to no workspace" in words(answer)
    assert as_admin.get(page).status_code == 404


def test_who_only_does_tasks_leaves_by_the_account_menu_and_sees_nobody_else(workspace, admin, page):
    member = factories.make_member(workspace, Role.MEMBER)
    browser = at_work(member)
    tasks = browser.get(f"/w/{workspace.slug}/tasks/").content.decode()
    (here,) = re.findall(r'href="(/w/[^"]+/remove/)"', tasks)
    shown = browser.get(here)

    assert shown.status_code == 200
    assert f'href="/w/{workspace.slug}/tasks/">Cancel' in shown.content.decode()
    assert page not in shown.content.decode().replace(here, "")
    assert browser.get(f"{page}{admin.pk}/remove/").status_code == 403
    assert browser.post(f"{page}{admin.pk}/remove/", {"confirm": admin.user.email}).status_code == 403
    answer = browser.post(here, {"confirm": member.user.email}, follow=True)
    assert f"You have left {workspace.name}." in words(answer)
    assert Membership.objects.for_workspace(workspace).filter(pk=admin.pk).exists()
    assert not Membership.objects.for_workspace(workspace).filter(pk=member.pk).exists()


def test_who_finds_themselves_among_the_members_has_no_second_way_to_leave(as_admin, page):
    assert "Leave the workspace" not in words(as_admin.get(page))


def test_an_account_that_is_switched_off_is_signed_out_at_once(admin, page):
    browser = at_work(admin)
    admin.user.is_active = False
    admin.user.save()

    assert browser.get(page).status_code == 302
    assert at_work(admin).get(page).status_code == 302


def test_an_owner_gives_a_limited_admin_integrations(as_owner, admin, workspace, integration, page):
    workspace.admins_limited = True
    workspace.save()
    assert f"{page}{admin.pk}/access/" in words(as_owner.get(page))

    as_owner.post(f"{page}{admin.pk}/access/", {"integrations": [str(integration.pk)]})

    assert IntegrationAccess.objects.get(membership=admin).integration == integration
    assert "checked" in words(as_owner.get(f"{page}{admin.pk}/access/"))


def test_an_integration_that_is_not_there_cannot_be_given(as_owner, admin, page):
    foreign = factories.make_integration(factories.make_workspace("Contoso"), "Secret app")

    answer = as_owner.post(f"{page}{admin.pk}/access/", {"integrations": [str(foreign.pk)]})

    assert answer.status_code == 422
    assert "Secret app" not in words(answer)
    assert not IntegrationAccess.objects.filter(membership=admin).exists()


def test_the_list_costs_the_same_for_many_members(as_owner, workspace, page, queries):
    few = queries(as_owner, page)
    for _ in range(20):
        factories.make_member(workspace)

    assert queries(as_owner, page) == few
