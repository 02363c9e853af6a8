"""What is said of an account that was found, and that somebody has said is to be left alone."""

from __future__ import annotations

from django.utils.translation import gettext as _

from integrations.delivery.connector import Failed, Kind


def refusal(name: str) -> Failed:
    """`name`: what the app calls the account."""
    words = _("%(name)s is in the app already, and somebody decided under Sync that it is to be left alone.")
    fix = _("Match the account with this person under Sync, or rename or delete it in the app. Then retry.")
    return Failed(Kind.CONFLICT, words % {"name": name}, fix)
