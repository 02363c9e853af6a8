"""The Django app that holds people and groups."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ScimConfig(AppConfig):
    name = "scim"
    verbose_name = "People and groups"

    def ready(self) -> None:
        """Whoever carries deliveries learns who knows the people; whoever imports, who judges schemas."""
        import_module("scim.store.source")
        import_module("scim.store.definitions")
