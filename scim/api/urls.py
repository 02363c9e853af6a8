"""Addresses of people and groups in the management API."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
