"""Reads a request's body: strict JSON with one object at the top, its limits first."""

from __future__ import annotations

import json
import math
import sys
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.parsers import BaseParser

from integrations.api.problems import Problem

MAX_DEPTH = 32


class StrictJson(BaseParser):
    """No body is {}; whatever is not one object of JSON that can be kept is a Problem."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], *_type: Any, **_context: Any) -> dict[str, Any]:
        raw = stream.read(settings.API_BODY_LIMIT + 1)
        if len(raw) > settings.API_BODY_LIMIT:
            raise too_large()
        return read(raw)


def too_large() -> Problem:
    words = _("The body is larger than %(n)d bytes.") % {"n": settings.API_BODY_LIMIT}
    return Problem(status.HTTP_413_REQUEST_ENTITY_TOO_LARGE, "too_large", words)


def read(raw: bytes) -> dict[str, Any]:
    """The object; raises Problem with a sentence."""
    if not raw.strip():
        return {}
    try:
        found = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse,
            parse_int=_integer,
            parse_float=_decimal,
        )
    except UnicodeDecodeError as error:
        raise _malformed(_("The body is not UTF-8.")) from error
    except json.JSONDecodeError as error:
        where = {"why": error.msg, "line": error.lineno, "column": error.colno}
        raise _malformed(
            _("The body is not JSON: %(why)s at line %(line)d, column %(column)d.") % where
        ) from error
    except RecursionError as error:
        raise _malformed(_("The body is nested too deeply.")) from error
    if not isinstance(found, dict):
        raise _malformed(_("The body is no JSON object."))
    _check(found, MAX_DEPTH)
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _malformed(_("The body gives a key twice in one object."))
    return found


def _refuse(name: str) -> NoReturn:
    raise _malformed(_("The body holds %(name)s, which is no JSON number.") % {"name": name})


def _integer(digits: str) -> int:
    if len(digits) > 20 or abs(number := int(digits)) > sys.maxsize:
        raise _malformed(_("The body holds a number beyond 2^63."))
    return number


def _decimal(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _malformed(_("The body holds a number that is too large."))
    return number


def _check(value: Any, depth: int) -> None:
    """Neither too deep nor with a character that no database keeps."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise _malformed(_("The body holds a character that cannot be kept: NUL, or half of a pair."))
    elif isinstance(value, (dict, list)):
        if not depth:
            raise _malformed(_("The body is nested deeper than %(n)d levels.") % {"n": MAX_DEPTH})
        for inner in [*value, *value.values()] if isinstance(value, dict) else value:
            _check(inner, depth - 1)


def _malformed(words: str) -> Problem:
    return Problem(status.HTTP_400_BAD_REQUEST, "malformed", words)
