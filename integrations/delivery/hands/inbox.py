"""The tasks that are there for a person, and the lists they are shown in."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations import catalog
from integrations.delivery.models import Task
from integrations.kit import paging
from integrations.kit.paging import Page
from integrations.models import ApiKey, Membership, Role

State = Task.State
# More are not counted for the menu: what a page costs does not grow with them.
MOST_COUNTED = 100


class Show(models.TextChoices):
    MINE = "mine", _("Mine")
    UNASSIGNED = "unassigned", _("Unassigned")
    OVERDUE = "overdue", _("Overdue")
    OPEN = "open", _("All open")
    DONE = "done", _("Done")


def visible_to(member: Membership | ApiKey) -> QuerySet[Task]:
    """A Member's own and those that nobody has taken; for others all of the integrations they see, and what
    was given to them. An API key sees all of the workspace."""
    workspace = Task.objects.filter(integration__workspace=member.workspace)  # all-tenants: the workspace's
    if isinstance(member, ApiKey):
        return workspace
    own = Q(assignee=member)
    if member.role == Role.MEMBER:
        return workspace.filter(own | Q(assignee=None))
    return workspace.filter(own | Q(integration__in=catalog.visible_to(member).order_by().values("pk")))


def page(member: Membership, show: str, cursor: str) -> Page:
    """One page of a list: what is open by the time it is due, what is closed by the time it was."""
    closed = show == Show.DONE
    tasks = visible_to(member).filter(_filter(member, show))
    rows = tasks.select_related("integration", "assignee__user").defer("becomes", "question", "note")
    return paging.by_moment(rows, cursor, key="done_at" if closed else "due_at", newest_first=closed)


def counts(member: Membership) -> dict[str, int]:
    """How many open tasks each list holds. One query."""
    lists = [show for show in Show if show != Show.DONE]
    counted: dict[str, Any] = {str(show): Count("pk", filter=_filter(member, show)) for show in lists}
    found: dict[str, int] = visible_to(member).filter(state=State.OPEN).aggregate(**counted)
    return found


def waiting(member: Membership) -> int:
    """How many open ones are this person's, or nobody's; a hundred stands for more. One query."""
    theirs = visible_to(member).filter(Q(assignee=member) | Q(assignee=None), state=State.OPEN)
    return theirs.order_by()[:MOST_COUNTED].count()


def _filter(member: Membership, show: str) -> Q:
    is_open = Q(state=State.OPEN)
    return {
        Show.MINE: is_open & Q(assignee=member),
        Show.UNASSIGNED: is_open & Q(assignee=None),
        Show.OVERDUE: is_open & Q(due_at__lt=timezone.now()),
        Show.OPEN: is_open,
        Show.DONE: ~is_open,
    }[Show(show)]
