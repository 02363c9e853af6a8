"""Keeps the log within its age and its size."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from integrations.kit import transactions
from integrations.models import Integration
from integrations.traffic.models import RefusedToken, RequestLog

# Refusals have a budget of their own: seven causes a minute fill it in five hours, and older minutes go
# first.
REFUSED_ROWS = 2_000
CHUNK = 1_000


def run() -> int:
    """Deletes what is too old or too much, in short transactions; returns the number of rows."""
    oldest = timezone.now() - settings.REQUEST_LOG_AGE
    deleted = _delete(RequestLog.objects.filter(at__lt=oldest))  # all-tenants: by age
    deleted += _delete(RefusedToken.objects.filter(minute__lt=oldest))  # all-tenants: by age
    for integration_id in Integration.objects.values_list(
        "pk", flat=True
    ).iterator():  # all-tenants: each in turn
        deleted += _beyond(RequestLog.objects.for_integration(integration_id), settings.REQUEST_LOG_ROWS)
        deleted += _beyond(RefusedToken.objects.for_integration(integration_id), REFUSED_ROWS)
    return deleted


def _beyond(rows: QuerySet[Any], most: int) -> int:
    """Deletes all but the newest `most` rows; ids are time-ordered or grow, so the edge is one indexed
    read."""
    edge = rows.order_by("-pk").values_list("pk", flat=True)[most : most + 1].first()
    return _delete(rows.filter(pk__lte=edge)) if edge is not None else 0


def _delete(rows: QuerySet[Any]) -> int:
    deleted = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transactions.write():
            deleted += rows.model._default_manager.filter(pk__in=ids).delete()[0]
    return deleted
