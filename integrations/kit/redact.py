"""Takes secrets out of everything that is kept or logged: request bodies, query strings, headers, log
fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus

MASK = "[removed]"
# Of secrets that are known: shorter ones would take words apart.
SHORTEST_MASKED = 4
# So often is a query string decoded once more, to see what is in it.
DECODINGS = 2
# Keys are compared without case, "-" and "_"; also at the end of a longer one, as in userPassword.
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
# A gateway token or an API key as it is written, whole or cut short: the public part stays, the secret goes.
TOKEN = re.compile(r"(cg[wk]_[0-9A-Za-z]{12})_[0-9A-Za-z]+")
BEARER = re.compile(r"(?i)(bearer\s+)(?!cg[wk]_)\S+")
# The key in the address of a page that works once: start, invitation, sign-in by link, new password.
LINK_KEY = re.compile(r"((?:/|%2F)(?:start|invite|link|reset)(?:/|%2F))[\w-]{20,}")


ENDINGS = ("password", "passwd", "secret")
_NAME = (
    rf"\b(\w*(?:{'|'.join(ENDINGS)})|(?:api|client|access)[-_](?:key|secret|token)|"
    rf"{'|'.join(sorted(SECRET_KEYS))})"
)
# A secret attribute compared with a text: password eq "x", also inside brackets. Each run is bounded: a text
# of nothing but such names is looked through once.
COMPARED = re.compile(rf"""(?i){_NAME}\b([.:\[\w\s]{{0,100}}?\s\w\w\s{{1,20}})"(?:[^"\\]|\\.)*"?""")
# The same as no filter is written, in single quotes or without any.
MISQUOTED = re.compile(
    rf"""(?i){_NAME}\b([.:\[\w]{{0,100}}\s{{1,20}}(?:eq|ne|co|sw|ew|[gl][te])\s{{1,20}})(?:'[^']*'?|[^\s"')\]]+)"""
)
# One in a query string or a form: password=x.
PAIR = re.compile(rf"""(?i){_NAME}=(?!cg[wk]_)(?:"[^"]*"?|'[^']*'?|[^\s&"']+)""")
# What is taken out of every text, and what stands there instead. PostgreSQL cannot keep a NUL.
REPLACED = (
    (TOKEN, rf"\1_{MASK}"),
    (BEARER, rf"\1{MASK}"),
    (LINK_KEY, rf"\1{MASK}"),
    (COMPARED, rf'\1\2"{MASK}"'),
    (MISQUOTED, rf'\1\2"{MASK}"'),
    (PAIR, rf"\1={MASK}"),
    (re.compile("\0"), "\N{SYMBOL FOR NULL}"),
)
# Small letters without which no text holds any of these: most texts are looked through once, and kept.
MARKS = (
    *("cgw_", "cgk_", "bearer", "\0", "\\u0000", "/start", "/invite", "/link", "/reset", "%2f"),
    *("passw", "secret", "token", "authorization", "cookie", "apikey", "api-key", "api_key"),
)


def is_suspect(text: str) -> bool:
    """Whether a text, such as a whole JSON body, can hold a secret at all."""
    lowered = text.lower()
    return any(mark in lowered for mark in MARKS)


def text(value: str) -> str:
    """The text without tokens, bearer credentials, keys of one-time links, passwords in filters, NUL."""
    if is_suspect(value):
        for pattern, instead in REPLACED:
            value = pattern.sub(instead, value)
    return value


def is_secret_key(key: str) -> bool:
    """Whether an attribute, a header or a path names a secret, whatever stands around the name."""
    parts = re.split(r"[^0-9a-z]+", key.lower().replace("-", "").replace("_", ""))
    return any(part in SECRET_KEYS or part.endswith(ENDINGS) for part in parts)


def query(raw: str) -> str:
    """A query string for people's eyes: decoded, and without secrets, also where it was encoded twice."""
    shown = unquote_plus(raw)
    return "&".join(map(_part, raw.split("&"))) if is_suspect(_decoded(shown)) else shown


def _part(raw: str) -> str:
    name, equals, value = unquote_plus(raw).partition("=")
    if equals and is_secret_key(name):
        return f"{name}={MASK}"
    shown = f"{name}{equals}{value}"
    decoded = _decoded(shown)
    masked = text(decoded)
    return text(shown) if masked == decoded else masked


def _decoded(shown: str) -> str:
    for _again in range(DECODINGS):
        shown = unquote_plus(shown) if "%" in shown else shown
    return shown


def value(content: Any) -> Any:
    """A copy of JSON content without secrets. A PATCH operation whose path names a secret loses its value."""
    if isinstance(content, Mapping):
        hidden = any(key.lower() == "path" and is_secret_key(str(item)) for key, item in content.items())
        return {
            key: MASK if is_secret_key(str(key)) or (hidden and key.lower() == "value") else value(item)
            for key, item in content.items()
        }
    if isinstance(content, list):
        return [value(item) for item in content]
    return text(content) if isinstance(content, str) else content


def without(content: Any, secrets: Iterable[str]) -> Any:
    """A copy of JSON content, or of a text, without these secrets, names of attributes included."""
    return _without(content, sorted((one for one in secrets if len(one) >= SHORTEST_MASKED), key=len)[::-1])


def _without(content: Any, secrets: Sequence[str]) -> Any:
    if isinstance(content, Mapping):
        return {_without(key, secrets): _without(item, secrets) for key, item in content.items()}
    if isinstance(content, list):
        return [_without(item, secrets) for item in content]
    if isinstance(content, str):
        for secret in secrets:
            content = content.replace(secret, MASK)
    return content


def body(content: Any, *, limit: int = 16 * 1024) -> str:
    """JSON content as compact text without secrets, at most `limit` characters; cut, it says so."""
    return json_text(compact(content), limit=limit)


def json_text(shown: str, *, limit: int | None = None) -> str:
    """As `body`, for content that is JSON text already."""
    if is_suspect(shown):
        shown = compact(value(json.loads(shown)))
    return (
        shown
        if limit is None or len(shown) <= limit
        else f"{shown[:limit]}\n… {len(shown) - limit} characters more"
    )


# JSON as text without blanks.
compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def log_processor(_logger: Any, _method: str, event: Any) -> Any:
    """A structlog processor: redacts every field of a log line."""
    return value(event)
