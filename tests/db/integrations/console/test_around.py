"""The pages around the workspaces: the way in, several workspaces, the theme, the Bookmark URL."""

from __future__ import annotations

import pytest
from django.test import Client

from integrations import one_time_links
from integrations.models import Membership, Role
from tests import factories, sessions


def test_before_there_is_an_owner_the_way_in_says_where_the_link_is(client, db):
    page = client.get("/")

    assert page.status_code == 200
    assert "shows a link for the first Owner" in page.content.decode()


def test_a_start_link_alone_makes_no_owner(client, db):
    one_time_links.start()

    assert "Not set up yet" in client.get("/").content.decode()


def test_a_stranger_is_led_to_sign_in(client, owner):
    assert client.get("/")["Location"] == "/sign-in/"


def test_a_member_is_led_to_the_workspace_seen_last(owner, workspace):
    other = factories.make_workspace("Aardvark")
    other.memberships.create(user=owner.user, role=Role.ADMIN)
    client = sessions.sign_in(Client(), owner)
    first = client.get("/")["Location"]

    client.get(f"/w/{workspace.slug}/members/")

    assert first == f"/w/{other.slug}/integrations/"
    assert client.get("/")["Location"] == f"/w/{workspace.slug}/integrations/"


def test_a_workspace_that_one_left_is_not_led_to_any_more(owner, workspace):
    other = factories.make_workspace("Contoso")
    membership = other.memberships.create(user=owner.user, role=Role.ADMIN)
    client = sessions.sign_in(Client(), owner)
    client.get(f"/w/{other.slug}/integrations/")

    membership.delete()

    assert client.get("/")["Location"] == f"/w/{workspace.slug}/integrations/"


def test_someone_without_a_workspace_is_told_whom_to_ask(client, db):
    user = factories.make_user()

    answer = sessions.sign_in(client, user).get("/")

    assert "You belong to no workspace" in answer.content.decode()
    assert user.email in answer.content.decode()


def test_support_staff_are_led_to_their_desk(client, db):
    assert sessions.sign_in(client, factories.make_user(staff=True)).get("/")["Location"] == "/admin/"


def test_the_switch_names_the_persons_own_workspaces_and_no_others(as_owner, owner, workspace):
    factories.make_workspace("Somebody else's")
    list_of = f"/w/{workspace.slug}/integrations/"
    alone = as_owner.get(list_of).content.decode()
    other = factories.make_workspace("Contoso")
    other.memberships.create(user=owner.user, role=Role.ADMIN)

    both = as_owner.get(list_of).content.decode()

    assert "Switch workspace" not in alone
    assert f'href="/w/{other.slug}/integrations/"' in both
    assert "Somebody else" not in both


def test_each_workspace_has_its_own_role_for_a_person(as_owner, owner, workspace):
    other = factories.make_workspace("Contoso")
    Membership.objects.create(workspace=other, user=owner.user, role=Role.ADMIN)

    assert as_owner.get(f"/w/{workspace.slug}/audit/").status_code == 200
    assert as_owner.get(f"/w/{other.slug}/audit/").status_code == 403


def test_a_member_is_led_to_the_tasks_and_the_switch_follows_each_role(owner, workspace):
    other = factories.make_workspace("Contoso")
    Membership.objects.create(workspace=other, user=owner.user, role=Role.MEMBER)
    client = sessions.sign_in(Client(), owner)

    shown = client.get(f"/w/{other.slug}/tasks/").content.decode()

    assert client.get("/")["Location"] == f"/w/{other.slug}/tasks/"
    assert f'href="/w/{workspace.slug}/integrations/"' in shown
    assert f'href="/w/{other.slug}/tasks/"' in shown
    assert f"/w/{other.slug}/integrations/" not in shown


def test_the_theme_is_kept_in_a_cookie_and_leads_back(client, db):
    answer = client.post("/preferences/theme/", {"theme": "dark", "next": "/sign-in/?a=1"})

    cookie = answer.cookies["theme"]
    assert answer["Location"] == "/sign-in/?a=1"
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("dark", "Lax", True)
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()


