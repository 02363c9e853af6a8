"""How a delivery ends: what its row says then; and the end from outside of its worker, by a person's word, an
app's late answer, or an admin's choice.

One that is ended from outside is parked, so that no worker is at it; what waits behind it is looked at anew
by the next holder of its lane.
"""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.utils import timezone

from integrations.delivery.connector import LEAVING, Capability, Intent, Mode, Proof
from integrations.delivery.errands import claims, connecting
from integrations.delivery.models import AppAccount, AppConnection, Delivery, Task
from integrations.delivery.queue import lanes
from integrations.delivery.wishes import wanted
from integrations.kit.prepared import Insert

Status, Place = Delivery.Status, Delivery.Place
_insert_delivery = Insert(Delivery)


def by_hand(delivery: Delivery, given: Proof, *, becomes: dict[str, Any]) -> None:
    """A person has done it. `becomes` is what the task said the account is then (Task.becomes). Call it
    while writing."""
    intent = Intent(becomes.get("intent") or delivery.intent)
    is_gone = intent in {Intent.DELETE, Intent.GROUP_DELETE}
    name = becomes.get("user_name") or delivery.label
    values: dict[str, Any] = {
        "is_active": not is_gone and intent is not Intent.DEACTIVATE,
        "is_gone": is_gone,
        "user_name": name,
        "ref": "" if is_gone else _ref(delivery, name),
        "origin": AppAccount.Origin.HAND,
        "differences": [],
        "is_out_of_step": False,
        "seen_at": timezone.now(),
    }
    if "roles" in becomes:
        values["roles"] = becomes["roles"]
    AppAccount.objects.update_or_create(
        integration_id=delivery.integration_id, line=delivery.line, defaults=values
    )
    claims.take(delivery.integration_id, {values["ref"]: delivery.line})
    end(delivery, Status.DELIVERED, given)
    connector = connecting.connector_of(delivery.integration)
    if intent in LEAVING and connector is not None and connector.mode is Mode.STATE:
        lanes.end_losses(delivery)
        person = wanted.known(delivery.integration_id, delivery.line)
        if person is not None and person.is_deleted:
            put_off_deletion(delivery, intent, connecting.of(delivery.integration))


def put_off_deletion(delivery: Delivery, carried: Intent, connection: AppConnection) -> None:
    """The policy: whom the IdP deleted and the app only deactivated is deleted there days later. Call it
    while writing, once the leaving of such a person was carried."""
    if carried is not Intent.DEACTIVATE or not connection.delete_after_days:
        return
    _insert_delivery.one(
        Delivery(
            integration_id=delivery.integration_id,
            change_id=delivery.change_id,
            trace_id=delivery.trace_id,
            line=delivery.line,
            label=delivery.label,
            intent=Intent.DELETE,
            version=0,
            due_at=timezone.now() + timedelta(days=connection.delete_after_days),
        )
    )


def _ref(delivery: Delivery, name: str) -> str:
    """What the app calls the account: as it is known; for people, who need no id, its user name. A connector
    that took it for one would look in vain: it is to find the account by itself."""
    accounts = AppAccount.objects.for_integration(delivery.integration_id).filter(line=delivery.line)
    known: str = accounts.values_list("ref", flat=True).first() or ""
    connector = connecting.connector_of(delivery.integration)
    by_people = connector is not None and Capability.ATTENDED in connector.capabilities
    return known or (name if by_people else "")


def end(delivery: Delivery, status: str, given: Proof | None = None, *, problem: str = "") -> None:
    """Closes it and lets the line go on. Call it while writing."""
    close(delivery, status, given, problem=problem)
    delivery.save(update_fields=["status", "place", "ended_at", "problem", "remedy", "proof"])
    lanes.promote({delivery.line})
    if delivery.intent == Intent.GROUP_CREATE:
        lanes.promote_members(delivery.integration_id, {delivery.line})
    Task.objects.for_integration(delivery.integration_id).filter(
        delivery=delivery, state=Task.State.OPEN
    ).update(state=Task.State.CANCELLED, done_at=timezone.now())


def close(delivery: Delivery, status: str, given: Proof | None = None, *, problem: str = "") -> None:
    """What its row says once it has ended; its worker writes it with the rest."""
    delivery.status, delivery.place, delivery.ended_at = status, None, timezone.now()
    delivery.problem, delivery.remedy = problem, ""
    if given is not None:
        delivery.proof = proof(given)


def bury(delivery: Delivery, reason: str, remedy: str) -> None:
    """What its row says once it is dead: open, for it waits for a person, and holds only its own line."""
    delivery.status, delivery.place = Status.DEAD, Place.PARKED
    delivery.problem, delivery.remedy = reason, remedy


def proof(given: Proof) -> dict[str, Any]:
    """The proof as it is kept: with its digest, so that a later change of it would show. What a connector saw
    that is no JSON is kept as text."""
    seen = {"words": str(given.words), "seen": given.seen, "at": timezone.now().isoformat()}
    text = json.dumps(seen, sort_keys=True, default=str, separators=(",", ":"))
    kept: dict[str, Any] = json.loads(text)
    return {**kept, "digest": hashlib.sha256(text.encode()).hexdigest()}
