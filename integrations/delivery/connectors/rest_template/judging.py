"""What an app's answer means: yes, already so, not there, or one of the ways to say no."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from integrations.delivery.connector import Failed, Kind, Retry
from integrations.delivery.connectors.rest_template import answers
from integrations.delivery.connectors.rest_template.answers import Reply
from integrations.delivery.connectors.rest_template.recipe import ErrorRule, Recipe, Request
from integrations.delivery.telling import http_outcomes
from integrations.kit import redact

MOST_WORDS = 300
# Where apps usually put a sentence, for answers that no rule of the recipe speaks of.
USUAL_PLACES = (
    ("message",),
    ("detail",),
    ("error", "message"),
    ("error_description",),
    ("error",),
    ("title",),
)


class Said(StrEnum):
    YES = "yes"
    ALREADY = "already"
    NOT_FOUND = "not_found"


class Stopped(Exception):
    """The errand ends here, with this outcome."""

    def __init__(self, outcome: Retry | Failed) -> None:
        super().__init__(str(outcome.reason))
        self.outcome = outcome

    @property
    def reason(self) -> str:
        return str(self)


def judge(reply: Reply, request: Request, recipe: Recipe) -> Said:
    """Raises Stopped for every answer that says no."""
    moved = http_outcomes.of_answer(reply.status, reply.headers) if 300 <= reply.status < 400 else None
    if moved is not None:
        raise Stopped(moved)
    if any(answers.holds(one, reply) for one in request.already):
        return Said.ALREADY
    for rule in (*request.errors, *recipe.errors):
        if answers.holds(rule.when, reply):
            raise Stopped(_by_rule(rule, reply, request))
    if any(answers.holds(one, reply) for one in request.not_found):
        return Said.NOT_FOUND
    if reply.status in request.success or (not request.success and 200 <= reply.status < 300):
        return Said.YES
    raise Stopped(_by_status(reply, request))


def _by_rule(rule: ErrorRule, reply: Reply, request: Request) -> Retry | Failed:
    theirs = _clean(answers.text_at(reply.document, rule.reason_at))
    reason = rule.reason or theirs or _answered(reply, request)
    if rule.reason and theirs:
        reason = _("%(ours)s The app says: %(theirs)s") % {"ours": rule.reason, "theirs": theirs}
    if rule.kind in {Kind.RATE, Kind.TEMPORARY}:
        return Retry(reason, after=_patience(reply), status=reply.status)
    return Failed(rule.kind, reason, fix=rule.fix, status=reply.status)


def _by_status(reply: Reply, request: Request) -> Retry | Failed:
    reason = _answered(reply, request)
    if reply.status >= 500 or reply.status in http_outcomes.PATIENCE:
        return Retry(reason, after=_patience(reply), status=reply.status)
    kind = http_outcomes.KINDS.get(reply.status, Kind.INVALID)
    return Failed(kind, reason, fix=_FIXES[kind](), status=reply.status)


def _patience(reply: Reply) -> timedelta | None:
    return http_outcomes.retry_after(reply.headers.get("retry-after", ""))


def _answered(reply: Reply, request: Request) -> str:
    places = [_clean(answers.text_at(reply.document, place)) for place in USUAL_PLACES]
    words = {"status": reply.status, "request": request.name, "theirs": next(filter(None, places), "")}
    if words["theirs"]:
        return _("The app answered %(status)d to “%(request)s”: %(theirs)s") % words
    return _("The app answered %(status)d to “%(request)s”.") % words


def _clean(text: str) -> str:
    """An app's sentence on one line, without secrets, cut."""
    words = " ".join("".join(one if one.isprintable() else " " for one in text[:4096]).split())
    return redact.text(words)[:MOST_WORDS]


def _check_credential() -> str:
    return _("Enter a credential that the app accepts.")


def _check_rights() -> str:
    return _("Give the credential the right to do this in the app.")


def _check_account() -> str:
    return _("Look in the app whether the account, or the role, is still there.")


def _check_conflict() -> str:
    return _("Look in the app for an account with the same name or address.")


def _check_address() -> str:
    return _("Look whether the app still offers this API at this address.")


def _check_licence() -> str:
    return _("Free a licence in the app, or buy one.")


def _check_request() -> str:
    return _("Compare what was sent with what the app expects, and mend the recipe or the person.")


_FIXES: Mapping[Kind, Callable[[], str]] = {
    Kind.AUTH: _check_credential,
    Kind.LICENCE: _check_licence,
    Kind.PERMISSION: _check_rights,
    Kind.NOT_FOUND: _check_account,
    Kind.CONFLICT: _check_conflict,
    Kind.GONE: _check_address,
    Kind.INVALID: _check_request,
}