@pytest.mark.parametrize("choice", ["system", "", '"><script>'])
def test_any_other_theme_means_that_of_the_system(client, db, choice):
    client.post("/preferences/theme/", {"theme": "dark"})

    client.post("/preferences/theme/", {"theme": choice})

    assert "data-theme=" not in client.get("/sign-in/").content.decode().split("<head>")[0]


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:x"]
)
def test_the_theme_leads_nowhere_else(client, db, target):
    assert client.post("/preferences/theme/", {"theme": "dark", "next": target})["Location"] == "/"


def test_the_bookmark_url_leads_to_the_stored_page_and_nowhere_else(client, integration):
    answer = client.get(f"/go/{integration.pk}/?next=//evil.example&url=https://evil.example")

    assert (answer.status_code, answer["Location"]) == (302, integration.sign_in_url)
    assert answer["Referrer-Policy"] == "no-referrer"


def test_a_bookmark_url_takes_what_okta_posts_and_reads_nothing_of_it(integration):
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(
        f"/go/{integration.pk}", {"SAMLResponse": "x", "RelayState": "https://evil.example"}
    )

    assert (answer.status_code, answer["Location"]) == (303, integration.sign_in_url)


@pytest.mark.parametrize(
    ("stored", "answered"),
    [
        ("https://bücher.example/über", (302, "https://xn--bcher-kva.example/%C3%BCber")),
        ("https://.", (404, None)),
    ],
)
def test_an_address_that_was_stored_before_goes_out_as_it_would_be_kept_today(
    client, integration, stored, answered
):
    integration.sign_in_url = stored
    integration.save()

    answer = client.get(f"/go/{integration.pk}")

    assert (answer.status_code, answer.get("Location")) == answered


def test_a_bookmark_url_without_a_page_says_so(client, integration, workspace):
    bare = factories.make_integration(workspace, "Bare", sign_in_url="")

    for url in (f"/go/{bare.pk}", f"/go/{workspace.pk}"):
        answer = client.get(url)
        assert answer.status_code == 404
        assert "This shortcut leads nowhere" in answer.content.decode()


@pytest.mark.parametrize(
    "page", ["/account/password/", "/account/password/set/", "/account/sessions/", "/sign-in/confirm/"]
)
def test_the_pages_of_an_account_ask_a_stranger_to_sign_in(client, db, page):
    assert client.get(page)["Location"] == f"/sign-in/?next={page}"
    assert client.post(page)["Location"] == f"/sign-in/?next={page}"


def test_nobody_signs_up_by_themselves(client, db):
    form = {"email": "eve@evil.example", "password1": factories.PASSWORD}

    assert "Accounts come by invitation" in client.get("/sign-in/closed/").content.decode()
    assert "Accounts come by invitation" in client.post("/sign-in/closed/", form).content.decode()


def test_a_person_changes_the_password_and_is_signed_out_everywhere_else(owner, workspace):
    here, elsewhere = (sessions.sign_in(Client(), owner) for _ in range(2))
    new = "a quite different sentence"
    form = {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}

    here.post("/account/password/", {**form, "oldpassword": "no"})
    assert elsewhere.get(f"/w/{workspace.slug}/members/").status_code == 200
    here.post("/account/password/", form)

    page = f"/w/{workspace.slug}/members/"
    assert here.get(page).status_code == 200
    assert elsewhere.get(page).status_code == 302
    owner.user.refresh_from_db()
    assert owner.user.check_password(new)


def test_a_person_sees_their_sessions_and_ends_the_others(owner, workspace):
    here, elsewhere = Client(), Client(headers={"user-agent": "Firefox on a train"})
    for client in (here, elsewhere):
        client.post("/sign-in/", {"login": owner.user.email, "password": factories.PASSWORD})
    assert "Firefox on a train" in here.get("/account/sessions/").content.decode()

    here.post("/account/sessions/")

    assert elsewhere.get(f"/w/{workspace.slug}/members/").status_code == 302
    assert "Firefox on a train" not in here.get("/account/sessions/").content.decode()


def test_signing_out_ends_the_session_and_a_look_does_not(as_owner, workspace):
    page = f"/w/{workspace.slug}/members/"
    as_owner.get("/sign-out/")
    assert as_owner.get(page).status_code == 200

    assert as_owner.post("/sign-out/")["Location"] == "/sign-in/"
    assert as_owner.get(page).status_code == 302
