"""What the OpenAPI schema says of an operation, out of what is declared of it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from integrations.api import once, problems
from integrations.api.fields import Asked
from integrations.api.operation import Operation

Json = dict[str, Any]
# What the methods of a view set are called, in the names of operations.
VERBS = {"retrieve": "read", "partial_update": "change", "update": "set", "destroy": "delete"}
REFUSALS = {
    400: "What was sent is not as this operation takes it.",
    401: "There is no API key, or one that does not work.",
    403: "The key's role does not allow it; the sentence names the roles that do.",
    404: "There is nothing at this address for this key.",
    406: "The caller takes no JSON.",
    409: "It cannot be done as things stand now.",
    412: "It was changed since it was read (If-Match).",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The Idempotency-Key was used for another request.",
    429: "The key asks too often; Retry-After says when to go on.",
    503: "Other apps are being asked now; Retry-After says when to try again.",
}


FIELD_FAULT = inline_serializer(
    "FieldFault",
    {
        "field": serializers.CharField(help_text='Its name; "outer.inner" within another.'),
        "code": serializers.CharField(),
        "detail": serializers.CharField(),
    },
    many=True,
    required=False,
)
# A refusal (RFC 9457).
PROBLEM = inline_serializer(
    "Problem",
    {
        "type": serializers.CharField(),
        "title": serializers.CharField(),
        "status": serializers.IntegerField(),
        "code": serializers.CharField(help_text="For programs: it stays the same within v1."),
        "detail": serializers.CharField(help_text="For people: what was expected and what came."),
        "trace_id": serializers.CharField(help_text="Finds the request in the logs."),
        "errors": FIELD_FAULT,
    },
)


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = "integrations.api.auth.KeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, _auto_schema: Any) -> Json:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key of the workspace, made on its settings page.",
        }


class KnownNames(OpenApiSerializerExtension):
    """A body with another name in it is refused."""

    target_class = "integrations.api.fields.Taken"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Json:
        shown: Json = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**shown, "additionalProperties": False}


def of(about: Operation, method: Callable[..., Any]) -> Json:
    """The words of drf-spectacular's `extend_schema`. The method's class is the shelf; its docstring says
    more."""
    shelf, name = method.__qualname__.split(".")
    obeys = about.locks != "" and name != "retrieve"
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", shelf)
    return {
        "operation_id": f"{words.replace(' ', '_')}_{VERBS.get(name, name)}".lower(),
        "tags": [words],
        "summary": about.summary,
        "description": " ".join((method.__doc__ or "").split()),
        "request": about.takes,
        "parameters": _parameters(about, obeys=obeys),
        "responses": {about.status: _answer(about), **_refusals(about, obeys=obeys)},
        "examples": _examples(about),
    }


def _answer(about: Operation) -> Any:
    if about.gives is None:
        return OpenApiResponse(description=_("Done."))
    row: Any = about.gives
    shown = forced_singular_serializer(type(_page_of(row))) if about.is_list else row
    return OpenApiResponse(shown, description=_("Done.") if about.status == 200 else _("Made."))


@functools.cache
def _page_of(row: Any) -> Any:
    """One page of a list of these."""
    return inline_serializer(
        f"{row.__name__}Page",
        {
            "results": row(many=True),
            "next_cursor": serializers.CharField(
                allow_null=True, help_text="`cursor` of the next page; null after the last."
            ),
        },
    )


def _parameters(about: Operation, *, obeys: bool) -> list[Any]:
    found: list[Any] = [] if about.asks is Asked else [about.asks]
    if about.makes:
        found.append(
            _header(
                once.HEADER,
                "The same key and body within 24 hours get the same answer, and nothing more is made.",
                {"type": "string", "pattern": f"^[!-~]{{1,{once.LONGEST}}}$"},
            )
        )
    if obeys:
        found.append(
            _header(
                "If-Match",
                "The ETag that was read: it is done only while that still holds. An ETag is of what can be "
                "set; figures and states that move by themselves do not change it.",
                {"type": "string"},
            )
        )
    return found


def _header(name: str, description: str, form: Json) -> OpenApiParameter:
    return OpenApiParameter(name, form, OpenApiParameter.HEADER, description=description)


def _refusals(about: Operation, *, obeys: bool) -> dict[Any, Any]:
    statuses = [400, 401, 403, 404, 406, 429]
    if about.takes is not None:
        statuses += [409, 413, 415]
    if about.makes:
        statuses += [409, 422]
    if obeys:
        statuses.append(412)
    if about.visits:
        statuses.append(503)
    if about.gives is None or about.status == 200:
        statuses.append(409)
    return {
        (status, problems.CONTENT_TYPE): OpenApiResponse(PROBLEM, description=REFUSALS[status])
        for status in sorted(set(statuses))
    }


def _examples(about: Operation) -> list[OpenApiExample]:
    if about.example is None or about.takes is None:
        return []
    return [OpenApiExample(about.summary, value=about.example, request_only=True)]
