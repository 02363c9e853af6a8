"""An app that is a file: one line for each order that reached it, on disk before the answer.

A package of its own, found by its entry point, as one that somebody else wrote would be.
"""

from __future__ import annotations

import json
import os
import time

from django import forms

from integrations.delivery.connector import (
    Capability,
    Connector,
    Done,
    Limits,
    Mode,
    Proof,
    Retry,
    SettingsForm,
    Step,
)


class LedgerForm(SettingsForm):
    path = forms.CharField(label="Path")
    # Answers come this late.
    delay_ms = forms.IntegerField(label="Delay", required=False, min_value=0)


class Ledger(Connector):
    kind = "ledger"
    title = "Ledger"
    summary = "Writes a line for each order."
    capabilities = frozenset({Capability.CREATE, Capability.IDEMPOTENT})
    limits = Limits(width=16)
    settings_form = LedgerForm

    def plan(self, order):
        return [Step(order.intent.value)]

    def carry(self, order):
        self.context.check()
        line = json.dumps(self.line(order), sort_keys=True) + "\n"
        # One write of a short line, appended: whole or not at all.
        file = os.open(self.context.settings["path"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line.encode())
            os.fsync(file)
        finally:
            os.close(file)
        time.sleep((self.context.settings.get("delay_ms") or 0) / 1000)
        return Done(Proof("Written."), ref=line[:40])

    def line(self, order):
        person = order.person
        return {
            "key": order.key,
            "sequence": order.sequence,
            "intent": order.intent.value,
            "at": time.time(),
            "line": person.id if person else "",
            "title": person.data.get("title", "") if person else "",
            "active": bool(person and person.is_active and not person.is_deleted),
            "roles": sorted(one.value for one in person.entitlements) if person else [],
        }


class LedgerEvents(Ledger):
    kind = "ledger_events"
    mode = Mode.EVENT

    def line(self, order):
        event = order.event
        return {
            "key": order.key,
            "sequence": order.sequence,
            "intent": event.type,
            "at": time.time(),
            "line": event.id,
            "title": (event.after or {}).get("title", ""),
        }


class Nothing(Connector):
    """Does nothing, at once."""

    kind = "nothing"
    title = "Nothing"
    summary = "Does nothing."
    capabilities = frozenset({Capability.CREATE, Capability.IDEMPOTENT})

    def plan(self, _order):
        return []

    def carry(self, _order):
        return Done(Proof("Nothing."), ref="nothing")


class Slow(Nothing):
    """An app that takes 200 ms for an answer."""

    kind = "slow"

    def carry(self, order):
        time.sleep(0.2)
        return super().carry(order)


class Hanging(Nothing):
    """An app that never answers: each try ends with its time limit."""

    kind = "hanging"

    def carry(self, _order):
        time.sleep(12)
        return Retry("No answer came in time.", timed_out=True)
