"""/Groups."""

from __future__ import annotations

from django.conf import settings
from django_scim.views import GroupsView as FrameworkView

from scim.core.resource_types import GROUP
from scim.endpoints.frame import ResourceFrame, ScimErrors
from scim.models import ScimGroup
from scim.store import listing


class GroupsView(ResourceFrame, FrameworkView, ScimErrors):  # type: ignore[misc]  # django-scim2 is not typed
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    body_limit = settings.SCIM_GROUP_BODY_LIMIT
    resource_type = GROUP
    list_rows = staticmethod(listing.groups)

    def scim_adapter_model(self) -> ScimGroup:
        return ScimGroup(integration=self.exchange.integration)
