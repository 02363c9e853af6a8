"""What happened to one person or group and how it reached the app, the latest first, a page at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from integrations.console import timeline
from integrations.delivery.models import Change
from integrations.models import Integration

SHOWN = 30
MOST_DIGITS = 9


def of(integration: Integration, resource_id: UUID, before: str) -> dict[str, Any]:
    """Context of console/_history.html; `before` is the version that the newer page ended with."""
    changes = Change.objects.for_integration(integration).filter(resource_id=resource_id)
    if before.isascii() and before.isdecimal() and len(before) <= MOST_DIGITS:
        changes = changes.filter(version__lt=int(before))
    found = list(changes.defer("before", "after").order_by("-version", "-pk")[: SHOWN + 1])
    shown = found[:SHOWN]
    older = f"?history={shown[-1].version}" if len(found) > SHOWN else ""
    steps = timeline.of_changes(integration, shown, resource_id)
    return {"steps": steps, "earlier_url": older, "history": before}
