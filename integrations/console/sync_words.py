"""What the sync page says: of a run, and why somebody is suggested."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from integrations.console import tags
from integrations.delivery.models import SyncRun
from integrations.delivery.syncing.traits import Way

State = SyncRun.State
TITLES: dict[str, Promise] = {
    State.DONE: gettext_lazy("The app was read"),
    State.FAILED: gettext_lazy("The app could not be read"),
    State.STOPPED: gettext_lazy("The sync was stopped"),
}
# Of exact ways too: where several people fit, none is taken.
REASONS: dict[Way | None, Promise] = {
    Way.NAME: gettext_lazy("The user name is the same, and more than one fits."),
    Way.EMAIL: gettext_lazy("The e-mail address is the same, and more than one fits."),
    Way.DISPLAY_NAME: gettext_lazy("The display name is the same."),
    Way.LOCAL: gettext_lazy("The name before the @ is the same."),
    None: gettext_lazy("They looked alike when the app was read."),
}


def of(run: SyncRun | None) -> dict[str, Any]:
    """The card of the latest run: components/connection.html shows the like."""
    if run is None:
        text = _(
            "Sync reads the accounts of the app, finds whose they are, and tells what is otherwise than "
            "it is wanted. It changes nothing in the app."
        )
        return {"state": "idle", "title": _("The app has not been read yet"), "text": text}
    if run.state == State.RUNNING:
        return {
            "state": "wait",
            "title": f"{run.get_phase_display()}…",
            "text": _stopping() if run.stop_requested else _read(run.seen),
        }
    text = run.problem if run.problem else _found(run)
    when = format_html(_("{} by {}."), tags.ago(run.ended_at), run.by)
    state = "ok" if run.state == State.DONE else "idle"
    return {"state": state, "title": str(TITLES[run.state]), "text": format_html("{} {}", text, when)}


def poll_every(run: SyncRun) -> str:
    """Often at first, then rarely."""
    return "3s" if (timezone.now() - run.started_at).total_seconds() < 300 else "15s"


def _stopping() -> str:
    return _("It stops after what it is at.")


def _read(number: int) -> str:
    words = ngettext("%(n)d account read so far.", "%(n)d accounts read so far.", number)
    return words % {"n": number}


def _found(run: SyncRun) -> str:
    read = ngettext("%(n)d account: ", "%(n)d accounts: ", run.seen) % {"n": run.seen}
    words = _("%(matched)d of people here, %(unmatched)d of nobody here, %(out)d out of step.")
    rest = words % {"matched": run.matched, "unmatched": run.unmatched, "out": run.out_of_step}
    return f"{read}{rest}" if run.state == State.DONE else _read(run.seen)
