"""Ends a delivery from outside of its worker: by a person's word, an app's late answer, or an admin's choice.

Such a delivery is parked, so that no worker is at it; what waits behind it is looked at anew by the next
holder of its lane.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils import timezone

from integrations.delivery import lanes
from integrations.delivery.connector import Intent, Proof
from integrations.delivery.models import AppAccount, Delivery, Task

Status = Delivery.Status


def by_hand(delivery: Delivery, given: Proof) -> None:
    """A person has done it. Call it while writing."""
    values = {
        "is_active": delivery.intent not in {Intent.DEACTIVATE, Intent.DELETE},
        "is_gone": delivery.intent == Intent.DELETE,
        "user_name": delivery.label,
        "ref": "" if delivery.intent == Intent.DELETE else delivery.label,
        "origin": AppAccount.Origin.HAND,
        "seen_at": timezone.now(),
    }
    AppAccount.objects.update_or_create(
        integration_id=delivery.integration_id, line=delivery.line, defaults=values
    )
    end(delivery, Status.DELIVERED, given)


def end(delivery: Delivery, status: str, given: Proof | None = None, *, problem: str = "") -> None:
    """Closes it and lets the line go on. Call it while writing."""
    delivery.status, delivery.place, delivery.ended_at = status, None, timezone.now()
    delivery.problem, delivery.remedy = problem, ""
    if given is not None:
        delivery.proof = proof(given)
    delivery.save(update_fields=["status", "place", "ended_at", "problem", "remedy", "proof"])
    lanes.promote({delivery.line})
    if delivery.intent == Intent.GROUP_CREATE:
        lanes.promote_members(delivery.integration_id, {delivery.line})
    Task.objects.for_integration(delivery.integration_id).filter(
        delivery=delivery, state=Task.State.OPEN
    ).update(state=Task.State.CANCELLED, done_at=timezone.now())


def proof(given: Proof) -> dict[str, Any]:
    """The proof as it is kept: with its digest, so that a later change of it would show."""
    kept = {"words": str(given.words), "seen": given.seen, "at": timezone.now().isoformat()}
    text = json.dumps(kept, sort_keys=True, default=str, separators=(",", ":"))
    return {**kept, "digest": hashlib.sha256(text.encode()).hexdigest()}
