"""Reads a request's body: strict JSON with one object at the top, every limit checked before it can cost."""

from __future__ import annotations

import collections
import itertools
import json
import math
import re
from typing import Any, NoReturn

from scim.core.errors import InvalidSyntax, InvalidValue
from scim.core.wording import kind_of, quote

MAX_DEPTH = 64
_MAX_NUMBER = 2**63
_MAX_DIGITS = 20

# The closing quote is optional: an unclosed string is swallowed once instead of tried from every quote.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_SURROGATE = re.compile("[\ud800-\udfff]")


def parse(raw: bytes, *, max_depth: int = MAX_DEPTH) -> dict[str, Any]:
    """The object that `raw` holds; InvalidSyntax or InvalidValue, each with a sentence, for anything else."""
    text = _decode(raw)
    _check_depth(raw, max_depth)
    value = _load(text)
    if not isinstance(value, dict):
        raise InvalidSyntax(f"The body is {kind_of(value)}; a JSON object was expected.")
    if "\\u" in text:  # only an escape can bring in what UTF-8 and the JSON grammar refuse
        _check_text(value)
    return value


def _decode(raw: bytes) -> str:
    if not raw.strip():
        raise InvalidSyntax("The body is empty; a JSON object was expected.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidSyntax(f"The body is not UTF-8: byte {error.start + 1} cannot be read.") from error


def _check_depth(raw: bytes, max_depth: int) -> None:
    """Counts open brackets outside strings, without recursion, so that no parser meets a tower of them."""
    brackets = _STRING.sub(b"", raw).translate(None, _NOT_BRACKETS)
    if max(itertools.accumulate(map(_STEP.__getitem__, brackets)), default=0) > max_depth:
        raise InvalidSyntax(f"The body is nested deeper than {max_depth} levels.")


def _load(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_decimal,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidSyntax(f"The body is not JSON: {error.msg} at {where}.") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        (twice, _), *_ = collections.Counter(key for key, _ in pairs).most_common(1)
        raise InvalidSyntax(f"The body gives the key {quote(twice)} twice in one object.")
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidSyntax(f"The body holds {name}, which is not a JSON number.")


def _integer(digits: str) -> int:
    # Long digits are refused before int(), whose cost grows with the square of their number.
    if len(digits) > _MAX_DIGITS or abs(value := int(digits)) > _MAX_NUMBER:
        raise InvalidValue("The body holds a number beyond 2^63.")
    return value


def _decimal(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value) or abs(value) > _MAX_NUMBER:
        raise InvalidValue("The body holds a number beyond 2^63.")
    return value


def _check_text(value: Any) -> None:
    """Recursion is safe here: the depth was checked."""
    if isinstance(value, str):
        check_string(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            check_string(key)
            _check_text(item)
    elif isinstance(value, list):
        for item in value:
            _check_text(item)


def check_string(text: str) -> None:
    """InvalidValue for text that no database and no UTF-8 answer can carry."""
    if "\0" in text:
        raise InvalidValue("The body holds a NUL character (\\u0000), which cannot be stored.")
    if _SURROGATE.search(text):
        raise InvalidValue(
            "The body holds half of a surrogate pair (\\ud800 to \\udfff), which is not a character."
        )
