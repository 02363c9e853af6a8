"""The Django app that holds people and groups."""

from __future__ import annotations

from django.apps import AppConfig


class ScimConfig(AppConfig):
    name = "scim"
    verbose_name = "People and groups"

    def ready(self) -> None:
        """Whoever carries deliveries learns here who knows the people."""
        from integrations.delivery import wanted  # noqa: PLC0415 - models are loaded by now
        from scim.store import source  # noqa: PLC0415 - as above

        wanted.register(source.Rows())
