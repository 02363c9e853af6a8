"""Reads a JSON object that somebody else wrote, such that it can be kept."""

from __future__ import annotations

import json
from typing import Any

from integrations.kit import redact


def read(content: bytes) -> dict[str, Any]:
    """The object without secrets, and without what no database keeps: NUL, NaN, half characters. {} where it
    is no object."""
    try:
        found = json.loads(content, parse_constant=lambda _name: None)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    whole = json.dumps(redact.value(found), ensure_ascii=False).encode(errors="replace")
    kept: dict[str, Any] = json.loads(whole)
    return kept
