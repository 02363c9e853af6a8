"""A change as an app is told of it: the JSON of one message, never larger than receivers take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from integrations.delivery.connector import OF_GROUPS, Event, Json, Order

# Standard Webhooks 1.0, "Payload size": below 20 kB.
LIMIT_BYTES = 20_000


def of(order: Order, event: Event, *, integration: Json, callback_url: str) -> bytes | None:
    """The message; what is too large for it is left out and `truncated` says so. None where what an admin
    wrote in its place is too large."""
    for data in _ever_smaller(order, event, integration):
        content = {"type": event.type, "timestamp": moment(event.at), "data": data}
        found = encoded({**content, "callback_url": callback_url})
        if len(found) < LIMIT_BYTES:
            return found
    return None


def encoded(content: Json) -> bytes:
    """Compact JSON. Half a character, which JSON can name and UTF-8 cannot, stays the escape it came as."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace")


def moment(at: datetime) -> str:
    """UTC, as 2026-11-28T13:53:18.000Z."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ever_smaller(order: Order, event: Event, integration: Json) -> Iterator[Json]:
    if order.override is not None:
        yield order.override
        return
    whole = data(order, event, integration)
    yield whole
    short = {name: value for name, value in whole.items() if name not in {"before", "after"}}
    yield {**short, "truncated": True}
    yield {**short, "delta": [], "truncated": True}


def data(order: Order, event: Event, integration: Json) -> Json:
    """What the message tells; what an admin writes in its place has the same form."""
    return {
        # The same after an edit; the message's own id is new then.
        "event_id": order.key.partition(".")[0],
        "resource_type": "Group" if order.intent in OF_GROUPS else "User",
        "resource_id": event.id,
        "before": event.before,
        "after": event.after,
        "delta": list(event.delta),
        "entitlement": asdict(event.entitlement) if event.entitlement else None,
        "actor": event.actor,
        "trace_id": event.trace_id,
        "integration": integration,
    }
