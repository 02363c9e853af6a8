"""Sends a mail, at once or behind the answer; a mail server that fails is logged, never raised."""

from __future__ import annotations

import threading

import structlog
from django.core.mail import EmailMessage

log = structlog.get_logger("gateway.mail")


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
