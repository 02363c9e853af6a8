"""Script: a program of the operator carries each change; JSON in, JSON out, no shell."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.delivery.connector import (
    LEAVING,
    Capability,
    Connector,
    Context,
    Exchange,
    Failed,
    Finding,
    Kind,
    Limits,
    Mode,
    Order,
    Outcome,
    PermanentError,
    Person,
    Step,
)
from integrations.delivery.connectors.script import answers
from integrations.delivery.connectors.script.settings_form import OFF, SECRETS, ScriptForm, pairs
from integrations.kit import json_object, programs, redact

Json = dict[str, Any]
SHOWN_CHARACTERS = 2048


class Script(Connector):
    """Runs a program for each order, and believes what it says."""

    kind = "script"
    title = gettext_lazy("Script")
    summary = gettext_lazy("A program on the gateway's machine, which the operator has put there.")
    mode = Mode.STATE
    capabilities = frozenset(
        {
            *(Capability.CREATE, Capability.UPDATE, Capability.RENAME, Capability.ACTIVATE),
            *(Capability.DEACTIVATE, Capability.DELETE, Capability.GRANT, Capability.REVOKE),
            Capability.EVIDENCE,
        }
    )
    limits = Limits(width=4)
    settings_form = ScriptForm

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._not_started = False

    def test(self) -> Sequence[Finding]:
        found = self._program()
        if self._not_started:  # just now: the next one would not either
            return [Finding(ok=False, words=_("The script cannot be started."))]
        if isinstance(found, Failed):
            return [Finding(ok=False, words=str(found.reason), fix=str(found.fix))]
        words = _("%(path)s is there and can be run. It was not run.") % {"path": found}
        return [Finding(ok=True, words=words)]

    def plan(self, order: Order) -> Sequence[Step]:
        name = Path(str(self.context.settings.get("path", ""))).name
        words = _("Run %(program)s with this on standard input.") % {"program": name}
        return [Step(words, json.dumps(self._told(order), indent=2, ensure_ascii=False))]

    def carry(self, order: Order) -> Outcome:
        found = self._program()
        if isinstance(found, Failed):
            return found
        told, secrets = self._told(order), self._secrets()
        given = json.dumps({**told, "secrets": secrets}, ensure_ascii=False).encode()
        self.context.check()
        started = time.perf_counter()
        try:
            ran = programs.run(found, given)
        except programs.Failed as error:
            self._note(found, told, started)
            self._not_started = isinstance(error, programs.NotStarted)
            return answers.not_run(error)
        answer = self.context.masked(json_object.read(ran.output))
        errors = self.context.masked(ran.errors.decode(errors="replace"))
        self._note(found, told, started, code=ran.code, received=_shown(answer, errors))
        return answers.outcome(ran.code, answer, _person(order))

    def _program(self) -> Path | Failed:
        """The program, or why it cannot be run: which would be the same for everybody, so the lane waits."""
        root, path = settings.SCRIPT_ROOT, Path(str(self.context.settings.get("path", "")))
        if root is None or not self.context.workspace:
            return Failed(Kind.PERMISSION, str(OFF), _("Ask the operator, or choose another way."))
        allowed = root / self.context.workspace
        try:
            found = path.resolve(strict=True)
        except OSError:
            found = path
        if not path.is_absolute() or not found.is_relative_to(allowed):
            words = _("The program has to lie beneath %(folder)s.") % {"folder": allowed}
            return Failed(Kind.PERMISSION, words, _("Ask the operator to put it there."))
        if not (found.is_file() and os.access(found, os.X_OK)):
            words = _("%(path)s is no program that can be run.") % {"path": path}
            return Failed(Kind.PERMISSION, words, _("Put it there, and allow the gateway to run it."))
        if found.stat().st_mode & stat.S_IWOTH:
            words = _("Everybody on this machine may change %(path)s.") % {"path": path}
            return Failed(Kind.PERMISSION, words, _("Allow it to its owner alone (chmod o-w)."))
        return found

    def draft(self, order: Order) -> Json:
        return {"person": self._told(order)["person"]} if order.person else {}

    def _told(self, order: Order) -> Json:
        person = _person(order)
        return {
            "intent": order.intent.value,
            "is_repeat": order.is_repeat,
            "person": {
                "id": person.id,
                "ref": person.ref,
                "user_name": person.user_name,
                "external_id": person.external_id,
                "active": person.is_active and not person.is_deleted and order.intent not in LEAVING,
                "attributes": person.attributes,
                "roles": [entitlement.value for entitlement in person.entitlements],
            },
            "settings": pairs(str(self.context.settings.get("values") or "")),
            **(order.override or {}),
            "key": order.key,
        }

    def _secrets(self) -> dict[str, str]:
        """Those that are set: many programs need none."""
        try:
            found = pairs(self.context.secret(SECRETS))
        except PermanentError:
            return {}
        self.context.hide(*found.values())
        return found

    def _note(self, program: Path, told: Json, started: float, *, code: int = 0, received: str = "") -> None:
        self.context.note(
            Exchange(
                _("Ran %(program)s") % {"program": program.name},
                status=code,
                ms=int((time.perf_counter() - started) * 1000),
                sent=redact.body(told, limit=SHOWN_CHARACTERS),
                received=received,
            )
        )


def _person(order: Order) -> Person:
    if order.person is None:
        raise PermanentError(_("Scripts are told of people, not of groups."))
    return order.person


def _shown(answer: Json, errors: str) -> str:
    body = redact.body(answer, limit=SHOWN_CHARACTERS)
    return f"{body}\n{redact.text(errors)[:SHOWN_CHARACTERS]}".strip()
