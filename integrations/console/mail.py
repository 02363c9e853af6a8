"""Mails that the console sends."""

from __future__ import annotations

from integrations.delivery.hands import reminders
from integrations.delivery.models import Task
from integrations.kit import mail
from integrations.models import Membership


def tell_of_task(task: Task, to: Membership, *, giver: Membership) -> None:
    """Tells somebody that a task was given to them, behind the answer; nobody where no mail is set up."""
    message = reminders.assigned(task, to, by=giver)
    if message is not None:
        mail.send_later(message)
