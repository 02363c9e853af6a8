"""The Django app that holds people and groups."""

from __future__ import annotations

from django.apps import AppConfig


class ScimConfig(AppConfig):
    name = "scim"
    verbose_name = "People and groups"
