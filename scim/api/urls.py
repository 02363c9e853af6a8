"""Addresses of people and groups in the management API."""

from __future__ import annotations

from django.urls import path

from integrations.api.resource import routes
from scim.api.views import Groups, Users

app_name = "people-api"
HERE = "integrations/<uuid:integration_id>"

urlpatterns = [
    path(f"{HERE}/users/", routes(Users, get="list"), name="users"),
    path(f"{HERE}/users/<uuid:user_id>/", routes(Users, get="retrieve"), name="user"),
    path(f"{HERE}/groups/", routes(Groups, get="list"), name="groups"),
    path(f"{HERE}/groups/<uuid:group_id>/", routes(Groups, get="retrieve"), name="group"),
    path(f"{HERE}/groups/<uuid:group_id>/members/", routes(Groups, get="members"), name="group-members"),
]
