"""Addresses of SCIM: one pattern takes the integration, and the rest in the forms that clients send."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import re_path
from django.views.decorators.csrf import csrf_exempt

from scim.endpoints.discovery import (
    NoSuchView,
    NotOfferedView,
    ResourceTypesView,
    SchemasView,
    ServiceProviderConfigView,
)
from scim.endpoints.groups import GroupsView
from scim.endpoints.users import UsersView

NAMES = {
    "users": UsersView.as_view(),
    "groups": GroupsView.as_view(),
    "resourcetypes": ResourceTypesView.as_view(),
    "schemas": SchemasView.as_view(),
}
CONFIG = ServiceProviderConfigView.as_view()
NOT_OFFERED = {"bulk", ".search", "me"}
SLASHES = re.compile("/+")
_not_offered, _no_such = NotOfferedView.as_view(), NoSuchView.as_view()


@csrf_exempt
def serve(request: HttpRequest, integration: str, rest: str = "") -> HttpResponseBase:
    """Finds the view of an address: doubled and trailing slashes, as clients send them, change nothing."""
    parts = [part for part in SLASHES.split(rest) if part]
    given: dict[str, Any] = {"integration_id": _uuid(integration), "path": "/" + "/".join(parts)}
    name = parts[0].lower() if parts else ""
    if name in NOT_OFFERED or (len(parts) > 1 and parts[-1] == ".search"):
        return _not_offered(request, **given)
    if name == "serviceproviderconfig" and len(parts) == 1:
        return CONFIG(request, **given)
    if name in NAMES and len(parts) <= 2:
        return NAMES[name](request, **given, uuid=parts[1] if len(parts) > 1 else None)
    return _no_such(request, **given)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


urlpatterns = [re_path(r"^(?P<integration>[^/]+)(?P<rest>(?:/.*)?)$", serve, name="scim")]
