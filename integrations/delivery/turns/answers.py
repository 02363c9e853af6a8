"""What an app says later of a delivery that it took: done, failed, or nothing at all.

The answer proves or refutes the delivery, as an answer at once would have. It is nobody's act: it is kept as
the delivery's proof, with its digest, and not in the audit of what people did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.delivery.connector import Proof
from integrations.delivery.errands import ending
from integrations.delivery.models import AppConnection, Delivery, Lane
from integrations.delivery.queue import engine, lanes
from integrations.delivery.telling import signing
from integrations.kit import keepable, redact, transactions
from integrations.kit.errors import Refused

log = structlog.get_logger("gateway.delivery")
Status, Place = Delivery.Status, Delivery.Place
# An app that accepted something answers within this time.
PATIENCE = timedelta(hours=24)
# So much is given up at one look: deliveries of a lane in one transaction, and lanes.
BATCH, LANES = 200, 100
REASON_CHARACTERS = 1000
# No worker is at these: they are parked.
OPEN_TO_ANSWERS = frozenset({Status.CONFIRMING, Status.DEAD, Status.WITH_PERSON})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app says, and in which message of its own."""

    is_done: bool
    reason: str
    message_id: str


def take(key: str, body: bytes, headers: Mapping[str, str]) -> Delivery:
    """Ends the delivery of this key by the app's signed answer. One that has ended stays as it is.

    Refused: `unknown` key, `signature`, `form` of the body, or `early`: no answer is waited for now.
    """
    found = _find(key)
    if not signing.is_genuine(body, headers, _secrets(found)):
        raise Refused("signature", _("The signature is missing, wrong, or older than five minutes."))
    answer = _read(body, headers.get("webhook-id", ""))
    with transactions.write():
        lanes.lock(found.integration_id)
        rows = Delivery.objects.select_for_update().for_integration(found.integration_id)
        current = rows.filter(pk=found.pk).first()
        if current is None:
            raise _unknown()
        if current.place is not None and current.key == key:
            _apply(current, answer)
            engine.wake_on_commit(current.integration_id)
    log.info("delivery.answered", delivery_id=str(current.id), status=current.status)
    return current


def give_up() -> None:
    """Deliveries whose answer never came become dead, for a person to look at; none of a held lane. One query
    where there are none."""
    going = Lane.objects.filter(held_at=None)  # all-tenants: the sweep
    late = going.filter(Exists(_unanswered(OuterRef("pk")))).order_by("pk")
    for integration_id in late.values_list("pk", flat=True)[:LANES]:
        _give_up(integration_id)


def _give_up(integration_id: UUID) -> None:
    with transactions.write():
        lanes.lock(integration_id)
        late = _unanswered(integration_id).select_for_update().order_by("number")
        for delivery in late[:BATCH]:
            _bury(
                delivery,
                _("The app took it, and did not say within 24 hours whether it is done."),
                _("Look into the app. Then retry it, skip it, or hand it over."),
            )


def _unanswered(integration: UUID | OuterRef) -> QuerySet[Delivery]:
    """`due_at` of what waits for an answer is when the app took it. Index: delivery_listed, a look a lane."""
    late = timezone.now() - PATIENCE
    # all-tenants: of the lane in hand
    rows = Delivery.objects.filter(integration=integration, status=Status.CONFIRMING)
    return rows.filter(place=Place.PARKED, due_at__lte=late)


def _find(key: str) -> Delivery:
    """The delivery of a key, the present one or one from before an edit."""
    try:
        name = UUID(key.partition(".")[0])
    except ValueError:
        raise _unknown() from None
    found = Delivery.objects.filter(id=name).first()  # all-tenants: the signature shows whose it is
    if found is None or not _is_key_of(found, key):
        raise _unknown()
    return found


def _is_key_of(delivery: Delivery, key: str) -> bool:
    revision = key.partition(".")[2]
    is_number = revision.isascii() and revision.isdecimal() and len(revision) < 10
    return is_number and 1 <= int(revision) <= delivery.revision and key == f"{delivery.id}.{int(revision)}"


def _unknown() -> Refused:
    return Refused("unknown", _("There is no such delivery."))


def _secrets(delivery: Delivery) -> list[str]:
    connection = AppConnection.objects.for_integration(delivery.integration_id).first()
    kept = connection.secrets if connection else {}
    return [kept[name] for name in (signing.CURRENT, signing.PREVIOUS) if kept.get(name)]


def _read(body: bytes, message_id: str) -> Answer:
    try:
        content = keepable.value(json.loads(body))
    except (ValueError, RecursionError):
        content = None
    status = content.get("status") if isinstance(content, dict) else None
    if status not in ("done", "failed"):
        raise Refused("form", _('The body is JSON with "status": "done" or "failed", and a "reason".'))
    reason = redact.text(str(content.get("reason") or ""))[:REASON_CHARACTERS]
    return Answer(status == "done", reason, message_id[:200])


def _apply(delivery: Delivery, answer: Answer) -> None:
    if delivery.place != Place.PARKED or delivery.status not in OPEN_TO_ANSWERS:
        raise Refused("early", _("No answer is waited for now. Try again in a few seconds."))
    seen = {
        "status": "done" if answer.is_done else "failed",
        "reason": answer.reason,
        "message_id": answer.message_id,
        "accepted": delivery.proof,
    }
    if answer.is_done:
        words = _("The app answered later that it is done.")
        ending.end(delivery, Status.DELIVERED, Proof(words, seen))
    elif delivery.status == Status.CONFIRMING:
        delivery.proof = ending.proof(Proof(_("The app answered later that it failed."), seen))
        reason = answer.reason or _("The app answered that it failed, and did not say why.")
        _bury(delivery, reason, _("Mend it in the app, then retry."))


def _bury(delivery: Delivery, reason: str, remedy: str) -> None:
    ending.bury(delivery, reason, remedy)
    delivery.save(update_fields=["status", "problem", "remedy", "proof"])
