"""When a task is due, in the words of a badge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.delivery.models import Task

SOON = timedelta(hours=4)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Badge:
    """`state` is that of components/badge.html; None for a word that is no state."""

    text: str
    state: str | None = None


def of(task: Task) -> Badge:
    """The badge of an open task says when it is due; of a closed one, how it ended."""
    if task.state == Task.State.DONE:
        return Badge(_("Done"), "ok")
    if task.state == Task.State.CANCELLED:
        return Badge(_("Not needed any more"), "")
    left = task.due_at - timezone.now()
    if left < timedelta():
        return Badge(_("Late by %(time)s") % {"time": _span(-left)}, "bad")
    if left < SOON:
        return Badge(_("Due in %(time)s") % {"time": _span(left)}, "warn")
    return Badge(_day(task.due_at))


def _span(time: timedelta) -> str:
    """The two largest units: "1 h 20 min", "2 days"."""
    if time >= DAY:
        return ngettext("%(n)d day", "%(n)d days", time // DAY) % {"n": time // DAY}
    hours, minutes = time // HOUR, time % HOUR // timedelta(minutes=1)
    words = {"hours": hours, "minutes": minutes}
    if not hours:
        return _("%(minutes)d min") % words
    return (_("%(hours)d h %(minutes)d min") if minutes else _("%(hours)d h")) % words


def _day(at: datetime) -> str:
    local = timezone.localtime(at)
    days = (local.date() - timezone.localdate()).days
    named = {0: _("Due today, %(time)s"), 1: _("Due tomorrow, %(time)s")}.get(days)
    if named:
        return named % {"time": format_date(local, "H:i")}
    return _("Due %(day)s") % {"day": format_date(local, "j M, H:i")}
