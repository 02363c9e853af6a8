"""What a person is asked to do in the place of a connector."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from integrations.delivery import registry
from integrations.delivery.connector import Context, NeedsPerson, Order, Step
from integrations.delivery.errands import connecting, orders
from integrations.delivery.errands.orders import Nothing, Way
from integrations.delivery.models import Delivery
from integrations.delivery.queue import brake


@dataclass(frozen=True, slots=True)
class Asked:
    """A task in words; `order` says what the account is then, None where nobody can say it."""

    question: str
    steps: tuple[Step, ...]
    order: Order | None = None


def ask(delivery: Delivery) -> Asked:
    """As the manual connector asks for it, from what is wanted now; first what went wrong, if anything. Not
    for a leaving that the safety brake holds: that is another delivery's."""
    connection, manual = connecting.of(delivery.integration), registry.get("manual")
    order = orders.prepare([delivery], Way(connection, manual))[0]
    wrong = Step(_("Look at what went wrong."), delivery.problem, effect=False)
    trouble = (wrong,) if delivery.problem else ()
    if isinstance(order, Order) and not (order.is_leaving and _is_held(delivery)):
        context = Context(
            settings=connection.settings,
            secrets={},
            integration_id=str(delivery.integration_id),
            integration_name=delivery.integration.name,
        )
        outcome = manual(context).carry(order)
        if isinstance(outcome, NeedsPerson):
            return Asked(outcome.question, (*trouble, *outcome.steps), order)
    if isinstance(order, Nothing):
        trouble = (*trouble, Step(order.words, effect=False))
    words = {"label": delivery.label or delivery.group_name, "app": delivery.integration.name}
    return Asked(_("Bring %(label)s in step in %(app)s") % words, trouble)


def _is_held(delivery: Delivery) -> bool:
    return brake.held(delivery.integration).filter(line=delivery.line).exists()
