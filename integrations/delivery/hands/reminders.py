"""Mails about tasks: to whoever got one, before it is due, and to Owners and Super Admins when it is late."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from integrations import addresses, roles
from integrations.delivery.models import Task
from integrations.kit import mail, told_once
from integrations.models import Membership
from integrations.roles import By

REMIND_BEFORE = timedelta(hours=1)
AT_ONCE = 100
EVERY_S = 60.0
_last_run: list[float] = []


def run_in_turn() -> None:
    """As `run`, in one process at most once a minute."""
    now = time.monotonic()
    if not _last_run or now - _last_run[0] >= EVERY_S:
        _last_run[:] = [now]
        run()


def run() -> None:
    """Reminds of what is due soon and tells of what is late, each task once. Without mail nothing is sent,
    and nothing is noted as sent. A mail server that fails ends the run; the next begins with the same task.
    """
    if not settings.MAIL_CONFIGURED:
        return
    now = timezone.now()
    late = Q(due_at__lte=now, escalated_at=None)
    soon = Q(due_at__gt=now, due_at__lte=now + REMIND_BEFORE, reminded_at=None)
    if _each(late, "escalated_at", _tell_of_late):
        _each(soon, "reminded_at", _remind)


def assigned(task: Task, to: Membership, *, by: By) -> EmailMessage | None:
    """The mail for somebody who was given a task; None where nobody is to be told."""
    if not settings.MAIL_CONFIGURED or to == by or not to.user.is_active:
        return None
    return _mail("task_assigned", task, [to], giver=roles.called(by))


def _each(due: Q, mark: str, tell: Callable[[Task], bool]) -> bool:
    """False when a mail failed."""
    # all-tenants: the sweep
    found = Task.objects.filter(due, state=Task.State.OPEN, integration__archived_at=None)
    found = found.select_related("integration__workspace", "assignee__user").defer("becomes", "steps")
    for task in found.order_by("due_at", "pk")[:AT_ONCE]:
        mine = Task.objects.for_integration(task.integration_id).filter(pk=task.pk, state=Task.State.OPEN)
        if not told_once.tell(mine, mark, functools.partial(tell, task)):
            return False
    return True


def _remind(task: Task) -> bool:
    to = [task.assignee] if task.assignee and task.assignee.user.is_active else _in_charge(task)
    return _send("task_due", task, to)


def _tell_of_late(task: Task) -> bool:
    return _send("task_late", task, _in_charge(task))


def _in_charge(task: Task) -> list[Membership]:
    members = Membership.objects.for_workspace(task.integration.workspace)
    found = members.filter(role__in=roles.SUPER, user__is_active=True).select_related("user")
    return list(found.order_by("pk"))


def _send(kind: str, task: Task, to: Sequence[Membership]) -> bool:
    return not to or mail.send(_mail(kind, task, to))


def _mail(kind: str, task: Task, to: Sequence[Membership], **more: str) -> EmailMessage:
    path = reverse("console:task", args=[task.integration.workspace.slug, task.pk])
    context = {"task": task, "link": addresses.absolute(path), **more}
    return mail.compose(kind, context, [member.user.email for member in to])
