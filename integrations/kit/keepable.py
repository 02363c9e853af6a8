"""What a database keeps of what somebody else wrote: no NUL, no half of a character, no NaN."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from typing import Any, TypeVar, cast

T = TypeVar("T")

# PostgreSQL keeps none of these, and no answer can be written with the halves.
NEVER_KEPT = re.compile("[\0\ud800-\udfff]")


def text(written: str) -> str:
    """The text with a sign in the place of each such character."""
    return NEVER_KEPT.sub(_instead, written) if NEVER_KEPT.search(written) else written


def value(content: T) -> T:
    """The same of JSON content, and of data classes that hold such content; what else they hold stays."""
    return cast("T", _value(content))


def _value(content: Any) -> Any:
    match content:
        case str():
            return text(content)
        case float():
            return content if math.isfinite(content) else None
        case Mapping():
            return {_value(key): _value(inside) for key, inside in content.items()}
        case list() | tuple():
            return type(content)(_value(inside) for inside in content)
    if dataclasses.is_dataclass(content) and not isinstance(content, type):
        fields = (field.name for field in dataclasses.fields(content))
        return dataclasses.replace(content, **{name: _value(getattr(content, name)) for name in fields})
    return content


def _instead(found: re.Match[str]) -> str:
    return "\N{SYMBOL FOR NULL}" if found[0] == "\0" else "?"
