"""/.search, at the root and per endpoint, and a query of the root itself (RFC 7644 3.4.2.1, 3.4.3)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_scim import views as framework

from scim.core import search
from scim.endpoints import exchange as exchanges
from scim.endpoints import searching
from scim.endpoints.frame import ScimErrors, load_body

SHELVES = {"users": searching.USERS, "groups": searching.GROUPS}


class SearchView(framework.SCIMView, ScimErrors):  # type: ignore[misc]  # django-scim2 is not typed
    """A search whose words stand in the body, so that no personal data stands in an address."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *, endpoint: str = "") -> HttpResponse:
        exchange = exchanges.of(request)
        asked = search.from_body(load_body(exchange, settings.SCIM_BODY_LIMIT))
        if not endpoint:
            return searching.answer_all(exchange, asked)
        exchange.about(SHELVES[endpoint].name, None)
        return searching.answer(exchange, SHELVES[endpoint], asked)


class RootView(framework.SCIMView, ScimErrors):  # type: ignore[misc]  # django-scim2 is not typed
    """Every resource of the integration."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        exchange = exchanges.of(request)
        return searching.answer_all(exchange, search.from_query(request.GET))
