"""Which tasks are there for whom, in which list, a page at a time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.http import Http404

from integrations.delivery.hands import inbox, tasks
from integrations.delivery.hands.inbox import Show
from integrations.delivery.models import Task
from integrations.kit.paging import Page
from integrations.models import Membership, Role
from tests import factories


@pytest.fixture
def member(workspace) -> Membership:
    return factories.make_member(workspace, Role.MEMBER)


@pytest.fixture
def some(integration, member, owner) -> dict[str, Task]:
    """A task of each kind, and one of another workspace."""
    factories.make_task(factories.make_integration(factories.make_workspace("Contoso")), "theirs")
    made = {
        "mine": factories.make_task(integration, "mine", assignee=member),
        "late": factories.make_task(integration, "late", assignee=member, due_in=-timedelta(hours=1)),
        "nobody's": factories.make_task(integration, "nobody's"),
        "owner's": factories.make_task(integration, "owner's", assignee=owner),
        "done": factories.make_task(integration, "done", assignee=member),
    }
    tasks.finish(made["done"], note="Done.", by=member)
    return made


def titles(who: Membership, show: Show) -> list[str]:
    return [task.title for task in inbox.page(who, show, "").rows]


@pytest.mark.parametrize(
    ("show", "members", "owners"),
    [
        (Show.MINE, ["late", "mine"], ["owner's"]),
        (Show.UNASSIGNED, ["nobody's"], ["nobody's"]),
        (Show.OVERDUE, ["late"], ["late"]),
        (Show.OPEN, ["late", "mine", "nobody's"], ["late", "mine", "nobody's", "owner's"]),
        (Show.DONE, ["done"], ["done"]),
    ],
)
def test_each_list_holds_its_own_by_the_time_they_are_due(some, member, owner, show, members, owners):
    assert titles(member, show) == members
    assert titles(owner, show) == owners


def test_the_counts_are_those_of_the_lists(some, member, django_assert_num_queries):
    with django_assert_num_queries(1):
        counted = inbox.counts(member)

    assert counted == {"mine": 2, "unassigned": 1, "overdue": 1, "open": 3}


def test_the_menu_counts_ones_own_and_nobodys(some, member, owner):
    assert (inbox.waiting(member), inbox.waiting(owner)) == (3, 2)


def test_a_limited_admin_sees_the_tasks_of_what_was_given_and_what_they_got(some, workspace, integration):
    workspace.admins_limited = True
    workspace.save()
    admin = factories.make_member(workspace, Role.ADMIN)
    canva = factories.make_integration(workspace, "Canva")
    factories.make_task(canva, "given")
    factories.make_task(integration, "theirs to do", assignee=admin)
    factories.give(canva, admin)

    assert sorted(titles(admin, Show.OPEN)) == ["given", "theirs to do"]


def test_a_task_that_is_not_there_is_not_found(some, member, owner):
    assert tasks.find(owner, some["owner's"].pk).title == "owner's"
    with pytest.raises(Http404):
        tasks.find(member, some["owner's"].pk)


@pytest.mark.parametrize("show", [Show.OPEN, Show.DONE])
def test_pages_lead_on_and_back_without_a_gap(integration, owner, show):
    for number in range(120):
        factories.make_task(integration, f"{number:03}", due_in=timedelta(hours=number // 3))
    if show == Show.DONE:
        for task in Task.objects.order_by("title"):
            task.state, task.done_at = Task.State.DONE, task.due_at
            task.save()
    seen: list[str] = []
    pages: list[Page] = []
    cursor = ""
    while not pages or cursor:
        page = inbox.page(owner, show, cursor)
        pages.append(page)
        seen += [task.title for task in page.rows]
        cursor = page.older
    back = inbox.page(owner, show, pages[2].newer)

    assert [len(page.rows) for page in pages] == [50, 50, 20]
    assert sorted(seen) == [f"{number:03}" for number in range(120)]
    assert [int(title) // 3 for title in seen] == sorted(
        (number // 3 for number in range(120)), reverse=show == Show.DONE
    )
    assert back.rows == pages[1].rows
    assert inbox.page(owner, show, back.newer).newer == pages[0].newer == ""


@pytest.mark.parametrize(
    "cursor",
    [
        *("after:", "after:x|y", "before:2026-01-01|z", "after:2026-01-01T00:00:00|x"),
        f"after:0001-01-01T00:00:00+23:59|{UUID(int=0)}",
        f"before:9999-12-31T23:59:59-23:59|{UUID(int=0)}",
        f"after:0001-01-01T00:00:00|{UUID(int=0)}",
    ],
)
def test_a_cursor_that_is_none_means_the_first_page(some, owner, cursor):
    assert len(inbox.page(owner, Show.OPEN, cursor).rows) == 4
