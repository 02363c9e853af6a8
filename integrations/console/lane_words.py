"""How the lane of an integration stands: the state in a word, why, and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from integrations.delivery.models import Lane
from integrations.models import Integration


@dataclass(frozen=True, slots=True)
class LaneStanding:
    """`is_live`: delivery is switched on. `is_stopped`: a pause or a hold that a person ends. `next_at`: when
    an app that is not reached is tried again."""

    label: str
    badge: str
    cause: str
    next_step: str = ""
    is_live: bool = True
    is_paused: bool = False
    is_held: bool = False
    next_at: datetime | None = None

    @property
    def is_stopped(self) -> bool:
        return self.is_paused or self.is_held


def of(integration: Integration) -> LaneStanding:
    """One query."""
    lane = Lane.objects.for_integration(integration).first() or Lane(integration=integration)
    app = integration.app or integration.name
    if integration.mode != Integration.Mode.LIVE:
        return _observing(integration, app)
    if lane.held_at:
        return LaneStanding(
            label=_("Held"),
            badge="bad",
            cause=lane.held_for,
            next_step=_("Mend the cause, test the connection, then resume. Nothing is lost meanwhile."),
            is_paused=lane.paused_at is not None,
            is_held=True,
        )
    if lane.paused_at:
        words = {"person": lane.paused_by, "when": _moment(lane.paused_at)}
        return LaneStanding(
            label=_("Paused"),
            badge="warn",
            cause=_("%(person)s paused delivery on %(when)s.") % words,
            next_step=_("Changes wait in their order, and go out once you resume."),
            is_paused=True,
        )
    if lane.next_attempt_at and lane.next_attempt_at > timezone.now():
        return LaneStanding(
            label=_("Waiting for the app"),
            badge="warn",
            cause=lane.trouble,
            next_step=_("The app is tried again by itself. Resume tries at once."),
            next_at=lane.next_attempt_at,
        )
    return LaneStanding(
        label=_("Live"), badge="ok", cause=_("Changes reach %(app)s as they arrive.") % {"app": app}
    )


def _observing(integration: Integration, app: str) -> LaneStanding:
    next_step = (
        _("Test the connection, look at the plan of one person, then switch delivery on.")
        if integration.connector
        else _("Choose how changes reach %(app)s.") % {"app": app}
    )
    return LaneStanding(
        label=_("Observing"),
        badge="info",
        cause=_("Changes are recorded. Nothing is sent to %(app)s.") % {"app": app},
        next_step=next_step,
        is_live=False,
    )


def _moment(at: datetime) -> str:
    return format_date(timezone.localtime(at), "j M Y, H:i")
