"""Addresses of people and groups within an integration."""

from __future__ import annotations

from django.urls import path

from scim.console import entitlements, mapping, users

app_name = "people"
HERE = "integrations/<uuid:integration_id>"

urlpatterns = [
    path(f"{HERE}/settings/mapping/", mapping.mapping, name="mapping"),
    path(f"{HERE}/settings/mapping/keep/", mapping.mapping_keep, name="mapping-keep"),
    path(f"{HERE}/settings/mapping/remove/", mapping.mapping_remove, name="mapping-remove"),
    path(f"{HERE}/users/", users.users, name="users"),
    path(f"{HERE}/users/<uuid:user_id>/", users.user, name="user"),
    path(f"{HERE}/entitlements/", entitlements.entitlements, name="entitlements"),
    path(f"{HERE}/entitlements/<uuid:group_id>/", entitlements.entitlement, name="entitlement"),
]
