"""What a task's page tells: whom it is for, why, its steps, and what happened to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from integrations import roles
from integrations.console import due, sentences
from integrations.delivery.connector import OF_GROUPS
from integrations.delivery.hands import tasks
from integrations.delivery.models import Task
from integrations.models import Membership
from integrations.roles import Action
from integrations.traffic.models import RequestLog


def of(member: Membership, task: Task) -> dict[str, Any]:
    """Context of console/task.html; the links lead where the person may go, and are empty where not."""
    sees = roles.may(member, Action.INTEGRATION_VIEW) and roles.sees(member, task.integration)
    change = task.delivery.change
    return {
        "task": task,
        "badge": due.of(task),
        "is_open": task.state == Task.State.OPEN,
        "closed": tasks.why_closed(task),
        "why": sentences.of_change(change) if change else _("Delivery was switched on, or planned anew."),
        "sees": sees,
        "files": task.files.defer("content").order_by("added_at", "pk"),
        "history": _history(task),
        **(_links(member, task) if sees else {}),
    }


def checklist(task: Task) -> dict[str, Any]:
    """Context of console/_checklist.html."""
    steps = [
        {
            **step,
            "number": number,
            "done_at": parse_datetime(step["done_at"]) if step["done_at"] else None,
        }
        for number, step in enumerate(task.steps)
    ]
    here = [task.integration.workspace.slug, task.pk]
    return {
        "steps": steps,
        "ticked": sum(1 for step in steps if step["done_at"]),
        "steps_url": reverse("console:task-steps", args=here),
        "is_open": task.state == Task.State.OPEN,
    }


def _links(member: Membership, task: Task) -> dict[str, str]:
    delivery = task.delivery
    here = [member.workspace.slug, task.integration_id]
    logs = RequestLog.objects.for_integration(task.integration_id).filter(trace_id=delivery.trace_id)
    request_id = logs.order_by("pk").values_list("pk", flat=True).first()
    of_person = delivery.intent not in OF_GROUPS
    return {
        "app_url": reverse("console:integration", args=here),
        "person_url": reverse("people:user", args=[*here, delivery.line]) if of_person else "",
        "request_url": reverse("console:activity-request", args=[*here, request_id]) if request_id else "",
    }


def _history(task: Task) -> list[dict[str, Any]]:
    """The steps of a timeline, in their order."""
    change = task.delivery.change
    told = [
        _step(sentences.of_change(change), "arrow-in", change.at) if change else None,
        _step(_("Task made"), "flag", task.created_at),
        _step(_("Reminded by mail"), "mail", task.reminded_at),
        _step(
            _("Owners and Super Admins were told that it is late"), "mail", task.escalated_at, state="warn"
        ),
        _end(task),
    ]
    return sorted(filter(None, told), key=lambda step: step["at"])


def _end(task: Task) -> dict[str, Any] | None:
    if task.state == Task.State.DONE:
        return _step(_("Done by %(person)s") % {"person": task.done_by}, "check", task.done_at, state="ok")
    return _step(_("Not needed any more"), "x", task.done_at)


def _step(title: str, icon: str, at: datetime | None, *, state: str = "") -> dict[str, Any] | None:
    return {"title": title, "icon": icon, "at": at, "state": state} if at else None
