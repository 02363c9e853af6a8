"""What the pages say of deliveries that are being made for everybody."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.console import tags
from integrations.delivery.models import Planning
from integrations.delivery.queue import planning
from integrations.models import Integration

State = Planning.State


def of(integration: Integration) -> dict[str, Any] | None:
    """What _planning.html shows: one that runs, or was stopped; None where there is nothing to say."""
    found = planning.of(integration)
    if found is None or found.state == State.DONE or integration.mode != Integration.Mode.LIVE:
        return None
    words = _("%(seen)d of %(total)d people looked at, %(made)d deliveries made.")
    told = words % {"seen": found.seen, "total": max(found.total, found.seen), "made": found.made}
    if found.state == State.RUNNING:
        return {"is_running": True, "title": _("Bringing everybody in step…"), "text": told}
    ended = _("{} Stopped {}. The rest get a delivery when everybody is brought in step again.")
    text = format_html(ended, told, tags.ago(found.ended_at))
    return {"is_running": False, "title": _("Not everybody was brought in step"), "text": text}


def started(planned: Planning | None) -> str:
    """After delivery was switched on."""
    if planned is None or not planned.total:
        return _("Delivery is on.")
    return _("Delivery is on. %(more)s") % {"more": on_their_way(planned)}


def on_their_way(planned: Planning) -> str:
    if planned.state == State.RUNNING:
        return _("Deliveries for everybody are being made. This page shows how far that is.")
    words = ngettext("%(n)d delivery is on its way.", "%(n)d deliveries are on their way.", planned.made)
    return words % {"n": planned.made}
