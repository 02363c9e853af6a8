"""Who gets to see a page of the console."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from integrations.models import Integration
from tests import factories, sessions
from tests.db.console import path


def test_a_stranger_signs_in_and_comes_back(integration):
    here = path("console:general", integration)

    answer = Client().get(f"{here}?x=1")

    assert answer.status_code == 302
    assert answer["Location"] == f"/sign-in/?next={here}%3Fx%3D1"


def test_a_fragment_of_an_ended_session_leads_the_whole_page_to_sign_in(integration):
    page = path("console:connected-services", integration)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}?a=1&b=2"}

    answer = Client().get(path("console:connection", integration), headers=headers)

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == f"/sign-in/?next={page.replace('/', '%2F')}%3Fa%3D1%26b%3D2"


def test_a_fragment_of_another_site_does_not_say_where_to_come_back(integration):
    headers = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/w/"}

    answer = Client().get(path("console:connection", integration), headers=headers)

    assert answer["HX-Redirect"] == "/sign-in/?next=%2F"


def test_a_form_sent_after_the_session_ended_says_that_nothing_was_changed(integration):
    client = Client()

    answer = client.post(path("console:general", integration), {"name": "Other"}, follow=True)

    assert answer.redirect_chain == [("/sign-in/?next=/", 302)]
    assert "Your sign-in had ended, so nothing was changed." in answer.content.decode()
    assert Integration.objects.get().name == "Hootsuite"


def test_after_a_form_that_came_too_late_one_comes_back_to_the_page_it_stood_on(integration):
    page = path("console:general", integration)
    url = path("console:archive", integration)
    here, elsewhere = f"http://testserver{page}?x=1", f"https://evil.example{page}"

    back = Client().post(url, headers={"referer": here})
    astray = Client().post(url, headers={"referer": elsewhere})

    assert back["Location"] == f"/sign-in/?next={page}%3Fx%3D1"
    assert astray["Location"] == "/sign-in/?next=/"


def test_a_fragment_that_came_too_late_says_that_nothing_was_changed(integration):
    page = path("console:connected-services", integration)
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
    client = Client()

    answer = client.post(path("console:token-generate", integration), headers=headers)

    assert answer.status_code == 401
    assert "nothing was changed" in client.get(answer["HX-Redirect"]).content.decode()
    assert not integration.tokens.exists()


def test_a_fragment_without_its_key_loads_its_page_anew(integration, owner):
    client = sessions.sign_in(Client(enforce_csrf_checks=True), owner)

    answer = client.post(path("console:token-generate", integration), headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Refresh"]) == (403, "true")
    page = client.get(path("console:connected-services", integration)).content.decode()
    assert "This page was out of date, so nothing was changed. Try again." in page
    assert not integration.tokens.exists()


def test_a_form_without_its_key_is_out_of_date(integration, owner):
    client = sessions.sign_in(Client(enforce_csrf_checks=True), owner)

    answer = client.post(path("console:general", integration), {"name": "Other"})

    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()
    assert Integration.objects.get().name == "Hootsuite"


def test_someone_without_a_role_in_the_workspace_finds_nothing(integration):
    stranger = sessions.sign_in(Client(), factories.make_user())

    assert stranger.get(path("console:general", integration)).status_code == 404


def test_someone_who_was_removed_finds_nothing_at_once(integration, admin, as_admin):
    assert as_admin.get(path("console:general", integration)).status_code == 200

    admin.delete()

    assert as_admin.get(path("console:general", integration)).status_code == 404


@pytest.mark.parametrize(
    ("name", "method"),
    [
        pytest.param("console:archive", "post", id="archive"),
        pytest.param("console:restore", "post", id="restore"),
        pytest.param("console:delete", "post", id="delete"),
        pytest.param("console:delete", "get", id="the page that asks whether to delete"),
    ],
)
def test_an_admin_is_told_which_role_it_takes_and_who_holds_it(as_admin, integration, owner, name, method):
    answer = getattr(as_admin, method)(path(name, integration), {"confirm": "Hootsuite"})

    text = answer.content.decode()
    assert answer.status_code == 403
    assert "It takes: Owner, Super Admin." in text
    assert f"Ask an Owner: {owner.user.email}." in text
    assert Integration.objects.get().archived_at is None


def test_a_limited_admin_finds_only_what_was_given(as_admin, admin, workspace, integration):
    workspace.admins_limited = True
    workspace.save()
    given = factories.make_integration(workspace, "Mailchimp")
    factories.give(given, admin)

    page = as_admin.get(f"/w/{workspace.slug}/integrations/").content.decode()

    assert "Mailchimp" in page
    assert "Hootsuite" not in page
    assert as_admin.get(path("console:general", given)).status_code == 200
    assert as_admin.get(path("console:general", integration)).status_code == 404
    assert as_admin.post(path("console:token-generate", integration)).status_code == 404


def test_the_menu_shows_what_the_role_may_open(as_owner, as_admin, workspace):
    list_of = f"/w/{workspace.slug}/integrations/"

    assert f'href="/w/{workspace.slug}/audit/"' in as_owner.get(list_of).content.decode()
    assert f'href="/w/{workspace.slug}/audit/"' not in as_admin.get(list_of).content.decode()


def test_a_person_of_two_workspaces_can_switch(as_owner, owner, workspace):
    other = factories.make_workspace("Contoso")
    other.memberships.create(user=owner.user, role="admin")

    page = as_owner.get(f"/w/{workspace.slug}/integrations/").content.decode()

    assert f'href="/w/{other.slug}/integrations/"' in page


@pytest.mark.parametrize("card", ["connection", "deliveries-planning", "sync-run"])
def test_a_card_that_renews_itself_keeps_no_session_alive(as_owner, integration, time_machine, card):
    page, moment = path("console:delivery", integration), datetime.now(tz=UTC)
    time_machine.move_to(moment, tick=False)
    assert as_owner.get(page).status_code == 200

    answers = []
    for minutes in range(2, 33, 2):
        time_machine.move_to(moment + timedelta(minutes=minutes), tick=False)
        answers.append(as_owner.get(path(f"console:{card}", integration)).status_code)

    assert answers == [200] * 15 + [302]


def test_work_keeps_a_session_alive(as_owner, integration, time_machine):
    moment = datetime.now(tz=UTC)
    for minutes in range(0, 61, 20):
        time_machine.move_to(moment + timedelta(minutes=minutes), tick=False)
        assert as_owner.get(path("console:delivery", integration)).status_code == 200
