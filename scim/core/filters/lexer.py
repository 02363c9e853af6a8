"""Cuts the text of a filter into tokens with their positions (RFC 7644 3.4.2.2, figure 1)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from scim.core import body
from scim.core.errors import InvalidFilter, InvalidValue
from scim.core.wording import quote

MAX_CHARACTERS = 4_096
_MAX_NUMBER = 2**63


class Kind(Enum):
    OPEN = auto()
    CLOSE = auto()
    OPEN_BRACKET = auto()
    CLOSE_BRACKET = auto()
    TEXT = auto()
    NUMBER = auto()
    WORD = auto()
    SUFFIX = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`at` counts characters from 1. `value` is set for text and numbers."""

    kind: Kind
    text: str
    at: int
    value: str | int | float | None = None


_PUNCTUATION = {"(": Kind.OPEN, ")": Kind.CLOSE, "[": Kind.OPEN_BRACKET, "]": Kind.CLOSE_BRACKET}
_TOKEN = re.compile(
    r"""
      (?P<space>\s++)
    | (?P<punctuation>[()\[\]])
    | (?P<text>"(?:[^"\\]++|\\.)*+")
    | (?P<number>-?(?:0|[1-9]\d*+)(?:\.\d++)?(?:[eE][+-]?\d++)?(?![\w$]))
    | (?P<word>[A-Za-z_$][\w$:.\-]*+)
    | (?P<suffix>\.[A-Za-z_$][\w$.\-]*+)
    """,
    re.VERBOSE | re.ASCII | re.DOTALL,
)


def tokens(text: str) -> list[Token]:
    """All tokens, the last of them END; InvalidFilter names the place of what cannot be read."""
    if len(text) > MAX_CHARACTERS:
        raise InvalidFilter(f"The filter has {len(text)} characters; {MAX_CHARACTERS} are the limit.")
    return [*_read(text), Token(Kind.END, "the end", len(text) + 1)]


def _read(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        if match.lastgroup != "space":
            yield _token(match)
        position = match.end()


def _unreadable(text: str, position: int) -> InvalidFilter:
    at = position + 1
    if text[position] == '"':
        return InvalidFilter(f"The text that begins at character {at} has no closing quote.")
    return InvalidFilter(f"Character {at}, {quote(text[position])}, is not understood.")


def _token(match: re.Match[str]) -> Token:
    text, at = match.group(), match.start() + 1
    match match.lastgroup:
        case "punctuation":
            return Token(_PUNCTUATION[text], text, at)
        case "text":
            return Token(Kind.TEXT, text, at, _string(text, at))
        case "number":
            return Token(Kind.NUMBER, text, at, _number(text, at))
        case "suffix":
            return Token(Kind.SUFFIX, text, at)
        case _:
            return Token(Kind.WORD, text, at)


def _string(text: str, at: int) -> str:
    try:
        value: str = json.loads(text)
        body.check_string(value)
    except (json.JSONDecodeError, InvalidValue) as error:
        raise InvalidFilter(f"The text that begins at character {at} is not a JSON string.") from error
    return value


def _number(text: str, at: int) -> int | float:
    value = float(text)
    if not math.isfinite(value) or abs(value) > _MAX_NUMBER:
        raise InvalidFilter(f"The number at character {at} is beyond 2^63.")
    return value if set(text) & set(".eE") else int(text)
