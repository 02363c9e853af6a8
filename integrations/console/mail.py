"""Mails that the console sends."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from integrations.models import Invitation, Membership

log = structlog.get_logger("gateway.mail")


def send_invitation(invitation: Invitation, link: str, *, inviter: Membership) -> bool:
    """Sends the link; False where no mail is set up or the server refused it: then it is shown instead."""
    if not settings.MAIL_CONFIGURED:
        return False
    context = {"invitation": invitation, "link": link, "inviter": inviter.user.get_full_name()}
    subject = render_to_string("emails/invitation_subject.txt", context).strip()
    try:
        send_mail(
            subject, render_to_string("emails/invitation_message.txt", context), None, [invitation.email]
        )
    except OSError:
        log.exception("mail.failed", invitation=str(invitation.pk))
        return False
    return True
