"""What a file says of a person: the columns, and the row."""

from __future__ import annotations

import re
from collections.abc import Sequence

from integrations.delivery.connector import LEAVING, Order, Person
from integrations.delivery.connectors.file_drop.formats import Row
from integrations.delivery.wishes import mapping

KEY = "id"
USUAL = (KEY, "action", "active", *mapping.USUAL, "roles")


def columns(text: str) -> list[str]:
    """The names in a text, by comma or by line; the usual ones where it names none."""
    return [name.strip() for name in re.split(r"[,\n]", text) if name.strip()] or list(USUAL)


def of(order: Order, person: Person, names: Sequence[str]) -> Row:
    """The row of a person; an admin who edited the delivery has the last word on each cell."""
    values = {
        "user_name": person.user_name,
        "external_id": person.external_id,
        **person.attributes,
        KEY: person.id,
        "key": order.key,
        "action": order.intent.value,
        "active": person.is_active and not person.is_deleted and order.intent not in LEAVING,
        "roles": [entitlement.value for entitlement in person.entitlements],
        **(order.override or {}),
    }
    return {name: values.get(name) for name in names}
