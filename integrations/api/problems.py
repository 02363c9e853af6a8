"""What the API says when it says no: problem+json (RFC 9457) with a code, a sentence and the field."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.db import DatabaseError
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from integrations.kit import context, transactions
from integrations.kit.errors import Busy, NotAllowed, Refused

Json = dict[str, Any]
CONTENT_TYPE = "application/problem+json"
NOTHING_HERE = "There is nothing at this address."
# When to come again where there is no room now.
BUSY_S = 10
log = logging.getLogger(__name__)


class Problem(APIException):
    """A refusal with its status and code; `more` are further members of the answer."""

    def __init__(
        self, status_code: int, code: str, detail: str, *, more: Json | None = None, retry_after_s: int = 0
    ) -> None:
        super().__init__(detail, code)
        self.status_code = status_code
        self.code = code
        self.more = more or {}
        self.retry_after_s = retry_after_s


def handle(error: Exception, _view: Mapping[str, Any]) -> Response:
    """The answer to what a view raised (DRF's EXCEPTION_HANDLER)."""
    match error:
        case Problem():
            headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s else {}
            shown = _body(error.status_code, error.code, detail=str(error.detail), more=error.more)
            return _answer(shown, headers)
        case Refused():
            return _refused(error)
        case Http404() | exceptions.NotFound():
            return _answer(_body(status.HTTP_404_NOT_FOUND, "not_found", detail=NOTHING_HERE))
        case exceptions.ValidationError():
            return _invalid(error)
        case APIException():
            return _of_framework(error)
    return _of_failure(error)


def outside(status_code: int, detail: str = "") -> JsonResponse:
    """The answer where no view was reached: an unknown address, a malformed request, a failure before it.
    `detail` is said where more is known than the status tells."""
    code, usual = {
        400: (
            "malformed",
            "The request is malformed, or it came under a host name that is not allowed here.",
        ),
        404: ("not_found", NOTHING_HERE),
        408: ("late", "The request did not come in time."),
        413: ("too_large", "The body is larger than what is taken here."),
        503: ("busy", "There is no room for it now. Try again later."),
    }.get(status_code, ("failed", _unforeseen()))
    shown = _body(status_code, code, detail=detail or usual)
    headers = {"Retry-After": str(BUSY_S)} if status_code == status.HTTP_503_SERVICE_UNAVAILABLE else {}
    return JsonResponse(shown, status=status_code, content_type=CONTENT_TYPE, headers=headers)


def _of_failure(error: Exception) -> Response:
    if isinstance(error, DatabaseError) and transactions.passes(error):
        log.warning("api.busy: %s", error)
        words = _("Others are changing the same just now. Nothing was changed: send it again later.")
        shown = _body(status.HTTP_503_SERVICE_UNAVAILABLE, "busy", detail=words)
        return _answer(shown, {"Retry-After": str(transactions.AGAIN_S)})
    log.error("api.failed", exc_info=error)
    return _answer(_body(status.HTTP_500_INTERNAL_SERVER_ERROR, "failed", detail=_unforeseen()))


def _unforeseen() -> str:
    return f"Something went wrong here; reference {context.current.get().trace_id}."


def _refused(refused: Refused) -> Response:
    """A field that is at fault makes it 400; what stands in the way as things are now, 409; what will be free
    in a moment, 503."""
    if isinstance(refused, NotAllowed):
        return _answer(_body(status.HTTP_403_FORBIDDEN, "role", detail=refused.message))
    if isinstance(refused, Busy):
        shown = _body(status.HTTP_503_SERVICE_UNAVAILABLE, refused.code, detail=refused.message)
        return _answer(shown, {"Retry-After": str(BUSY_S)})
    if refused.field is None:
        return _answer(_body(status.HTTP_409_CONFLICT, refused.code, detail=refused.message))
    errors = [{"field": refused.field, "code": refused.code, "detail": refused.message}]
    more = {"errors": errors}
    return _answer(_body(status.HTTP_400_BAD_REQUEST, "invalid", detail=refused.message, more=more))


def _invalid(error: exceptions.ValidationError) -> Response:
    errors = list(_flat(error.detail, ""))
    detail = errors[0]["detail"] if len(errors) == 1 else _("%(n)d fields are at fault.") % {"n": len(errors)}
    more = {"errors": errors}
    return _answer(_body(status.HTTP_400_BAD_REQUEST, "invalid", detail=detail, more=more))


def _flat(detail: Any, path: str) -> Iterator[Json]:
    """DRF's nested details as a list; a field within another is named "outer.inner", an item "list.0"."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flat(inner, _joined(path, "" if name == "non_field_errors" else str(name)))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            is_message = isinstance(inner, exceptions.ErrorDetail)
            yield from _flat(inner, path if is_message else _joined(path, str(number)))
    else:
        yield {"field": path, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def _joined(path: str, name: str) -> str:
    return ".".join(part for part in (path, name) if part)


def _of_framework(error: APIException) -> Response:
    headers = {}
    if challenge := getattr(error, "auth_header", ""):
        headers["WWW-Authenticate"] = challenge
    code = error.default_code if isinstance(error.detail, str) else "invalid"
    detail = str(error.detail)
    if isinstance(error, exceptions.UnsupportedMediaType):
        detail = _("Send JSON, with Content-Type: application/json.")
    return _answer(_body(error.status_code, str(code), detail=detail), headers)


def _answer(shown: Json, headers: Mapping[str, str] | None = None) -> Response:
    return Response(shown, status=shown["status"], headers=headers, content_type=CONTENT_TYPE)


def _body(status_code: int, code: str, *, detail: str, more: Json | None = None) -> Json:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status_code).phrase,
        "status": status_code,
        "code": code,
        "detail": detail,
        "trace_id": context.current.get().trace_id,
        **(more or {}),
    }
