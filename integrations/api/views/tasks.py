"""Tasks: list, read, give to somebody, give back, finish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from integrations.api.paging import ByKey, Page
from integrations.api.resource import Call, Resource, operation
from integrations.api.serializers.tasks import TaskDetail, TaskFinish, TaskRow, TasksAsked, TaskTake
from integrations.delivery.hands import inbox, reminders, tasks
from integrations.delivery.models import Task
from integrations.kit import mail
from integrations.kit.errors import Refused
from integrations.models import ApiKey, Membership
from integrations.roles import Action


def find_task(key: ApiKey, _found: Mapping[str, Any], pk: UUID) -> Task:
    return tasks.find(key, pk)


class Tasks(Resource):
    finders = {"task_id": find_task}

    @operation(action=Action.INTEGRATION_VIEW, summary="List tasks", gives=TaskRow, asks=TasksAsked)
    def list(self, call: Call) -> Page:
        """In the order in which they were opened."""
        given = {
            name: call.query[name] for name in ("state", "integration", "assignee") if name in call.query
        }
        return call.page(inbox.visible_to(call.key).filter(**given), ByKey())

    @operation(action=Action.INTEGRATION_VIEW, summary="Read a task", gives=TaskDetail)
    def retrieve(self, _call: Call, task: Task) -> Task:
        return task

    @operation(
        action=Action.DELIVERY_MANAGE,
        summary="Give a task to a member",
        gives=TaskDetail,
        takes=TaskTake,
        example={"member": "01a22330-0000-7000-8000-000000000003"},
    )
    def take(self, call: Call, task: Task) -> Task:
        """Whoever has it now; the member is told by mail."""
        members = Membership.objects.for_workspace(call.key.workspace).select_related("user", "workspace")
        to = members.filter(pk=call.body["member"], user__is_active=True).first()
        if to is None:
            raise Refused("unknown", _("There is no such member here."), "member")
        had = task.assignee_id
        given = tasks.give(task, to, by=call.key)
        message = reminders.assigned(given, to, by=call.key) if had != to.pk else None
        if message is not None:
            mail.send_later(message)
        return tasks.find(call.key, task.pk)

    @operation(action=Action.DELIVERY_MANAGE, summary="Take a task back", gives=TaskDetail)
    def give_back(self, call: Call, task: Task) -> Task:
        """Nobody has it any more."""
        tasks.give_back(task, by=call.key)
        return tasks.find(call.key, task.pk)

    @operation(
        action=Action.TASK_DO,
        summary="Finish a task",
        gives=TaskDetail,
        takes=TaskFinish,
        example={"note": "Deactivated in the app's user list."},
    )
    def finish(self, call: Call, task: Task) -> Task:
        """Done, with the note as its proof: it has arrived, on the word of whoever holds the key."""
        tasks.finish(task, note=call.body["note"], by=call.key)
        return tasks.find(call.key, task.pk)
