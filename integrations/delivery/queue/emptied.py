"""Large groups that nobody is in any more: a mistake in the identity provider takes them from everybody at
once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from uuid import UUID

from integrations.delivery.connector import Intent
from integrations.delivery.models import Delivery
from integrations.delivery.wishes import wanted
from integrations.delivery.wishes.wanted import Held

Brake = Delivery.Brake
# A group of more people than these is not emptied, or deleted, without somebody's word.
LARGEST = 50
LOSSES = frozenset({Intent.REVOKE, Intent.GROUP_DELETE})
# Comes before everybody.
_NOBODY = UUID(int=0)


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


def ending(integration_id: UUID, people: Sequence[UUID]) -> dict[UUID, list[Held]]:
    """By person, the large groups that were deleted and whose loss is still to be put into the person's line.
    One query where nobody was in a deleted group, two where nothing is left of their ends, and two more for
    each group."""
    ended = wanted.source().ended(integration_id, people)
    if not ended:
        return {}
    told = _told(integration_id, {UUID(group.id) for groups in ended.values() for group in groups})
    return {
        person: [group for group in groups if UUID(group.id) in told and told[UUID(group.id)] < person]
        for person, groups in ended.items()
    }


def _told(integration_id: UUID, group_ids: Set[UUID]) -> dict[UUID, UUID]:
    """Of those of the deleted groups that are large and whose end is still to be carried: the last person
    who has the loss in their line (people come in the order of their ids)."""
    rows = Delivery.objects.for_integration(integration_id).filter(line__in=group_ids, place__isnull=False)
    ends = dict(rows.exclude(brake=Brake.RELEASED).order_by("number").values_list("line", "proof"))
    return {
        group_id: UUID(proof["expanded_to"]) if "expanded_to" in proof else _NOBODY
        for group_id, proof in ends.items()
        if _is_large(integration_id, group_id)
    }


def _group(loss: Delivery) -> UUID:
    return loss.group_id or loss.line


def _is_large(integration_id: UUID, group_id: UUID) -> bool:
    """By those whose loss has not been carried, and those who were in it when it was deleted."""
    open_ones = Delivery.objects.for_integration(integration_id).filter(
        group_id=group_id, place__isnull=False, intent=Intent.REVOKE
    )
    waiting = open_ones.exclude(brake=Brake.RELEASED).values_list("line", flat=True)
    # Without an order: for one, SQLite would walk through every delivery that there ever was.
    losers = set(waiting.order_by()[: LARGEST + 1])
    if len(losers) <= LARGEST:
        losers.update(wanted.source().members(integration_id, group_id, after=None, limit=LARGEST + 1))
    return len(losers) > LARGEST
