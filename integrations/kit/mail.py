"""Makes a mail and sends it, at once or behind the answer; a mail server that fails is logged, never
raised."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

log = structlog.get_logger("gateway.mail")


def compose(kind: str, context: Mapping[str, Any], to: Sequence[str]) -> EmailMessage:
    """From templates/emails. Of several people none is shown the others' addresses."""
    # A header holds one line; a name may hold more.
    subject = " ".join(render_to_string(f"emails/{kind}_subject.txt", dict(context)).split())
    body = render_to_string(f"emails/{kind}_message.txt", dict(context))
    one_alone = len(to) == 1
    return EmailMessage(subject, body, to=to if one_alone else [], bcc=[] if one_alone else to)


def send(message: EmailMessage) -> bool:
    """Whether the mail server took it. Waits for it, at most EMAIL_TIMEOUT seconds a step."""
    try:
        message.send()
    except OSError:  # smtplib's errors are OSErrors, as those of the network are
        log.exception("mail.failed")
        return False
    return True


def send_later(message: EmailMessage) -> None:
    """Sends it from a thread of its own: neither time nor failure shows in the answer."""
    threading.Thread(target=send, args=[message], name="mail").start()
