"""Reads a request's body: strict JSON with one object at the top, its limits first."""

from __future__ import annotations

from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.parsers import BaseParser

from integrations.api.problems import Problem
from integrations.kit import strict_json


class StrictJson(BaseParser):
    """No body is {}; whatever is not one object of JSON that can be kept is a Problem."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], _type: Any = None, about: Any = None) -> dict[str, Any]:
        # One that is far too large the server leaves unread: its length tells.
        if int(about["request"].META.get("CONTENT_LENGTH") or 0) > settings.API_BODY_LIMIT:
            raise too_large()
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
        return strict_json.read(raw.decode())
    except UnicodeDecodeError as error:
        raise _malformed(_("The body is not UTF-8.")) from error
    except strict_json.Malformed as error:
        raise _malformed(str(error)) from error


def _malformed(words: str) -> Problem:
    return Problem(status.HTTP_400_BAD_REQUEST, "malformed", words)
