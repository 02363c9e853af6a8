"""One try of one order: the connector is called, and whatever happens becomes an outcome. No database."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.delivery.connector import (
    Capability,
    Connector,
    Context,
    Done,
    Exchange,
    Failed,
    Kind,
    LaneLostError,
    Order,
    Outcome,
    PermanentError,
    Proof,
    Retry,
    SecretMissingError,
    TransientError,
    Verdict,
    Verified,
)

log = structlog.get_logger("gateway.delivery")


@dataclass(frozen=True, slots=True)
class Equipment:
    """What every order of one lane is carried with."""

    connector: type[Connector]
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    integration_id: str
    integration_name: str
    workspace: str
    callback_url: Callable[[str], str]
    check: Callable[[], None] = lambda: None

    def context(self) -> Context:
        return Context(
            settings=self.settings,
            secrets=self.secrets,
            integration_id=self.integration_id,
            integration_name=self.integration_name,
            workspace=self.workspace,
            callback_url=self.callback_url,
            check=self.check,
        )


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of a try. `still_ok`: whether a read-only test passed after the app had said no to one
    person."""

    outcome: Outcome
    started_at: datetime
    ms: int
    exchanges: list[Exchange] = field(default_factory=list)
    verified: Verified | None = None
    still_ok: bool = True


def carry(order: Order, equipment: Equipment, *, confirms: bool = False) -> Carried:
    """Carries the order, and reads back where the app can be read. `confirms`: it was taken by the app
    before, and is only looked for. Raises LaneLostError alone."""
    context = equipment.context()
    started_at, started = timezone.now(), time.perf_counter()
    connector = equipment.connector(context)
    verified, still_ok = None, True
    try:
        outcome = _outcome(connector, order, confirms=confirms)
        if isinstance(outcome, Done) and Capability.READ_BACK in connector.capabilities:
            verified = _verified(connector, order)
            if verified.verdict is Verdict.DRIFT:
                outcome = Retry(_("The app does not show it yet: %s") % verified.words, of_app=False)
        if isinstance(outcome, Failed) and outcome.kind in {Kind.PERMISSION, Kind.GONE}:
            still_ok = all(finding.ok for finding in connector.test())
    except LaneLostError:
        raise
    except Exception as error:  # a connector may be somebody else's: its faults are one delivery's trouble
        log.exception("delivery.connector_failed", kind=equipment.connector.kind)
        outcome = Failed(Kind.UNKNOWN, _("The connector failed: %s.") % type(error).__name__)
    finally:
        connector.close()
    ms = int((time.perf_counter() - started) * 1000)
    return Carried(outcome, started_at, ms, context.exchanges, verified, still_ok)


def _outcome(connector: Connector, order: Order, *, confirms: bool) -> Outcome:
    connector.context.check()
    try:
        return _confirmed(connector, order) if confirms else connector.carry(order)
    except TransientError as error:
        return Retry(str(error), of_app=False)
    except SecretMissingError as error:
        return Failed(Kind.AUTH, str(error), _("Enter it in the delivery settings."))
    except PermanentError as error:
        return Failed(Kind.UNKNOWN, str(error))


def _confirmed(connector: Connector, order: Order) -> Outcome:
    seen = connector.verify(order)
    if seen.verdict is Verdict.MATCH:
        return Done(Proof(seen.words or _("The app shows it."), seen.seen), ref=seen.ref)
    return Retry(seen.words or _("The app has not confirmed it yet."), of_app=False)


def _verified(connector: Connector, order: Order) -> Verified:
    try:
        return connector.verify(order)
    except (TransientError, PermanentError) as error:
        return Verified(Verdict.UNKNOWN, str(error))
