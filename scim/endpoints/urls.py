"""Addresses of SCIM: one pattern takes the integration, and the rest in the forms that clients send."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

from scim.endpoints.bulk import BulkView
from scim.endpoints.discovery import (
    NoSuchView,
    NotOfferedView,
    ResourceTypesView,
    SchemasView,
    ServiceProviderConfigView,
)
from scim.endpoints.groups import GroupsView
from scim.endpoints.search import SHELVES, RootView, SearchView
from scim.endpoints.users import UsersView

NAMES = {
    "users": UsersView.as_view(),
    "groups": GroupsView.as_view(),
    "resourcetypes": ResourceTypesView.as_view(),
    "schemas": SchemasView.as_view(),
}
ALONE = {"serviceproviderconfig": ServiceProviderConfigView.as_view(), "bulk": BulkView.as_view()}
SLASHES = re.compile("/+")
_search, _root = SearchView.as_view(), RootView.as_view()
_not_offered, _no_such = NotOfferedView.as_view(), NoSuchView.as_view()


@csrf_exempt
def serve(request: HttpRequest, integration: str, rest: str = "") -> HttpResponseBase:
    """Finds the view of an address: doubled and trailing slashes, as clients send them, change nothing."""
    parts = [part for part in SLASHES.split(rest) if part]
    given: dict[str, Any] = {"integration_id": _uuid(integration), "path": "/" + "/".join(parts)}
    name = parts[0].lower() if parts else ""
    if parts[-1:] == [".search"] and len(parts) <= 2:
        return _searched(request, name if len(parts) == 2 else "", given)
    if len(parts) <= 1 and name in ALONE:
        return ALONE[name](request, **given)
    if name in NAMES and len(parts) <= 2:
        return NAMES[name](request, **given, uuid=parts[1] if len(parts) > 1 else None)
    if name == "me":
        return _not_offered(request, **given)
    return _no_such(request, **given) if parts else _root(request, **given)


def _searched(request: HttpRequest, endpoint: str, given: dict[str, Any]) -> HttpResponseBase:
    if endpoint and endpoint not in SHELVES:
        return _no_such(request, **given)
    return _search(request, **given, endpoint=endpoint)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


urlpatterns = [re_path(r"^(?P<integration>[^/]+)(?P<rest>(?:/.*)?)$", serve, name="scim")]
