"""The API keys on the workspace's settings page: what is shown, how often, and to whom."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from integrations import api_keys, catalog
from integrations.audit.models import AuditEntry
from integrations.models import ApiKey, Role, Workspace
from tests import factories, sessions

KEY = re.compile(r"cgk_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}")
FRAGMENT = {"HX-Request": "true"}
WAYS = pytest.mark.parametrize("headers", [{}, FRAGMENT], ids=["as a page", "as a fragment"])


@pytest.fixture
def settings_page(workspace: Workspace) -> str:
    return reverse("console:workspace", args=[workspace.slug])


@pytest.fixture
def new(workspace: Workspace) -> str:
    return reverse("console:api-key-new", args=[workspace.slug])


def revoke_path(key: ApiKey) -> str:
    return reverse("console:api-key-revoke", args=[key.workspace.slug, key.pk])


def sent(**fields: str) -> dict[str, str]:
    """The form of a new key, filled in."""
    usual = {"form_key": str(factories.form_key()), "label": "Nightly export", "role": "admin", "life": "90"}
    return {**usual, **fields}


@WAYS
def test_a_key_is_shown_in_the_answer_that_made_it(as_owner, owner, new, headers):
    answer = as_owner.post(new, sent(), headers=headers)

    text = answer.content.decode()
    (shown,) = set(KEY.findall(text))
    key = api_keys.verify(f"Bearer {shown}").key
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert ("<html" in text) is (not headers)
    assert (key.label, key.role, key.created_by) == ("Nightly export", "admin", owner.user.email)
    assert key.expires_at is not None
    assert key.expires_at - key.created_at == pytest.approx(timedelta(days=90), abs=timedelta(seconds=5))


def test_a_shown_key_is_kept_nowhere(as_owner, new, settings_page, caplog):
    answer = as_owner.post(new, sent())

    (shown,) = set(KEY.findall(answer.content.decode()))
    secret = shown[-38:-6]
    for model in apps.get_models():
        assert secret not in str(list(model._default_manager.values())), model
    assert secret not in str(dict(as_owner.session))
    assert secret not in str(as_owner.cookies)
    assert secret not in caplog.text
    assert not list(get_messages(answer.wsgi_request))
    assert secret not in as_owner.get(settings_page).content.decode()


@WAYS
def test_the_same_form_sent_twice_makes_one_key(as_owner, workspace, new, headers):
    form = sent()
    as_owner.post(new, form, headers=headers)

    again = as_owner.post(new, form, headers=headers)

    assert again.status_code == 409
    assert "This form was already sent" in again.content.decode()
    assert not KEY.search(again.content.decode())
    assert ApiKey.objects.for_workspace(workspace).count() == 1


def test_each_role_is_offered_with_a_sentence_the_smallest_first_and_chosen(as_owner, new):
    text = as_owner.get(new).content.decode()

    assert re.findall(r'name="role" value="(\w+)"', text) == ["read_only", "admin", "super_admin"]
    assert re.search(r'value="read_only"[^>]* checked', text)
    assert "changes nothing." in text


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        pytest.param({"label": " "}, "This field is required.", id="no label"),
        pytest.param({"label": "x" * 81}, "at most 80 characters", id="a long label"),
        pytest.param({"role": "owner"}, "Select a valid choice.", id="a role that no key has"),
        pytest.param({"life": "9999"}, "Select a valid choice.", id="a life that is not offered"),
    ],
)
@WAYS
def test_what_will_not_do_is_said_at_its_field_and_the_rest_is_kept(
    as_owner, workspace, new, headers, wrong, sentence
):
    answer = as_owner.post(new, sent(**wrong), headers=headers)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert 'aria-invalid="true"' in text
    assert "label" in wrong or 'value="Nightly export"' in text
    assert not ApiKey.objects.for_workspace(workspace).exists()


@WAYS
def test_an_old_sign_in_is_confirmed_first_nothing_is_made_and_nothing_is_lost(
    owner, workspace, new, headers
):
    client = sessions.sign_in(Client(), owner, age=timedelta(minutes=11))

    answer = client.post(new, sent(label="Nightly & export"), headers=headers)

    target = urlsplit(answer["HX-Redirect"] if headers else answer["Location"])
    (back,) = parse_qs(target.query)["next"]
    assert target.path == "/sign-in/confirm/"
    assert not ApiKey.objects.for_workspace(workspace).exists()
    confirmed = client.post(target.geturl(), {"password": factories.PASSWORD, "next": back})
    assert confirmed["Location"] == back
    page = client.get(back).content.decode()
    assert 'value="Nightly &amp; export"' in page
    assert re.search(r'value="admin"[^>]* checked', page)
    assert re.search(r'value="90" selected', page)


def test_the_fifty_first_is_refused_in_a_sentence(as_owner, workspace, new, monkeypatch):
    monkeypatch.setattr(api_keys, "MOST_LIVE", 1)
    factories.make_api_key(workspace)

    answer = as_owner.post(new, sent(), headers=FRAGMENT)

    assert answer.status_code == 409
    assert "Revoke one first." in answer.content.decode()


def test_the_table_tells_of_each_key_and_offers_to_revoke_what_works(as_owner, workspace, settings_page):
    used = factories.make_api_key(workspace, label="<b>Nightly</b>").key
    gone = factories.make_api_key(workspace, "read_only", "Old export").key
    api_keys.note_use(used, at=used.created_at, ip="192.0.2.44", user_agent="curl/8")
    api_keys.revoke(gone, by=factories.OPERATOR)

    text = as_owner.get(settings_page).content.decode()

    for part in ("&lt;b&gt;Nightly&lt;/b&gt;", used.shown_name, "Active", "192.0.2.44", "Command line"):
        assert part in text
    assert "Old export" in text
    assert "Revoked" in text
    assert revoke_path(used) in text
    assert revoke_path(gone) not in text


def test_the_page_takes_no_more_queries_for_more_keys(as_owner, workspace, settings_page, queries):
    factories.make_api_key(workspace)
    before = queries(as_owner, settings_page)
    for _ in range(3):
        factories.make_api_key(workspace)

    assert queries(as_owner, settings_page) == before


def test_revoke_needs_the_label(as_owner, workspace):
    made = factories.make_api_key(workspace)

    answer = as_owner.post(revoke_path(made.key), {"confirm": "nightly export"}, headers=FRAGMENT)

    assert answer.status_code == 422
    assert "This is not the name." in answer.content.decode()
    assert api_keys.verify(f"Bearer {made.text}").key == made.key


def test_revoke_stops_the_next_request(as_owner, workspace, settings_page):
    made = factories.make_api_key(workspace)

    answer = as_owner.post(revoke_path(made.key), {"confirm": "Nightly export"}, follow=True)

    assert answer.redirect_chain == [(settings_page, 302)]
    assert f"Nightly export ({made.key.shown_name}) is revoked." in answer.content.decode()
    with pytest.raises(api_keys.KeyRefused):
        api_keys.verify(f"Bearer {made.text}")


def test_a_key_that_stopped_meanwhile_has_nothing_to_revoke(as_owner, workspace):
    made = factories.make_api_key(workspace)
    api_keys.revoke(made.key, by=factories.OPERATOR)

    answer = as_owner.post(revoke_path(made.key), {"confirm": "Nightly export"}, headers=FRAGMENT)

    assert answer.status_code == 409
    assert "stopped already" in answer.content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_owners_and_super_admins_alone_come_to_the_keys(workspace, new, role):
    client = sessions.sign_in(Client(), factories.make_member(workspace, role))
    may = role in {Role.OWNER, Role.SUPER_ADMIN}

    assert client.post(new, sent()).status_code == (200 if may else 403)
    assert ApiKey.objects.for_workspace(workspace).exists() is may


def test_the_audit_tells_who_made_the_key_and_what_the_key_did(as_owner, workspace, new):
    as_owner.post(new, sent(), REMOTE_ADDR="203.0.113.7")
    key = ApiKey.objects.for_workspace(workspace).select_related("workspace").get()
    catalog.create(workspace, catalog.Facts(name="Canva"), by=key)

    text = as_owner.get(reverse("console:audit", args=[workspace.slug])).content.decode()

    for part in (f"Made the API key {key.shown_name}", "For Nightly export.", "As Admin.", "203.0.113.7"):
        assert part in text
    assert f"API key Nightly export ({key.shown_name})" in text
    kinds = AuditEntry.objects.for_workspace(workspace).values_list("actor_kind", flat=True)
    assert {"person", "api_key"} <= set(kinds)
