"""Reads the one JSON object that a person or a program wrote to us, strictly: what cannot be kept is told."""

from __future__ import annotations

import json
import math
import sys
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from integrations.kit import keepable

MAX_DEPTH = 32


class Malformed(ValueError):
    """The message is for whoever wrote it."""


def read(text: str) -> dict[str, Any]:
    """The object. Raises Malformed with a sentence."""
    try:
        found = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse,
            parse_int=_integer,
            parse_float=_decimal,
        )
    except json.JSONDecodeError as error:
        where = {"why": error.msg, "line": error.lineno, "column": error.colno}
        raise Malformed(
            _("This is not JSON: %(why)s at line %(line)d, column %(column)d.") % where
        ) from error
    except RecursionError as error:
        raise Malformed(_("This is nested too deeply.")) from error
    if not isinstance(found, dict):
        raise Malformed(_("This is no JSON object: { … }."))
    _check(found, MAX_DEPTH)
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed(_("This gives a key twice in one object."))
    return found


def _refuse(name: str) -> NoReturn:
    raise Malformed(_("This holds %(name)s, which is no JSON number.") % {"name": name})


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(number := int(digits)) > sys.maxsize:
        raise Malformed(_("This holds a number beyond 2^63."))
    return number


def _decimal(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Malformed(_("This holds a number that is too large."))
    return number


def _check(value: Any, depth: int) -> None:
    """Neither too deep nor with a character that no database keeps."""
    if isinstance(value, str):
        if keepable.NEVER_KEPT.search(value):
            raise Malformed(_("This holds a character that cannot be kept: NUL, or half of a pair."))
    elif isinstance(value, (dict, list)):
        if not depth:
            raise Malformed(_("This is nested deeper than %(n)d levels.") % {"n": MAX_DEPTH})
        for inner in [*value, *value.values()] if isinstance(value, dict) else value:
            _check(inner, depth - 1)
