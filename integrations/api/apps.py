"""The Django app of the management API: its table of answers that are given again."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "integrations.api"
    label = "api"
    verbose_name = "Management API"
