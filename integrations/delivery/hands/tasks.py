"""Deliveries that people carry out: opened by the worker, taken, ticked off, proved and done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from integrations import roles
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.delivery.connector import Order, Proof, Step
from integrations.delivery.errands import ending
from integrations.delivery.hands import evidence, inbox
from integrations.delivery.hands.evidence import Evidence
from integrations.delivery.models import Delivery, Task
from integrations.delivery.queue import engine, lanes
from integrations.kit import transactions
from integrations.kit.errors import Refused
from integrations.models import ApiKey, Membership, Role, Workspace
from integrations.roles import Action

DUE_WITHIN = timedelta(days=1)
LEAVER_DUE_WITHIN = timedelta(hours=4)
State = Task.State


def open_for(delivery: Delivery, question: str, steps: Sequence[Step], *, order: Order | None = None) -> Task:
    """The task of a delivery; `order` says what the account is once it is done. One that is there is opened
    anew, with the ticks of the steps that are still the same. Call it in the transaction that parks the
    delivery."""
    known = Task.objects.for_integration(delivery.integration_id).filter(delivery=delivery).first()
    again = known if known is not None and known.state != State.DONE else None
    leaves = delivery.intent in {"deactivate", "delete", "revoke"}
    values: dict[str, Any] = {
        "integration_id": delivery.integration_id,
        "title": question[:600],
        "question": question,
        "steps": _steps(steps, again.steps if again else []),
        "becomes": _becomes(order),
        "state": State.OPEN,
        "due_at": again.due_at if again else timezone.now() + (LEAVER_DUE_WITHIN if leaves else DUE_WITHIN),
        "done_at": None,
        "done_by": "",
    }
    if not again:
        values |= {"reminded_at": None, "escalated_at": None}
    task, _made = Task.objects.update_or_create(delivery=delivery, defaults=values)
    return task


def call_off(delivery: Delivery) -> None:
    """The gateway carries the change itself again. Call it while writing."""
    found = Task.objects.for_integration(delivery.integration_id).filter(delivery=delivery, state=State.OPEN)
    found.update(state=State.CANCELLED, done_at=timezone.now())


def find(member: Membership | ApiKey, task_id: UUID) -> Task:
    """One task that is there for this person or API key; Http404 for every other id."""
    found = inbox.visible_to(member).select_related(
        "integration__workspace", "delivery__change", "assignee__user"
    )
    task = found.filter(pk=task_id).first()
    if task is None:
        raise Http404
    return task


def take(task: Task, *, by: Membership) -> Task:
    """Takes a task that nobody has. Refused when somebody else was faster."""
    roles.require(by, Action.TASK_DO)
    with transactions.write():
        current = _open(task, by)
        if current.assignee_id not in {None, by.pk}:
            raise _taken(current)
        return _assign(current, by, by=by)


def give(task: Task, to: Membership, *, by: Membership | ApiKey) -> Task:
    """Gives the task to somebody of the workspace, whoever has it now."""
    roles.require(by, Action.DELIVERY_MANAGE)
    if to.workspace_id != by.workspace_id:
        raise Http404
    with transactions.write():
        return _assign(_open(task, by), to, by=by)


def give_back(task: Task, *, by: Membership | ApiKey) -> Task:
    """Nobody has it any more: one's own, or with the right to manage deliveries anybody's."""
    roles.require(by, Action.TASK_DO)
    with transactions.write():
        current = _open(task, by)
        if current.assignee_id != by.pk:
            roles.require(by, Action.DELIVERY_MANAGE)
        return _assign(current, None, by=by)


def tick(task: Task, number: int, *, done: bool, by: Membership) -> Task:
    """Notes that one step is done, and by whom; or that it is not. What is so already stays as it was noted.
    Refused for a step that is not there."""
    roles.require(by, Action.TASK_DO)
    with transactions.write():
        current = _open(task, by)
        if not 0 <= number < len(current.steps):
            raise Refused("unknown", _("There is no such step."))
        step = current.steps[number]
        if bool(step["done_at"]) != done:
            step["done_at"] = timezone.now().isoformat() if done else ""
            step["done_by"] = roles.label(by) if done else ""
            current.save(update_fields=["steps"])
    return current


def finish(task: Task, *, note: str, files: Sequence[Evidence] = (), by: Membership | ApiKey) -> Task:
    """Done, with proof: a note or a file at least. The delivery has arrived, on this person's word; who
    finishes what nobody had taken has taken it. Raises Refused."""
    roles.require(by, Action.TASK_DO)
    note = note.strip()[:4000]
    if not note and not files:
        raise Refused("required", _("Say what you did, or attach a file that shows it."), "note")
    evidence.check(files)
    with transactions.write():
        lanes.lock(task.integration_id)
        current = _open(task, by)
        if current.delivery.status != Delivery.Status.WITH_PERSON:
            raise Refused("closed", _("The gateway carries this itself again, so nothing was changed."))
        kept = evidence.keep(current, files, by=by)
        current.state, current.done_at, current.done_by = State.DONE, timezone.now(), roles.label(by)
        current.note = note
        if isinstance(by, Membership):
            current.assignee = current.assignee or by
        current.save(update_fields=["state", "done_at", "done_by", "note", "assignee"])
        words = _("%(person)s says that it is done.") % {"person": roles.label(by)}
        seen = {
            "note": note,
            "steps": [step["words"] for step in current.steps if step["done_at"]],
            "files": [{"name": one.name, "digest": one.digest} for one in kept],
        }
        ending.by_hand(current.delivery, Proof(words, seen), becomes=current.becomes)
        detail = {"task": current.title[:200]}
        trail.record(Event.TASK_DONE, current.integration, by=by, workspace=by.workspace, detail=detail)
    engine.wake_on_commit(current.integration_id)
    return current


def why_gone(workspace: Workspace, task_id: UUID) -> str:
    """Why a task of the workspace is not a Member's any more, in a sentence; "" where there never was one."""
    found = Task.objects.filter(integration__workspace=workspace)  # all-tenants: the workspace's
    task = found.select_related("delivery", "assignee__user").filter(pk=task_id).first()
    if task is None:
        return ""
    return why_closed(task) or _taken(task).message


