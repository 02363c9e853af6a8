"""Answers in SCIM JSON: the one place where a resource, a list or an error becomes HTTP."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from scim.core.errors import MethodNotAllowed, NotImplementedByServer, ScimError, Unauthorized, Unavailable

CONTENT_TYPE = "application/scim+json; charset=utf-8"
LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_encode = json.JSONEncoder(ensure_ascii=False).encode
POLICY = "default-src 'none'; frame-ancestors 'none'"


def answer(
    content: dict[str, Any] | None, *, status: int = 200, headers: dict[str, str] | None = None
) -> HttpResponse:
    """A SCIM answer; without content it has no body. Never cached, never rendered by a browser."""
    response = HttpResponse(
        _encode(content).encode() if content is not None else b"",
        status=status,
        content_type=CONTENT_TYPE,
    )
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = POLICY
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def listing(resources: list[dict[str, Any]], *, total: int, start: int) -> HttpResponse:
    """RFC 7644 3.4.2."""
    return answer(
        {
            "schemas": [LIST_SCHEMA],
            "totalResults": total,
            "startIndex": start,
            "itemsPerPage": len(resources),
            "Resources": resources,
        }
    )


def cursor_listing(
    resources: list[dict[str, Any]],
    *,
    total: int | None,
    next_cursor: str = "",
    previous_cursor: str = "",
) -> HttpResponse:
    """RFC 9865 2. The last page has no nextCursor; a total that is not known is left out."""
    content: dict[str, Any] = {"schemas": [LIST_SCHEMA]}
    if total is not None:
        content["totalResults"] = total
    content["itemsPerPage"] = len(resources)
    if next_cursor:
        content["nextCursor"] = next_cursor
    if previous_cursor:
        content["previousCursor"] = previous_cursor
    return answer({**content, "Resources": resources})


def error(fault: ScimError, headers: dict[str, str] | None = None) -> HttpResponse:
    """RFC 7644 3.12. A 401 names the scheme (RFC 6750 3), a 405 the methods (RFC 9110 15.5.6), a 503
    when to come again, where that is known."""
    more = dict(headers or {})
    if isinstance(fault, MethodNotAllowed):
        more["Allow"] = fault.allowed
    if isinstance(fault, Unauthorized):
        more["WWW-Authenticate"] = 'Bearer realm="scim"'
    if isinstance(fault, Unavailable) and fault.retry_after_s:
        more["Retry-After"] = str(fault.retry_after_s)
    response = answer(fault.to_dict(), status=fault.status, headers=more)
    # Django logs every 5xx as a failure of the server. What is not offered is none, and why it cannot answer
    # just now is logged where that shows.
    response._has_been_logged = isinstance(fault, NotImplementedByServer | Unavailable)  # type: ignore[attr-defined]
    return response
