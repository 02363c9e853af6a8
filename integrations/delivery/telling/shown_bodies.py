"""Bodies of calls as they may be kept for the timeline: without secrets, and cut."""

from __future__ import annotations

import json
from typing import Any

from integrations.kit import keepable, redact

LONGEST = 2048


def of_bytes(body: bytes) -> str:
    """As JSON where it is some, else as text."""
    try:
        return of_json(json.loads(body)) if body else ""
    except (ValueError, RecursionError):  # no JSON, or nested without end
        # No character is longer than four bytes. Cut behind the redaction: half a secret is one too.
        return redact.text(body[: 4 * LONGEST].decode(errors="replace"))[:LONGEST]


def of_json(content: Any) -> str:
    return redact.body(keepable.value(content), limit=LONGEST)
