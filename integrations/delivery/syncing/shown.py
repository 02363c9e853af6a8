"""What an app shows of an account besides its names, state and roles: kept until everybody is matched."""

from __future__ import annotations

import json
from typing import Any

from integrations.delivery.connector import Account
from integrations.delivery.models import AppAccount
from integrations.kit import keepable

MOST_CHARACTERS = 16 * 1024
Json = dict[str, Any]


def keep(account: Account) -> Json | None:
    """As a row keeps it; None where it is too much to keep of everybody, or no JSON."""
    try:
        content = {"external_id": account.external_id, "attributes": dict(account.attributes)}
        text = json.dumps(content, allow_nan=False)
    except (TypeError, ValueError, RecursionError):  # a connector of somebody else's may say anything
        return None
    found: Json = json.loads(text)
    return keepable.value(found) if len(text) <= MOST_CHARACTERS else None


def listed(row: AppAccount) -> Account | None:
    """The account as the app listed it, without its roles; None where that was not kept."""
    if row.shown is None:
        return None
    return Account(
        ref=row.ref,
        user_name=row.user_name,
        email=row.email,
        external_id=row.shown["external_id"],
        is_active=row.is_active,
        entitlements=None,
        attributes=row.shown["attributes"],
    )
