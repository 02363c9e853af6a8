"""/Groups."""

from __future__ import annotations

from django.conf import settings
from django_scim.views import GroupsView as FrameworkView

from scim.endpoints import searching
from scim.endpoints.frame import METHODS, ResourceFrame, ScimErrors


class GroupsView(ResourceFrame, FrameworkView, ScimErrors):  # type: ignore[misc]  # django-scim2 is not typed
    http_method_names = METHODS
    body_limit = settings.SCIM_GROUP_BODY_LIMIT
    shelf = searching.GROUPS
