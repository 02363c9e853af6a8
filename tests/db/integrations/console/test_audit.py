"""The audit log as Owners and Super Admins read it."""

from __future__ import annotations

import re

import pytest

from integrations import workspaces
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.console import audit_sentences
from integrations.models import Role, Workspace
from tests import factories


@pytest.fixture
def page(workspace: Workspace) -> str:
    return f"/w/{workspace.slug}/audit/"


def test_it_shows_who_did_what_to_whom_and_from_where(as_owner, owner, admin, workspace, page):
    as_owner.post(
        f"/w/{workspace.slug}/members/{admin.pk}/role/", {"role": "super_admin"}, REMOTE_ADDR="203.0.113.7"
    )

    shown = as_owner.get(page).content.decode()

    for part in (
        *(f"Changed the role of {admin.user.email}", "From Admin to Super Admin."),
        *(owner.user.email, "203.0.113.7"),
    ):
        assert part in shown


def test_everything_that_is_audited_has_its_words(as_owner, owner, workspace, page):
    assert set(audit_sentences.SENTENCES) == set(Event)
    for event in Event:
        trail.record(event, owner, by=owner, workspace=workspace)

    shown = as_owner.get(page).content.decode()

    assert "%(" not in shown
    assert shown.count(f"Looked at {owner.user.email}") == 1


def test_the_newest_comes_first_and_pages_lead_on_and_back(as_owner, owner, workspace, page):
    for _ in range(120):
        trail.record(Event.WORKSPACE_CHANGED, workspace, by=factories.OPERATOR, workspace=workspace)
    newest = workspaces.invite(workspace, "newest@northwind.example", Role.ADMIN, by=owner).invitation

    first = as_owner.get(page).content.decode()
    older = cursor_link(first, "before")
    second = as_owner.get(page + older).content.decode()
    back = as_owner.get(page + cursor_link(second, "after")).content.decode()

    assert newest.email in first
    assert newest.email not in second
    assert newest.email in back


def cursor_link(page: str, side: str) -> str:
    match = re.search(rf'href="(\?cursor={side}[^"]+)"', page)
    assert match, page
    return match[1]


@pytest.mark.parametrize(
    "cursor", ["", "x", "before:", "before:x", "after:00000000", "%00", "before:" + "9" * 500]
)
def test_a_cursor_that_is_none_shows_the_newest(as_owner, page, cursor):
    assert "Created the workspace" in as_owner.get(page, {"cursor": cursor}).content.decode()


def test_another_workspaces_entries_are_not_there(as_owner, page):
    factories.make_workspace("Contoso")

    assert "Contoso" not in as_owner.get(page).content.decode()


def test_hostile_words_stay_words(as_owner, owner, workspace, page):
    workspaces.change(workspace, name="<img src=x>", admins_limited=False, by=owner)

    shown = as_owner.get(page).content.decode()

    assert "<img src=x>" not in shown
    assert "&lt;img src=x&gt;" in shown


def test_the_log_costs_the_same_for_many_entries(as_owner, workspace, page, queries):
    few = queries(as_owner, page)
    for _ in range(30):
        trail.record(Event.WORKSPACE_CHANGED, workspace, by=factories.OPERATOR, workspace=workspace)

    assert queries(as_owner, page) == few
