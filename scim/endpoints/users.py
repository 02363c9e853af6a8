"""/Users."""

from __future__ import annotations

from django_scim.views import UsersView as FrameworkView

from scim.endpoints import searching
from scim.endpoints.frame import METHODS, ResourceFrame, ScimErrors


class UsersView(ResourceFrame, FrameworkView, ScimErrors):  # type: ignore[misc]  # django-scim2 is not typed
    http_method_names = METHODS
    shelf = searching.USERS
