"""One try at a delivery, and the row that is kept of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from integrations.delivery.connector import Accepted, Done, Failed, NeedsPerson, Order, Outcome, Retry
from integrations.delivery.errands.carrying import Carried
from integrations.delivery.models import Attempt, Delivery


@dataclass(frozen=True, slots=True)
class Tried:
    """A delivery, what the connector was told, and what came of it."""

    delivery: Delivery
    order: Order
    carried: Carried


def attempt(one: Tried) -> Attempt:
    """The row that keeps the try."""
    result, words = _said(one.carried.outcome)
    return Attempt(
        delivery=one.delivery,
        number=one.delivery.attempts,
        started_at=one.carried.started_at,
        ms=one.carried.ms,
        result=result,
        words=str(words),
        exchanges=[asdict(exchange) for exchange in one.carried.exchanges],
    )


def _said(outcome: Outcome) -> tuple[Attempt.Result, str]:
    match outcome:
        case Done():
            return Attempt.Result.DONE, outcome.proof.words
        case Accepted():
            return Attempt.Result.ACCEPTED, outcome.proof.words
        case NeedsPerson():
            return Attempt.Result.PERSON, outcome.question
        case Retry():
            return Attempt.Result.RETRY, outcome.reason
        case Failed():
            return Attempt.Result.FAILED, outcome.reason
