"""One order: looks, creates or adopts, sends what is missing, and reads back."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from integrations.delivery.connector import (
    Done,
    Failed,
    Intent,
    Kind,
    Outcome,
    Proof,
    Retry,
    Step,
    Verdict,
    Verified,
)
from integrations.delivery.connectors.rest_template import difference, looking
from integrations.delivery.connectors.rest_template.answers import Seen
from integrations.delivery.connectors.rest_template.calling import App
from integrations.delivery.connectors.rest_template.difference import Action, Want
from integrations.delivery.connectors.rest_template.judging import Said, Stopped

# Without an account there is nothing to do for these.
ENDING = frozenset({Intent.DEACTIVATE, Intent.DELETE, Intent.REVOKE})
# What is not found any more has lost what these take.
TAKING = frozenset({"revoke", "deactivate", "delete"})


class Errand:
    """Carries one order. What was read last is kept until something is sent."""

    def __init__(self, app: App, want: Want, key: str) -> None:
        self._app, self._recipe, self._want, self._key = app, app.recipe, want, key
        self._ref = want.person.ref
        self._read: tuple[Seen | None] | None = None
        self._sent: list[str] = []

    def carry(self) -> Outcome:
        """Raises Stopped."""
        seen = self._look()
        if seen is None or self._is_gone(seen):
            if self._want.intent in ENDING:
                return self._done(seen)
            seen = self._create()
        self._ref = seen.ref
        for action in difference.actions(seen, self._want, self._recipe):
            self._send(action)
        return self._done(seen)

    def plan(self) -> Iterator[Step]:
        """What would be sent now, in words. Raises Stopped."""
        seen = self._look()
        name = self._want.person.user_name
        if seen is None or self._is_gone(seen):
            yield Step(_("%s has no account in the app.") % name, effect=False)
            if self._want.intent not in ENDING:
                creation = difference.creation(self._recipe)
                made = [creation, *difference.roles_of_new(self._want, self._recipe)]
                yield from (self._step(action) for action in made)
            return
        words = _("%(name)s has the account %(ref)s in the app.") % {"name": name, "ref": seen.ref}
        yield Step(words, effect=False)
        actions = difference.actions(seen, self._want, self._recipe)
        yield from (self._step(action) for action in actions)
        if not actions:
            yield Step(_("Nothing differs, so nothing is sent."), effect=False)

    def verify(self) -> Verified:
        """Raises Stopped."""
        seen = self._read[0] if self._read is not None else self._look()
        found = difference.sentences(seen, self._want, self._recipe)
        if found:
            return Verified(Verdict.DRIFT, " ".join(found), found)
        ref = seen.ref if seen else ""
        is_shown = seen is None or seen.is_active is not None
        if self._want.intent is Intent.DEACTIVATE and not is_shown:
            return Verified(Verdict.UNKNOWN, _("The app does not show whether the account is active."))
        return Verified(Verdict.MATCH, _("The app was read, and is as it shall be."), ref=ref)

    def _look(self) -> Seen | None:
        claims = self._want.intent not in ENDING
        apart = self._want.person.not_theirs
        seen = looking.account(self._app, self._want.values, ref=self._ref, claims=claims, apart=apart)
        if self._want.person.has_namesake and seen is not None and seen.ref != self._ref:
            seen = None
        self._read = (seen,)
        return seen

    def _is_gone(self, seen: Seen) -> bool:
        return seen.is_deleted and not difference.may_restore(seen, self._recipe)

    def _create(self) -> Seen:
        """The account that was made, or found after all. Raises Stopped."""
        action = difference.creation(self._recipe)
        made: Seen | None = None
        try:
            made = self._send(action)
        except Stopped as stop:
            # Somebody made it meanwhile, or a try before this did: it is adopted.
            if not isinstance(stop.outcome, Failed) or stop.outcome.kind is not Kind.CONFLICT:
                raise
            seen = self._look()
            if seen is None or self._is_gone(seen):
                raise
            return seen
        self._ref = made.ref if made else ""
        seen = self._look() or made
        if seen is None:
            raise Stopped(Retry(_("The app does not show the new account yet."), of_app=False))
        return seen

    def _send(self, action: Action) -> Seen | None:
        """The account that the answer shows, if any. Raises Stopped."""
        self._read = None
        name = action.request.name
        values = {**self._want.values, **action.values}
        answered = self._app.change(action.request, values, key=self._key)
        if answered.said is Said.NOT_FOUND and name not in TAKING:
            raise Stopped(_lost(name, answered.reply.status, action.words))
        self._sent.append(f"{action.words}: {answered.reply.status}")
        return looking.from_answer(self._app, answered, action.request)

    def _step(self, action: Action) -> Step:
        sketch = self._app.sketch(action.request, {**self._want.values, **action.values})
        return Step(f"{action.words}.", detail=sketch)

    def _done(self, seen: Seen | None) -> Done:
        ref = seen.ref if seen else ""
        if not self._sent:
            words = _("The app shows it so already.") if seen else _("The app has no such account.")
            return Done(Proof(words, {"account": ref}), ref=ref, already=True)
        return Done(Proof(_("The app took it."), {"account": ref, "answers": list(self._sent)}), ref=ref)


def _lost(name: str, status: int, words: str) -> Retry | Failed:
    if name in {"update", "activate"}:
        reason = _("The account was there, and is not found any more.")
        return Retry(reason, of_app=False, status=status)
    reason = _("The app does not find what this needs: %s.") % words
    fix = _("Look in the app whether the role is there, and what it is called.")
    return Failed(Kind.NOT_FOUND, reason, fix=fix, status=status)
