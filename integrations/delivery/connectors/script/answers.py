"""What a script's answer means for a delivery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from integrations.delivery.connector import Done, Failed, Kind, NeedsPerson, Outcome, Person, Proof, Retry
from integrations.kit import programs

Json = dict[str, Any]
LONGEST_WORDS = 500
LONGEST_REF = 512
LONGEST_WAIT_S = 86_400
# sysexits.h: EX_TEMPFAIL, "the user is invited to retry the operation".
TEMPORARY_FAILURE = 75
# Of the app as a whole; without one of these kinds only this person waits.
OF_APP = frozenset({Kind.TEMPORARY, Kind.RATE})


def outcome(code: int, answer: Json, person: Person) -> Outcome:
    """Of a script that ended by itself; `answer` is {} where it gave no JSON object."""
    reason, fix = _words(answer, "reason"), _words(answer, "fix")
    if code == TEMPORARY_FAILURE:
        return Retry(reason or _("The script asks to be run again later."), of_app=False)
    if code:
        words = _("The script ended with code %(code)d. %(reason)s") % {"code": code, "reason": reason}
        return Failed(Kind.UNKNOWN, words.strip(), fix or _("Read what it wrote, in the attempt."))
    reader = _READERS.get(str(answer.get("outcome")))
    if reader is None:
        words = _("The answer of the script is not understood.")
        return Failed(Kind.UNKNOWN, words, _("It has to be one JSON object with an outcome."))
    return reader(answer, person)


def _done(answer: Json, person: Person) -> Outcome:
    seen = answer.get("proof")
    proof = Proof(
        _words(answer, "reason") or _("The script says that it is done."),
        seen if isinstance(seen, dict) else {},
    )
    ref = str(answer.get("ref") or person.ref or person.user_name)[:LONGEST_REF]
    return Done(proof, ref=ref, already=answer["outcome"] == "already_so")


def _retry(answer: Json, _person: Person) -> Outcome:
    return Retry(
        _words(answer, "reason") or _("The script asks to be run again later."),
        after=_after(answer.get("after_s")),
        of_app=_kind(answer) in OF_APP,
    )


def _failed(answer: Json, _person: Person) -> Outcome:
    reason = _words(answer, "reason") or _("The script says no, and names no reason.")
    return Failed(_kind(answer), reason, _words(answer, "fix"))


def _needs_person(answer: Json, _person: Person) -> Outcome:
    return NeedsPerson(_words(answer, "reason") or _("The script needs somebody to do it."))


_READERS: Mapping[str, Callable[[Json, Person], Outcome]] = {
    "done": _done,
    "already_so": _done,
    "retry": _retry,
    "failed": _failed,
    "needs_person": _needs_person,
}


def not_run(error: programs.Failed) -> Outcome:
    """Of a script that did not start, or had to be stopped."""
    if isinstance(error, programs.TimedOut):
        return Retry(_("The script took longer than 12 seconds and was stopped."), timed_out=True)
    if isinstance(error, programs.TooLong):
        words = _("The script wrote more than 64 KiB and was stopped.")
        return Failed(Kind.UNKNOWN, words, _("Let it write one JSON object and nothing else."))
    words = _("The script cannot be started: %(reason)s.") % {"reason": str(error)}
    return Failed(Kind.PERMISSION, words, _("Run it by hand on the gateway's machine to see why."))


def _kind(answer: Json) -> Kind:
    try:
        return Kind(str(answer.get("kind")))
    except ValueError:
        return Kind.UNKNOWN


def _words(answer: Json, name: str) -> str:
    return str(answer.get(name) or "")[:LONGEST_WORDS]


def _after(value: Any) -> timedelta | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return timedelta(seconds=value) if is_number and 0 <= value <= LONGEST_WAIT_S else None
