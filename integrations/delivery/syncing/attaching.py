"""Makes an account that was found the account of a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from integrations.delivery.models import AppAccount
from integrations.kit.prepared import Update

# What a person's row takes from the row that was found.
TAKEN = ("ref", "user_name", "email", "display_name", "is_active", "roles", "shows_roles", "shown", "seen_at")
_update_own = Update(AppAccount, *TAKEN, "is_gone")
_update_found = Update(AppAccount, "line", "suggestion", "claims", "is_kept_apart")


def attach(
    integration_id: UUID, pairs: Sequence[tuple[AppAccount, UUID]], *, since: datetime | None = None
) -> None:
    """Gives each account to its person; a person who has another that was seen `since` then keeps that one.
    Call it while writing. Four queries however many."""
    own = _own(integration_id, [person for _found, person in pairs])
    left, kept, needless = [], [], []
    for found, person in pairs:
        found.suggestion, found.claims = None, 0
        row = own.get(person)
        if row is None:
            found.line, found.is_kept_apart = person, False
            own[person] = found
            left.append(found)
        elif since is not None and row.ref and row.seen_at >= since:
            left.append(found)
        else:
            for name in TAKEN:
                setattr(row, name, getattr(found, name))
            row.is_gone = False
            kept.append(row)
            needless.append(found.pk)
    AppAccount.objects.for_integration(integration_id).filter(pk__in=needless).delete()
    _update_found.many(left)
    _update_own.many(kept)


def _own(integration_id: UUID, people: Sequence[UUID]) -> dict[UUID, AppAccount]:
    rows = AppAccount.objects.for_integration(integration_id).filter(line__in=people)
    return {row.line: row for row in rows.select_for_update() if row.line}
