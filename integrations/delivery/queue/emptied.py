"""Large groups that nobody is in any more: a mistake in the identity provider takes them from everybody at
once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from integrations.delivery.connector import Intent
from integrations.delivery.models import Delivery
from integrations.delivery.wishes import wanted

Brake = Delivery.Brake
# A group of more people than these is not emptied, or deleted, without somebody's word.
LARGEST = 50
LOSSES = frozenset({Intent.REVOKE, Intent.GROUP_DELETE})


def kept(integration_id: UUID, deliveries: Iterable[Delivery]) -> set[int]:
    """The numbers of those losses among the deliveries that nothing else may carry: the safety brake holds
    them, or will once they are due. Costs as `among`."""
    losses = [one for one in deliveries if one.intent == Intent.REVOKE]
    held = [one for one in losses if one.brake == Brake.HELD]
    free = [one for one in losses if one.brake == Brake.NONE and one.place != Delivery.Place.PARKED]
    return {one.pk for one in (*held, *among(integration_id, free))}


def among(integration_id: UUID, losses: Sequence[Delivery]) -> list[Delivery]:
    """Those of the losses that come of a large group's end. Without a loss it costs nothing; one query while
    the groups still have people, and two more for each that has none."""
    if not losses:
        return []
    empty = wanted.source().emptied(integration_id, {_group(one) for one in losses})
    large = {group_id for group_id in empty if _is_large(integration_id, group_id)}
    return [one for one in losses if _group(one) in large]


def _group(loss: Delivery) -> UUID:
    return loss.group_id or loss.line


def _is_large(integration_id: UUID, group_id: UUID) -> bool:
    """By those whose loss has not been carried, or, of a group that was deleted whole, by its people."""
    open_ones = Delivery.objects.for_integration(integration_id).filter(
        group_id=group_id, place__isnull=False, intent=Intent.REVOKE
    )
    waiting = open_ones.exclude(brake=Brake.RELEASED)
    if waiting[: LARGEST + 1].count() > LARGEST:
        return True
    members = wanted.source().members(integration_id, group_id, after=None, limit=LARGEST + 1)
    return len(members) > LARGEST
