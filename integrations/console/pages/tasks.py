"""Tasks: what people carry out by hand, in lists by whose they are and when they are due."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from integrations.console import due
from integrations.console.access import member_page
from integrations.delivery.hands import inbox
from integrations.delivery.hands.inbox import Show
from integrations.delivery.models import Task
from integrations.models import Membership
from integrations.roles import Action

LONGEST_CURSOR = 100


@member_page(Action.TASK_DO)
def tasks(request: HttpRequest, member: Membership) -> HttpResponse:
    counts = inbox.counts(member)
    show = _chosen(request.GET.get("show", ""), counts)
    page = inbox.page(member, show, request.GET.get("cursor", "")[:LONGEST_CURSOR])
    context = {
        "show": show,
        "tabs": [_tab(request.path, each, counts, current=show) for each in Show],
        "rows": [_row(task) for task in page.rows],
        "unassigned": counts[Show.UNASSIGNED],
        "next_url": _page_url(show, page.older),
        "previous_url": _page_url(show, page.newer),
    }
    return render(request, "console/tasks.html", context)


def _chosen(asked: str, counts: dict[str, int]) -> Show:
    """The list that was asked for, else the first of those that hold something to do."""
    if asked in Show.values:
        return Show(asked)
    lists = (Show.MINE, Show.UNASSIGNED, Show.OPEN)
    return next((each for each in lists if counts[each]), Show.MINE)


def _tab(path: str, show: Show, counts: dict[str, int], *, current: Show) -> dict[str, Any]:
    return {
        "url": f"{path}?{urlencode({'show': show.value})}",
        "label": show.label,
        "current": "page" if show == current else "",
        "count": counts.get(show) or "",
    }


def _row(task: Task) -> dict[str, Any]:
    ticked = sum(1 for step in task.steps if step["done_at"])
    return {"task": task, "ticked": ticked, "steps": len(task.steps), "badge": due.of(task)}


def _page_url(show: Show, cursor: str) -> str:
    return f"?{urlencode({'show': show.value, 'cursor': cursor})}" if cursor else ""
