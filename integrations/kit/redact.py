"""Takes secrets out of everything that is kept or logged: request bodies, query strings, headers, log
fields."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

MASK = "[removed]"
# Keys are compared without case, "-" and "_".
SECRET_KEYS = frozenset(
    {
        "password",
        "secret",
        "token",
        "authorization",
        "cookie",
        "setcookie",
        "accesstoken",
        "clientsecret",
        "passwd",
        "apikey",
    }
)
# The public form of a gateway token, whole or cut short: the public part stays, the secret goes.
TOKEN = re.compile(r"(cgw_[0-9A-Za-z]{12})_[0-9A-Za-z]+")
BEARER = re.compile(r"(?i)(bearer\s+)(?!cgw_)\S+")
# The key in the address of a page that works once: start, invitation, sign-in by link, new password.
LINK_KEY = re.compile(r"((?:/|%2F)(?:start|invite|link|reset)(?:/|%2F))[\w-]{20,}")


def text(value: str) -> str:
    """The text without gateway tokens, bearer credentials and keys of one-time links."""
    return LINK_KEY.sub(rf"\1{MASK}", BEARER.sub(rf"\1{MASK}", TOKEN.sub(rf"\1_{MASK}", value)))


def is_secret_key(key: str) -> bool:
    # A URN-qualified or dotted attribute is judged by its last part.
    last = re.split(r"[:.]", key)[-1]
    return last.lower().replace("-", "").replace("_", "") in SECRET_KEYS


def value(content: Any) -> Any:
    """A copy of JSON content without secrets. A PATCH operation whose path names a secret loses its value."""
    if isinstance(content, Mapping):
        hidden = is_secret_key(str(content.get("path", "")))
        return {
            key: MASK if is_secret_key(str(key)) or (hidden and key == "value") else value(item)
            for key, item in content.items()
        }
    if isinstance(content, list):
        return [value(item) for item in content]
    return text(content) if isinstance(content, str) else content


def body(content: Any, *, limit: int = 16 * 1024) -> str:
    """JSON content as indented text without secrets, at most `limit` characters, with a note where it was
    cut."""
    shown = json.dumps(value(content), indent=2, ensure_ascii=False)
    return shown if len(shown) <= limit else f"{shown[:limit]}\n… {len(shown) - limit} characters more"


def log_processor(_logger: Any, _method: str, event: Any) -> Any:
    """A structlog processor: redacts every field of a log line."""
    return value(event)
