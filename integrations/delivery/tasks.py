"""Deliveries that people carry out: opened by the worker, assigned, ticked off, proved and done."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import catalog, roles
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.delivery import ending, engine
from integrations.delivery.connector import Proof, Step
from integrations.delivery.models import Delivery, Task, TaskFile
from integrations.kit import transactions
from integrations.kit.errors import Refused
from integrations.models import Membership, Role
from integrations.roles import Action

DUE_WITHIN = timedelta(days=1)
LEAVER_DUE_WITHIN = timedelta(hours=4)
MOST_FILES = 5
LARGEST_FILE = 5 * 1024 * 1024
FILE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "application/pdf", "text/plain"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file as it was sent."""

    name: str
    content_type: str
    content: bytes


def open_for(delivery: Delivery, question: str, steps: Sequence[Step]) -> Task:
    """The task of a delivery; one that was closed is opened anew. Call it in the transaction that parks the
    delivery."""
    leaves = delivery.intent in {"deactivate", "delete", "revoke"}
    values: dict[str, Any] = {
        "integration_id": delivery.integration_id,
        "title": f"{question}"[:600],
        "question": question,
        "steps": [
            {"words": str(step.words), "detail": step.detail, "done_at": "", "done_by": ""} for step in steps
        ],
        "state": Task.State.OPEN,
        "due_at": timezone.now() + (LEAVER_DUE_WITHIN if leaves else DUE_WITHIN),
        "done_at": None,
        "done_by": "",
    }
    task, _made = Task.objects.update_or_create(delivery=delivery, defaults=values)
    return task


def visible_to(member: Membership) -> QuerySet[Task]:
    """The tasks that are there for this person: all of the integrations they see; for a Member their own and
    those that nobody has taken."""
    workspace = Task.objects.filter(integration__workspace=member.workspace)  # all-tenants: the workspace's
    if member.role == Role.MEMBER:
        return workspace.filter(assignee=member) | workspace.filter(assignee=None)
    return workspace.filter(integration__in=catalog.visible_to(member).order_by().values("pk"))


def find(member: Membership, task_id: UUID) -> Task:
    """One task of those; Http404 for every other id."""
    found = visible_to(member).select_related("integration__workspace", "delivery", "assignee__user")
    task = found.filter(pk=task_id).first()
    if task is None:
        raise Http404
    return task


def assign(task: Task, to: Membership | None, *, by: Membership) -> None:
    """Gives the task to somebody of the workspace, or to nobody. A Member may take one for themselves."""
    roles.require(by, Action.TASK_DO)
    if to is not None and to.workspace_id != by.workspace_id:
        raise Http404
    own = to is not None and to.pk == by.pk
    if not own:
        roles.require(by, Action.DELIVERY_MANAGE)
    with transactions.write():
        current = _open(task)
        current.assignee = to
        current.save(update_fields=["assignee"])
        detail = {"task": current.title[:200], "assignee": to.user.email if to else ""}
        trail.record(Event.TASK_ASSIGNED, current.integration, by=by, workspace=by.workspace, detail=detail)


def tick(task: Task, number: int, *, done: bool, by: Membership) -> Task:
    """Notes that one step is done, and by whom; or that it is not. Refused for a step that is not there."""
    roles.require(by, Action.TASK_DO)
    with transactions.write():
        current = _open(task)
        if not 0 <= number < len(current.steps):
            raise Refused("unknown", _("There is no such step."))
        step = current.steps[number]
        step["done_at"] = timezone.now().isoformat() if done else ""
        step["done_by"] = roles.label(by) if done else ""
        current.save(update_fields=["steps"])
    return current


def finish(task: Task, *, note: str, files: Sequence[Evidence] = (), by: Membership) -> None:
    """Done, with proof: a note or a file at least. The delivery has arrived, on this person's word. Raises
    Refused."""
    roles.require(by, Action.TASK_DO)
    note = note.strip()
    _check(note, files)
    with transactions.write():
        current = _open(task)
        kept = [_keep(current, one, by) for one in files]
        current.state, current.done_at, current.done_by = Task.State.DONE, timezone.now(), roles.label(by)
        current.note = note[:4000]
        current.save(update_fields=["state", "done_at", "done_by", "note"])
        words = _("%(person)s says that it is done.") % {"person": roles.label(by)}
        seen = {
            "note": current.note,
            "steps": [step["words"] for step in current.steps if step["done_at"]],
            "files": [{"name": one.name, "digest": one.digest} for one in kept],
        }
        ending.by_hand(current.delivery, Proof(words, seen))
        trail.record(
            Event.TASK_DONE,
            current.integration,
            by=by,
            workspace=by.workspace,
            detail={"task": current.title[:200]},
        )
    engine.wake_on_commit(current.integration_id)


def _open(task: Task) -> Task:
    found = Task.objects.for_integration(task.integration_id).select_for_update(of=("self",))
    current = found.select_related("delivery", "integration__workspace").get(pk=task.pk)
    if current.state != Task.State.OPEN:
        raise Refused("closed", _("This task is closed: %(state)s.") % {"state": current.get_state_display()})
    return current


def _check(note: str, files: Sequence[Evidence]) -> None:
    if not note and not files:
        raise Refused("required", _("Say what you did, or attach a file that shows it."), "note")
    if len(files) > MOST_FILES:
        raise Refused("too_many", _("Attach at most %(number)d files.") % {"number": MOST_FILES}, "files")
    for one in files:
        if len(one.content) > LARGEST_FILE:
            raise Refused(
                "too_large", _("A file may have at most 5 MiB: %(name)s.") % {"name": one.name}, "files"
            )
        if one.content_type not in FILE_TYPES:
            raise Refused(
                "type",
                _("Attach a picture, a PDF or a text file. This is none: %(name)s.") % {"name": one.name},
                "files",
            )


def _keep(task: Task, evidence: Evidence, by: Membership) -> TaskFile:
    return TaskFile.objects.create(
        task=task,
        name=evidence.name[:200],
        content_type=evidence.content_type,
        size_bytes=len(evidence.content),
        digest=hashlib.sha256(evidence.content).hexdigest(),
        content=evidence.content,
        added_by=roles.label(by),
    )
