"""What files are called, and what stands in those beside them: the receipt, and the app's answer."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from integrations.delivery.connector import Order
from integrations.kit import json_object

Json = dict[str, Any]
SAFE_KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,99}")
LONGEST_REASON = 500


def of_change(order: Order, suffix: str) -> str:
    """The same for each try of an order: when the delivery was made (UTC), its number, its key."""
    key = order.key if SAFE_KEY.fullmatch(order.key) else hashlib.sha256(order.key.encode()).hexdigest()
    return "_".join(filter(None, [_time(order.key), f"{order.sequence:010d}", f"{key}.{suffix}"]))


def receipt(name: str) -> str:
    return f"{name}.receipt.json"


def answer(name: str) -> str:
    return f"{name}.answer.json"


def last(name: str) -> str:
    """Our own copy of the last file of everybody: what the next one starts from once the app took it."""
    return f"{name}.last"


def receipt_of(name: str, content: bytes, *, rows: int, key: str) -> Json:
    return {
        "file": name,
        "key": key,
        "rows": rows,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        # By it a reader knows which of two files of a person is the later one: numbers do not tell.
        "at": timezone.now().isoformat(timespec="milliseconds"),
    }


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app says of a file."""

    is_done: bool
    reason: str


def read_answer(content: bytes | None) -> Answer | None:
    """None while there is none, or none that is understood: it may be half written."""
    found = json_object.read(content or b"")
    if found.get("status") not in {"done", "failed"}:
        return None
    return Answer(found["status"] == "done", str(found.get("reason") or "")[:LONGEST_REASON])


def _time(key: str) -> str:
    """When the key was made. RFC 9562 5.7: a version 7 UUID begins with the milliseconds since 1970."""
    try:
        made = UUID(key.partition(".")[0])
    except ValueError:
        return ""
    at = datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
    return at.strftime("%Y%m%dT%H%M%SZ") if made.version == 7 else ""
