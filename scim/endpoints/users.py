"""/Users."""

from __future__ import annotations

from django_scim.views import UsersView as FrameworkView

from scim.core.resource_types import USER
from scim.endpoints.frame import ResourceFrame, ScimErrors
from scim.models import ScimUser
from scim.store import listing


class UsersView(ResourceFrame, FrameworkView, ScimErrors):  # type: ignore[misc]  # django-scim2 is not typed
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    resource_type = USER
    list_rows = staticmethod(listing.users)

    def scim_adapter_model(self) -> ScimUser:
        return ScimUser(integration=self.exchange.integration)
