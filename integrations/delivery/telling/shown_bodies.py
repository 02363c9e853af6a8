"""Bodies of calls as they may be kept for the timeline: without secrets, and cut."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from integrations.kit import keepable, redact

LONGEST = 2048


def of_bytes(body: bytes, masked: Callable[[Any], Any] = lambda said: said) -> str:
    """As JSON where it is some, else as text; `masked` takes out the secrets that are known
    (Context.masked)."""
    try:
        return redact.body(keepable.value(masked(json.loads(body))), limit=LONGEST) if body else ""
    except (ValueError, RecursionError):  # no JSON, or nested without end
        # No character is longer than four bytes. Cut behind the redaction: half a secret is one too.
        return redact.text(masked(body[: 4 * LONGEST].decode(errors="replace")))[:LONGEST]
