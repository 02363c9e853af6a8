"""Mails about what stops a lane: it is held, or the safety brake holds something. Each is told once."""

from __future__ import annotations

import functools
import time
from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from integrations import addresses, roles
from integrations.delivery.models import Delivery, HeldBatch, Lane
from integrations.delivery.models.deliveries import HeldBatchQuerySet
from integrations.delivery.queue import brake, emptied
from integrations.kit import mail, told_once
from integrations.models import Integration, Membership
from integrations.roles import Action

AT_ONCE = 100
EVERY_S = 60.0
_last_run: list[float] = []


def run_in_turn() -> None:
    """Tells of what nobody was told of yet, since a worker died or a mail server failed; in one process at
    most once a minute."""
    now = time.monotonic()
    if settings.MAIL_CONFIGURED and (not _last_run or now - _last_run[0] >= EVERY_S):
        _last_run[:] = [now]
        # all-tenants: the sweep
        _tell(Lane.objects.all(), HeldBatch.objects.all())


def tell(integration_id: UUID) -> None:
    """Tells at once, if there is something to tell of this integration. Call it behind the transaction."""
    if settings.MAIL_CONFIGURED:
        _tell(Lane.objects.for_integration(integration_id), HeldBatch.objects.for_integration(integration_id))


def _tell(lanes: QuerySet[Lane], batches: HeldBatchQuerySet) -> None:
    """A mail server that fails ends it: it is asked again at the next run."""
    goes = {"integration__mode": Integration.Mode.LIVE, "integration__archived_at": None}
    held = lanes.filter(held_at__isnull=False, alarmed_at=None, **goes).order_by("held_at", "pk")
    for lane in held.select_related("integration__workspace")[:AT_ONCE]:
        mine = Lane.objects.for_integration(lane.integration).filter(held_at=lane.held_at)
        if not told_once.tell(mine, "alarmed_at", functools.partial(_of_lane, lane)):
            return
    tripped = batches.open().filter(alarmed_at=None, **goes).order_by("tripped_at", "pk")
    for batch in tripped.select_related("integration__workspace")[:AT_ONCE]:
        own = HeldBatch.objects.for_integration(batch.integration).filter(pk=batch.pk)
        if not told_once.tell(own, "alarmed_at", functools.partial(_of_batch, batch)):
            return


def _of_lane(lane: Lane) -> bool:
    held = Delivery.objects.for_integration(lane.integration).filter(
        status=Delivery.Status.HELD, place=Delivery.Place.HEAD
    )
    remedy = held.order_by("-number").values_list("remedy", flat=True).first()
    more = {"reason": lane.held_for, "remedy": remedy or ""}
    return _send("lane_held", lane.integration, Action.CONNECTOR_CHANGE, page="console:delivery", more=more)


def _of_batch(batch: HeldBatch) -> bool:
    more = {"held": brake.tally(batch.integration), "limit": batch.limit, "largest": emptied.LARGEST}
    page = "console:deliveries-held"
    return _send("brake_held", batch.integration, Action.BRAKE_RELEASE, page=page, more=more)


def _send(
    kind: str, integration: Integration, action: Action, *, page: str, more: Mapping[str, object]
) -> bool:
    to = [member.user.email for member in _who_may(action, integration)]
    path = reverse(page, args=[integration.workspace.slug, integration.pk])
    context = {"integration": integration, "link": addresses.absolute(path), **more}
    return not to or mail.send(mail.compose(kind, context, to))


def _who_may(action: Action, integration: Integration) -> list[Membership]:
    """Who can mend it: those whose role may, and who see the integration."""
    members = Membership.objects.for_workspace(integration.workspace).filter(
        role__in=roles.TABLE[action], user__is_active=True
    )
    found = members.select_related("user", "workspace").order_by("pk")
    return [member for member in found if roles.sees(member, integration)]
