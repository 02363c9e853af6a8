"""Mails that the console sends."""

from __future__ import annotations

from django.conf import settings

from integrations.delivery import reminders
from integrations.delivery.models import Task
from integrations.kit import mail
from integrations.models import Invitation, Membership


def send_invitation(invitation: Invitation, link: str, *, inviter: Membership) -> bool:
    """Sends the link; False where no mail is set up or the server refused it: then it is shown instead."""
    if not settings.MAIL_CONFIGURED:
        return False
    context = {"invitation": invitation, "link": link, "inviter": inviter.user.get_full_name()}
    return mail.send(mail.compose("invitation", context, [invitation.email]))


def tell_of_task(task: Task, to: Membership, *, giver: Membership) -> None:
    """Tells somebody that a task was given to them, behind the answer; nobody where no mail is set up."""
    message = reminders.assigned(task, to, by=giver)
    if message is not None:
        mail.send_later(message)
