"""Reads a JSON object that somebody else wrote, such that it can be kept."""

from __future__ import annotations

import json
from typing import Any

from integrations.kit import keepable, redact


def read(content: bytes) -> dict[str, Any]:
    """The object without secrets, and without what no database keeps: NUL, NaN, half characters. {} where it
    is no object."""
    try:
        found = keepable.value(redact.value(json.loads(content)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
