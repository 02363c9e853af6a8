"""The list of tasks, and how many wait in the menu."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from integrations.models import Integration, Membership, Role
from tests import factories, sessions


@pytest.fixture
def page(integration: Integration) -> str:
    return f"/w/{integration.workspace.slug}/tasks/"


@pytest.fixture
def member(workspace) -> Membership:
    return factories.make_member(workspace, Role.MEMBER)


@pytest.fixture
def as_member(member: Membership) -> Client:
    return sessions.sign_in(Client(), member)


def words(answer: Any) -> str:
    return answer.content.decode()


def titles(html: str) -> list[str]:
    return re.findall(r'<a class="row-link"[^>]*>([^<]+)</a>', html)


def current(html: str) -> list[str]:
    return re.findall(r'show=(\w+)" aria-current="page"', html)


def menu(html: str) -> list[str]:
    found = re.search(r'<nav aria-label="Main".*?</nav>', html, re.DOTALL)
    assert found
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in re.findall(r"<a .*?</a>", found[0])]


def test_the_list_opens_with_what_there_is_to_do(as_member, member, integration, page):
    nothing = words(as_member.get(page))
    nobodys = factories.make_task(integration, "nobody's")
    unassigned = words(as_member.get(page))
    nobodys.assignee = member
    nobodys.save()

    mine = words(as_member.get(page))

    assert (current(nothing), current(unassigned), current(mine)) == (["mine"], ["unassigned"], ["mine"])
    assert "Nothing to do here" in nothing
    assert titles(mine) == ["nobody&#x27;s"]


def test_without_a_task_of_ones_own_the_list_leads_to_those_that_nobody_has(as_member, integration, page):
    factories.make_task(integration)

    shown = words(as_member.get(page, {"show": "mine"}))

    assert "You have no open task" in shown
    assert 'href="?show=unassigned"' in shown


def test_a_row_says_the_app_who_has_it_how_far_it_is_and_when_it_is_due(as_owner, owner, integration, page):
    task = factories.make_task(integration, assignee=owner, due_in=-timedelta(minutes=35))
    task.steps[0]["done_at"] = "2026-11-24T15:02:00+00:00"
    task.save()

    shown = words(as_owner.get(page, {"show": "overdue"}))

    for text in ("Hootsuite", owner.user.email, "1 of 2 steps", "Late by 35 min", 'data-state="bad"'):
        assert text in shown


def test_a_list_that_is_none_is_the_usual_one(as_owner, integration, page):
    factories.make_task(integration)

    assert current(words(as_owner.get(page, {"show": "everything", "cursor": "\0"}))) == ["unassigned"]


def test_the_list_is_paged(as_owner, integration, page):
    for number in range(51):
        factories.make_task(integration, f"{number:02}", due_in=timedelta(hours=number + 1))

    first = words(as_owner.get(page, {"show": "open"}))
    next_url = re.findall(r'rel="next" href="([^"]+)"', first)[0].replace("&amp;", "&")
    second = words(as_owner.get(page + next_url))
    back = re.findall(r'rel="prev" href="([^"]+)"', second)[0].replace("&amp;", "&")

    assert (len(titles(first)), titles(second)) == (50, ["50"])
    assert titles(words(as_owner.get(page + back))) == titles(first)


def test_the_list_costs_the_same_for_one_and_for_many(as_owner, integration, page, queries, member):
    factories.make_task(integration)
    few = queries(as_owner, page)
    for number in range(20):
        factories.make_task(integration, f"{number}", assignee=member if number % 2 else None)

    assert queries(as_owner, f"{page}?show=open") == few <= 9


def test_the_menu_says_how_many_wait(as_owner, as_member, integration, page):
    none = menu(words(as_owner.get(page)))
    for _each in range(3):
        factories.make_task(integration)
    three = menu(words(as_owner.get(f"/w/{integration.workspace.slug}/members/")))

    assert none[:2] == ["Integrations", "Tasks"]
    assert three[:2] == ["Integrations", "Tasks 3"]
    assert menu(words(as_member.get(page))) == ["Tasks 3"]


def test_the_menu_counts_no_further_than_a_hundred(as_owner, integration, page, monkeypatch):
    monkeypatch.setattr("integrations.delivery.hands.inbox.MOST_COUNTED", 3)
    for _each in range(4):
        factories.make_task(integration)

    assert menu(words(as_owner.get(page)))[1] == "Tasks 2+"
