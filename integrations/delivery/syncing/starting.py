"""Begins a run: where it may be, and one at a time."""

from __future__ import annotations

import functools
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.delivery.connector import Capability, Connector
from integrations.delivery.errands import connecting
from integrations.delivery.models import Lane, SyncRun
from integrations.delivery.queue import engine, lanes
from integrations.kit import transactions
from integrations.kit.errors import Refused
from integrations.models import Integration

# A worker says that it is alive with each page and each chunk.
LOST_AFTER = timedelta(minutes=5)
KEPT = 30
State = SyncRun.State


def can_list(connector: type[Connector] | None) -> bool:
    return connector is not None and Capability.LIST in connector.capabilities


def lister(integration: Integration) -> type[Connector]:
    """The integration's connector. Refused where there is none, or where it cannot read the app."""
    connector = connecting.connector_of(integration)
    if connector is None:
        raise Refused("no_connector", _("Choose how changes reach the app first."))
    if not can_list(connector):
        words = _("%(way)s cannot read the app's accounts, so there is nothing to sync.")
        raise Refused("cannot_list", words % {"way": connector.title})
    if integration.archived_at is not None:
        raise Refused("archived", _("This integration is archived."))
    return connector


def begin(integration: Integration, by: str) -> SyncRun:
    """A run that waits for a worker. Refused as `lister`, and while another runs."""
    lister(integration)
    with transactions.write():
        Lane.objects.get_or_create(integration=integration)
        lanes.lock(integration.pk)
        end_lost(integration)
        runs = SyncRun.objects.for_integration(integration)
        if runs.filter(state=State.RUNNING).exists():
            raise Refused("running", _("A sync is running already."))
        old = list(runs.order_by("-started_at", "-pk").values_list("pk", flat=True)[KEPT:])
        runs.filter(pk__in=old).delete()
        run = SyncRun.objects.create(integration=integration, by=by)
        transaction.on_commit(functools.partial(engine.wake_sync, run.pk), robust=True)
    return run


def end_lost(integration: Integration) -> int:
    """Ends a run whose worker is gone; how many those were."""
    now = timezone.now()
    lost = SyncRun.objects.for_integration(integration).filter(
        state=State.RUNNING, beat_at__lt=now - LOST_AFTER
    )
    words = _("The worker was lost while it read. What it had read is kept; sync again.")
    return lost.update(state=State.FAILED, ended_at=now, problem=words)
