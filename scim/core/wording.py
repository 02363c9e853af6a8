"""How a value from outside is shown in a sentence: short, quoted, never an object's content."""

from __future__ import annotations

from typing import Any

_SHOWN_CHARACTERS = 60


def quote(text: str, limit: int = _SHOWN_CHARACTERS) -> str:
    """The text in double quotes, cut after `limit` characters, with what cannot be printed escaped."""
    return f'"{clip(text, limit)}"'


def clip(text: str, limit: int = _SHOWN_CHARACTERS) -> str:
    """The text cut after `limit` characters, with what cannot be printed escaped."""
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return shown if shown.isprintable() else shown.encode("unicode_escape").decode("ascii")


def kind_of(value: Any) -> str:
    """What JSON calls the value: `text`, `an object` and so on; never the value itself."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    return _KINDS.get(type(value), "something else")


_KINDS = {str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}
