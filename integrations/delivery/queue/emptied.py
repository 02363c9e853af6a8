"""Large groups that nobody is in any more: a mistake in the identity provider takes them from everybody at
once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from integrations.delivery.connector import Intent
from integrations.delivery.models import Delivery
from integrations.delivery.wishes import wanted
from integrations.models import Integration

# A group of more people than these is not emptied, or deleted, without somebody's word.
LARGEST = 50
LOSSES = frozenset({Intent.REVOKE, Intent.GROUP_DELETE})


def among(integration: Integration, losses: Sequence[Delivery]) -> list[Delivery]:
    """Those of the losses that come of a large group's end. Without a loss it costs nothing; one query while
    the groups still have people, and two more for each that has none."""
    if not losses:
        return []
    empty = wanted.source().emptied(integration.pk, {_group(one) for one in losses})
    large = {group_id for group_id in empty if _is_large(integration, group_id)}
    return [one for one in losses if _group(one) in large]


def _group(loss: Delivery) -> UUID:
    return loss.group_id or loss.line


def _is_large(integration: Integration, group_id: UUID) -> bool:
    """By those whose loss has not been carried, or, of a group that was deleted whole, by its people."""
    open_ones = Delivery.objects.for_integration(integration).filter(
        group_id=group_id, place__isnull=False, intent=Intent.REVOKE
    )
    waiting = open_ones.exclude(brake=Delivery.Brake.RELEASED)
    if waiting[: LARGEST + 1].count() > LARGEST:
        return True
    members = wanted.source().members(integration.pk, group_id, after=None, limit=LARGEST + 1)
    return len(members) > LARGEST
