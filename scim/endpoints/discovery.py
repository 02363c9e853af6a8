"""What this service provider offers: /ServiceProviderConfig, /ResourceTypes, /Schemas (RFC 7644 4)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_scim import views as framework

from scim.core import bulk, cursor
from scim.core.errors import Forbidden, NotFound, NotImplementedByServer
from scim.core.search import DEFAULT_PAGE, LARGEST_PAGE
from scim.endpoints import exchange as exchanges
from scim.endpoints import render
from scim.endpoints.frame import ScimErrors

CONFIG_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"


class ServiceProviderConfigView(framework.ServiceProviderConfigView, ScimErrors):  # type: ignore[misc]
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return render.answer(_config(exchanges.of(request).base_url))


class ResourceTypesView(framework.ResourceTypesView, ScimErrors):  # type: ignore[misc]
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, uuid: str | None = None) -> HttpResponse:
        exchange = exchanges.of(request)
        types = (exchange.user_type, exchange.group_type)
        shown = {one.name: one.to_dict(exchange.base_url) for one in types}
        return _all_or_one(request, shown, uuid)


class SchemasView(framework.SchemasView, ScimErrors):  # type: ignore[misc]
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, uuid: str | None = None) -> HttpResponse:
        exchange = exchanges.of(request)
        types = (exchange.user_type, exchange.group_type)
        schemas = [schema for one in types for schema in (one.schema, *one.extensions)]
        shown = {one.id: one.to_dict(exchange.base_url) for one in schemas}
        return _all_or_one(request, shown, uuid)


class NotOfferedView(framework.SCIMView, ScimErrors):  # type: ignore[misc]
    """/Me: a token is no person (RFC 7644 3.11)."""

    def answer(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        raise NotImplementedByServer(f"{exchanges.of(request).path} is not offered here.")


class NoSuchView(framework.SCIMView, ScimErrors):  # type: ignore[misc]
    """Every other address below an integration."""

    def answer(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        raise NotFound(
            f"There is nothing at {exchanges.of(request).path[:100]}.",
            remedy="Use /Users, /Groups, /Bulk, /ServiceProviderConfig, /ResourceTypes or /Schemas.",
        )


def _all_or_one(request: HttpRequest, shown: dict[str, dict[str, Any]], name: str | None) -> HttpResponse:
    if name:
        one = next((item for key, item in shown.items() if key.lower() == name.lower()), None)
        if one is None:
            raise NotFound(f"There is no {name[:200]} here.")
        return render.answer(one)
    if request.GET.get("filter"):
        # RFC 7644 4: a filter here is answered 403.
        raise Forbidden("Discovery takes no filter.")
    return render.listing(list(shown.values()), total=len(shown), start=1)


def _config(base_url: str) -> dict[str, Any]:
    """RFC 7643 5. Only what works is offered."""
    return {
        "schemas": [CONFIG_SCHEMA],
        "patch": {"supported": True},
        "bulk": {
            "supported": True,
            "maxOperations": bulk.MOST_OPERATIONS,
            "maxPayloadSize": settings.SCIM_GROUP_BODY_LIMIT,
        },
        "filter": {"supported": True, "maxResults": LARGEST_PAGE},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": True},
        # RFC 9865 4.
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": DEFAULT_PAGE,
            "maxPageSize": LARGEST_PAGE,
            "cursorTimeout": cursor.MAX_AGE_S,
        },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "SCIM gateway token",
                "description": "A bearer token made on the integration's Connected services page.",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base_url}/ServiceProviderConfig"},
    }
