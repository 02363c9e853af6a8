"""Addresses of people and groups within an integration."""

from __future__ import annotations

from django.urls import path

from scim.console import entitlements, users

app_name = "people"
HERE = "integrations/<uuid:integration_id>"

urlpatterns = [
    path(f"{HERE}/users/", users.users, name="users"),
    path(f"{HERE}/users/<uuid:user_id>/", users.user, name="user"),
    path(f"{HERE}/entitlements/", entitlements.entitlements, name="entitlements"),
    path(f"{HERE}/entitlements/<uuid:group_id>/", entitlements.entitlement, name="entitlement"),
]
