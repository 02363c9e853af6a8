"""The mail that invites somebody; where none can be sent, the link that somebody passes on."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from integrations import addresses, roles
from integrations.kit import mail
from integrations.models import Invitation
from integrations.roles import By


def send(invitation: Invitation, key: str, *, by: By) -> str:
    """Empty once it is sent; the link, to be shown once, where no mail is set up or the server refused it."""
    link = addresses.absolute(reverse("invite", args=[key]))
    if settings.MAIL_CONFIGURED and mail.send(_message(invitation, link, by=by)):
        return ""
    return link


def send_behind(invitation: Invitation, key: str, *, by: By) -> str:
    """As `send`, behind the answer and the transaction; the link only where no mail is set up."""
    link = addresses.absolute(reverse("invite", args=[key]))
    if not settings.MAIL_CONFIGURED:
        return link
    message = _message(invitation, link, by=by)
    transaction.on_commit(lambda: mail.send_later(message))
    return ""


def _message(invitation: Invitation, link: str, *, by: By) -> EmailMessage:
    context = {"invitation": invitation, "link": link, "inviter": roles.called(by)}
    return mail.compose("invitation", context, [invitation.email])
