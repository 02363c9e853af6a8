"""What is known of accounts in the app, once tries have come to an end."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from integrations.delivery.connector import Done, Intent
from integrations.delivery.errands import claims
from integrations.delivery.models import AppAccount
from integrations.delivery.turns.tried import Tried
from integrations.kit.prepared import Insert, Update

_insert = Insert(AppAccount)
_update = Update(
    AppAccount,
    *("ref", "user_name", "is_active", "is_gone", "roles", "differences", "is_out_of_step", "seen_at"),
)


def note(integration_id: UUID, tried: Sequence[Tried]) -> None:
    """What the app has now, as far as the orders say. Call it while writing; three queries however many, and
    one where accounts are new. Of events alone nobody knows what the app makes of them."""
    arrived = [
        (one, one.carried.outcome)
        for one in tried
        if isinstance(one.carried.outcome, Done) and (one.order.person or one.order.group)
    ]
    rows = AppAccount.objects.for_integration(integration_id)
    known = {row.line: row for row in rows.filter(line__in=[one.delivery.line for one, _done in arrived])}
    new, taken = [], {}
    for one, done in arrived:
        row = known.get(one.delivery.line)
        if row is None:
            row = AppAccount(integration_id=integration_id, line=one.delivery.line)
            new.append(row)
        before = row.ref
        _note(row, one, done)
        if one.order.person is not None and row.ref not in {"", before}:
            taken[row.ref] = one.delivery.line
        if row.pk is not None:
            _update.one(row)
    _insert.many(new)
    if taken:
        claims.take(integration_id, taken)


def _note(row: AppAccount, one: Tried, done: Done) -> None:
    order, person, verified = one.order, one.order.person, one.carried.verified
    row.is_gone = order.intent in {Intent.DELETE, Intent.GROUP_DELETE}
    row.is_active = not row.is_gone and order.intent is not Intent.DEACTIVATE
    row.ref = "" if row.is_gone else done.ref[:512] or row.ref
    row.seen_at = timezone.now()
    row.differences = list(verified.differences) if verified else []
    row.is_out_of_step = bool(row.differences)
    if person is not None:
        one.delivery.label = one.delivery.label or person.user_name[:512]
        row.user_name = str(person.attributes.get("user_name") or person.user_name)[:512]
        row.roles = [entitlement.name for entitlement in person.entitlements]
