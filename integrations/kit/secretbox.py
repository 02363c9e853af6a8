"""Seals secrets that have to be read again: they open with GATEWAY_KEYS, in the place they were put."""

from __future__ import annotations

import functools
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class NotOpened(Exception):
    """A sealed text does not open: under none of the keys, or not in this place."""


def seal(value: Any, context: str) -> str:
    """JSON content, encrypted under the newest key; it opens in the place that `context` names alone."""
    content = json.dumps({"c": context, "v": value}, separators=(",", ":"))
    return _box(tuple(settings.GATEWAY_KEYS)).encrypt(content.encode()).decode("ascii")


def unseal(text: str, context: str) -> Any:
    """What was sealed in this place. Raises NotOpened."""
    try:
        content = json.loads(_box(tuple(settings.GATEWAY_KEYS)).decrypt(text.encode()))
    except InvalidToken:
        raise NotOpened("No key of GATEWAY_KEYS opens it.") from None
    if content["c"] != context:
        raise NotOpened("It was sealed for another place.")
    return content["v"]


def reseal(text: str) -> str:
    """The same under the newest key; the very same text where that key opens it already. Raises NotOpened."""
    keys = tuple(settings.GATEWAY_KEYS)
    try:
        _box(keys[:1]).decrypt(text.encode())
    except InvalidToken:
        try:
            return _box(keys).rotate(text.encode()).decode("ascii")
        except InvalidToken:
            raise NotOpened("No key of GATEWAY_KEYS opens it.") from None
    return text


@functools.lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
