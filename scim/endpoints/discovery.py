"""What this service provider offers: /ServiceProviderConfig, /ResourceTypes, /Schemas (RFC 7644 4)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_scim import views as framework

from scim.core.errors import Forbidden, NotFound, NotImplementedByServer
from scim.core.resource_types import RESOURCE_TYPES, SCHEMAS
from scim.endpoints import render
from scim.endpoints.frame import LARGEST_PAGE, ScimErrors

CONFIG_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"


class ServiceProviderConfigView(framework.ServiceProviderConfigView, ScimErrors):  # type: ignore[misc]
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return render.answer(_config(request.exchange.base_url))  # type: ignore[attr-defined]


class ResourceTypesView(framework.ResourceTypesView, ScimErrors):  # type: ignore[misc]
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, uuid: str | None = None) -> HttpResponse:
        shown = {one.name: one.to_dict(request.exchange.base_url) for one in RESOURCE_TYPES}  # type: ignore[attr-defined]
        return _all_or_one(request, shown, uuid)


class SchemasView(framework.SchemasView, ScimErrors):  # type: ignore[misc]
    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, uuid: str | None = None) -> HttpResponse:
        shown = {one.id: one.to_dict(request.exchange.base_url) for one in SCHEMAS}  # type: ignore[attr-defined]
        return _all_or_one(request, shown, uuid)


class NotOfferedView(framework.SCIMView, ScimErrors):  # type: ignore[misc]
    """Bulk, searches by POST and /Me: known to SCIM, not offered yet, and not advertised."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        raise NotImplementedByServer(f"{request.exchange.path} is not offered here.")  # type: ignore[attr-defined]

    post = put = patch = delete = get


class NoSuchView(framework.SCIMView, ScimErrors):  # type: ignore[misc]
    """Every other address below an integration."""

    def get(self, _request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        raise NotFound(
            "There is nothing at this address.",
            remedy="Use /Users, /Groups, /ServiceProviderConfig, /ResourceTypes or /Schemas.",
        )

    post = put = patch = delete = get


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
        # Some clients take maxOperations for the size of a PATCH, even where bulk is off.
        "bulk": {"supported": False, "maxOperations": 1000, "maxPayloadSize": settings.SCIM_GROUP_BODY_LIMIT},
        "filter": {"supported": True, "maxResults": LARGEST_PAGE},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
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
