"""Support staff look things up: every page is read-only, and without secrets."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.utils import quote
from django.urls import reverse
from django.utils.html import escape

from integrations import one_time_links
from integrations.models import (
    GatewayToken,
    Membership,
    User,
    Workspace,
)
from scim.models import ScimUser
from tests import sessions
from tests.db.integrations.support.desk import (
    BODY,
    DELIVERING,
    MODELS,
    OWN,
    THEIRS,
    address,
    each_model,
    found,
    looks,
    pages,
    term_for,
)


def test_support_sees_these_models_and_no_others():
    assert set(MODELS) == OWN | THEIRS | DELIVERING


@each_model
def test_no_page_shows_a_secret_or_what_people_are(desk, model, rows, issued, invited):
    token, key = issued.token, invited.key
    token = GatewayToken.objects.for_integration(token.integration).get(pk=token.pk)
    link = one_time_links.sign_in(rows[User])
    secrets = [issued.text, token.token_hash, token.tag, key, invited.invitation.key_hash, link, BODY]
    secrets += [user.password for user in User.objects.all()]

    texts = pages(desk, model, rows)

    assert [secret for secret in secrets for text in texts if escape(secret) in text] == []


@each_model
def test_pages_keep_to_the_content_security_policy(desk, model, rows):
    texts = [*pages(desk, model, rows), desk.get("/admin/").content.decode()]

    inline = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", re.IGNORECASE)
    assert [match for text in texts for match in inline.findall(text)] == []


@each_model
@pytest.mark.parametrize(
    ("method", "page"),
    [("get", "add"), ("post", "add"), ("post", "change"), ("get", "delete"), ("post", "delete")],
    ids=lambda word: word,
)
def test_nothing_is_added_changed_or_deleted(desk, model, rows, page, method):
    row = rows[model]
    before = model.objects.filter(pk=row.pk).values().get(), model.objects.count()
    url = address(model, page, *([] if page == "add" else [quote(row.pk)]))

    answer = getattr(desk, method)(url, {"name": "x", "post": "yes"})

    assert answer.status_code == 403
    assert (model.objects.filter(pk=row.pk).values().get(), model.objects.count()) == before


@each_model
def test_no_action_is_done_on_a_list(desk, model, rows):
    row = rows[model]

    answer = desk.post(
        f"{address(model, 'changelist')}?q={term_for(model, rows)}",
        {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes", "index": "0"},
    )

    assert found(answer) == [row]
    assert answer.context_data["action_form"] is None
    assert model.objects.filter(pk=row.pk).exists()


@each_model
def test_members_get_no_access_whatever_their_role(client, model, rows, owner):
    sessions.sign_in(client, owner)

    for url in [address(model, "changelist"), address(model, "change", quote(rows[model].pk))]:
        assert client.get(url, follow=True).status_code == 403
    assert looks(owner.workspace) == []


def test_strangers_are_sent_to_our_sign_in_page_and_back(client, db):
    answer = client.get(address(Workspace, "changelist"), follow=True)

    assert answer.redirect_chain[-1][0].startswith("/sign-in/?next=")
    assert "admin%2Fintegrations%2Fworkspace" in answer.redirect_chain[-1][0]


def test_staff_whose_account_was_closed_get_no_access(desk, staff):
    staff.is_active = False
    staff.save()

    assert desk.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/sign-in/")


@pytest.mark.parametrize(
    ("model", "query"),
    [
        pytest.param(GatewayToken, "token_hash__startswith=$2b", id="hash of a token"),
        pytest.param(GatewayToken, "tag__gte=0", id="tag of a token"),
        pytest.param(User, "password__contains=md5", id="hash of a password"),
        pytest.param(Membership, "user__password__startswith=md5", id="hash over a relation"),
        pytest.param(User, "is_staff__gte=0", id="a filter's column by another lookup"),
        pytest.param(ScimUser, "data__contains=canary", id="what the identity provider keeps"),
    ],
)
def test_columns_cannot_be_probed_by_the_query_string(desk, model, query):
    assert desk.get(f"{address(model, 'changelist')}?{query}").status_code == 400


def test_a_password_is_changed_on_our_own_page(desk):
    assert desk.get("/admin/password_change/").url == reverse("account_change_password")
