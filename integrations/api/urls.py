"""Addresses of the management API; people and groups have theirs in scim/api/urls.py."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

urlpatterns = [path("schema/", SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]))]