def why_closed(task: Task) -> str:
    """Why there is nothing to do any more, in a sentence; "" for an open task."""
    when = _moment(task.done_at)
    if task.state == State.DONE:
        return _("%(person)s finished this task on %(when)s.") % {"person": task.done_by, "when": when}
    if task.state == State.CANCELLED:
        return _("This task is not needed any more since %(when)s. %(why)s") % {
            "when": when,
            "why": task.delivery.problem or _("The gateway carries the change itself."),
        }
    return ""


def _open(task: Task, by: Membership | ApiKey) -> Task:
    """The task as it is now, locked. Refused when it is closed, or a Member's no more."""
    found = Task.objects.for_integration(task.integration_id).select_for_update(of=("self",))
    current = found.select_related("delivery", "integration__workspace", "assignee__user").get(pk=task.pk)
    if current.integration.workspace_id != by.workspace_id:
        raise Http404
    if current.state != State.OPEN:
        raise Refused("closed", why_closed(current))
    if by.role == Role.MEMBER and current.assignee_id not in {None, by.pk}:
        raise _taken(current)
    return current


def _taken(task: Task) -> Refused:
    person = task.assignee.user.email if task.assignee else ""
    return Refused("taken", _("%(person)s has taken this task.") % {"person": person})


def _assign(task: Task, to: Membership | None, *, by: Membership | ApiKey) -> Task:
    if task.assignee_id == (to.pk if to else None):
        return task
    task.assignee = to
    task.save(update_fields=["assignee"])
    detail = {"task": task.title[:200], "assignee": to.user.email if to else ""}
    trail.record(Event.TASK_ASSIGNED, task.integration, by=by, workspace=by.workspace, detail=detail)
    return task


def _steps(steps: Sequence[Step], known: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    ticked = {(step["words"], step["detail"]): step for step in known}
    return [
        ticked.get((str(step.words), step.detail))
        or {"words": str(step.words), "detail": step.detail, "done_at": "", "done_by": ""}
        for step in steps
    ]


def _becomes(order: Order | None) -> dict[str, Any]:
    if order is None or order.person is None:
        return {}
    person = order.person
    return {
        "intent": order.intent.value,
        "user_name": str(person.attributes.get("user_name") or person.user_name)[:512],
        "roles": [entitlement.name for entitlement in person.entitlements],
    }


def _moment(at: datetime | None) -> str:
    return format_date(timezone.localtime(at), "j M Y, H:i") if at else ""
