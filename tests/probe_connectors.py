"""Connectors into an app that is a dictionary: what the lanes and the worker are tested with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pytest
from django import forms

from integrations.delivery import registry
from integrations.delivery.connector import (
    Account,
    Capability,
    Connector,
    Done,
    Exchange,
    Finding,
    Intent,
    Limits,
    Mode,
    Order,
    Outcome,
    Page,
    Person,
    Proof,
    SettingsForm,
    Step,
    Verdict,
    Verified,
)

HERE = "tests.probe_connectors"
KINDS = {
    "probe": f"{HERE}.Probe",
    "probe_events": f"{HERE}.ProbeEvents",
    "probe_wide": f"{HERE}.ProbeWide",
    "probe_reads": f"{HERE}.ProbeReads",
    "probe_secret": f"{HERE}.ProbeSecret",
}


@dataclass
class App:
    """The app: accounts by name of the person, every order in its order, and what it answers instead."""

    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    answer: Callable[[Order], Outcome | None] = lambda _order: None
    # What is seen in it of an order that it took.
    shows: Callable[[Order], Verified] = lambda _order: Verified(Verdict.UNKNOWN)
    # Of the list of accounts: how long a page is, and what happens before one is given.
    page_size: int = 100
    before_page: Callable[[int], None] = lambda _start: None

    def intents(self) -> list[str]:
        return [order.intent.value for order in self.orders]


app = App()


def install(monkeypatch: pytest.MonkeyPatch) -> App:
    """An empty app, with every way into it."""
    monkeypatch.setattr(f"{HERE}.app", App())
    for kind, path in KINDS.items():
        monkeypatch.setitem(registry.OURS, kind, path)
    return app


class Probe(Connector):
    kind = "probe"
    title = "Probe"
    summary = "Writes into a dictionary."
    capabilities = frozenset({Capability.CREATE, Capability.IDEMPOTENT})
    limits: ClassVar[Limits] = Limits(width=1, is_local=True)

    def plan(self, order: Order) -> Sequence[Step]:
        return [Step(order.intent.value)]

    def carry(self, order: Order) -> Outcome:
        app.orders.append(order)
        name = order.person.user_name if order.person else ""
        self.context.note(Exchange(f"PUT /accounts/{name}", status=200, ms=7, sent='{"a": 1}', received="ok"))
        other = app.answer(order)
        if other is not None:
            return other
        if order.intent is Intent.DELETE:
            app.accounts.pop(name, None)
        elif order.person:
            app.accounts[name] = {
                "active": order.intent is not Intent.DEACTIVATE,
                "roles": sorted(one.value for one in order.person.entitlements),
            }
        return Done(Proof("Written.", {"name": name}), ref=name)

    def verify(self, order: Order) -> Verified:
        return app.shows(order)


class ProbeWide(Probe):
    kind = "probe_wide"
    limits = Limits(width=4)


class ProbeReads(Probe):
    """Its accounts can be read: of each what the dictionary says, "roles" None where they are not shown."""

    kind = "probe_reads"
    capabilities = Probe.capabilities | {Capability.LIST, Capability.GRANT}

    def carry(self, order: Order) -> Outcome:
        outcome = super().carry(order)
        person = order.person
        if isinstance(outcome, Done) and person and person.ref and person.ref != person.user_name:
            app.accounts[person.ref] |= app.accounts.pop(person.user_name, {})
            return replace(outcome, ref=person.ref)
        return outcome

    def accounts(self, cursor: str = "") -> Page:
        start = int(cursor or 0)
        app.before_page(start)
        names = list(app.accounts)
        end = start + app.page_size
        found = tuple(_account(name, app.accounts[name]) for name in names[start:end])
        return Page(found, str(end) if end < len(names) else "")

    def otherwise(self, person: Person, account: Account) -> Sequence[str]:
        has, wants = account.attributes["title"], person.attributes.get("title", "")
        return [f"The title is {has}, not {wants}."] if has not in (None, wants) else []


def _account(name: str, shown: dict[str, Any]) -> Account:
    roles = shown.get("roles", [])
    return Account(
        ref=name,
        user_name=shown.get("user_name", name),
        email=shown.get("email", ""),
        is_active=shown.get("active", True),
        entitlements=None if roles is None else tuple(roles),
        attributes={"display_name": shown.get("display_name", ""), "title": shown.get("title")},
    )


class ProbeEvents(Probe):
    kind = "probe_events"
    mode = Mode.EVENT


class SecretForm(SettingsForm):
    address = forms.URLField(label="Address", assume_scheme="https")
    key = forms.CharField(label="API key", widget=forms.PasswordInput)
    signing = forms.CharField(label="Signing secret", required=False, widget=forms.PasswordInput)
    secret_fields = ("key", "signing")
    made: ClassVar[dict[str, Callable[[], str]]] = {"signing": lambda: "made-for-you"}


class ProbeSecret(Probe):
    kind = "probe_secret"
    title = "Probe with a key"
    settings_form = SecretForm

    def test(self) -> Sequence[Finding]:
        right = self.context.secret("key") == "right"
        return [
            Finding(ok=True, words="The app answers."),
            Finding(ok=right, words="The key may write." if right else "The key may only read.", fix="Ask."),
        ]
