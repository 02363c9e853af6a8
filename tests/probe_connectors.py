"""Connectors into an app that is a dictionary: what the lanes and the worker are tested with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from integrations.delivery.connector import (
    Capability,
    Connector,
    Done,
    Intent,
    Limits,
    Mode,
    Order,
    Outcome,
    Proof,
    Step,
)

HERE = "tests.probe_connectors"
KINDS = {"probe": f"{HERE}.Probe", "probe_events": f"{HERE}.ProbeEvents", "probe_wide": f"{HERE}.ProbeWide"}


@dataclass
class App:
    """The app: accounts by name of the person, every order in its order, and what it answers instead."""

    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    answer: Callable[[Order], Outcome | None] = lambda _order: None

    def intents(self) -> list[str]:
        return [order.intent.value for order in self.orders]


app = App()


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
        other = app.answer(order)
        if other is not None:
            return other
        name = order.person.user_name if order.person else ""
        if order.intent is Intent.DELETE:
            app.accounts.pop(name, None)
        elif order.person:
            app.accounts[name] = {
                "active": order.intent is not Intent.DEACTIVATE,
                "roles": sorted(one.value for one in order.person.entitlements),
            }
        return Done(Proof("Written.", {"name": name}), ref=name)


class ProbeWide(Probe):
    kind = "probe_wide"
    limits = Limits(width=4)


class ProbeEvents(Probe):
    kind = "probe_events"
    mode = Mode.EVENT
