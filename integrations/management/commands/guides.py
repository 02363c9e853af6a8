"""Prints how each identity provider is connected, as Markdown."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from integrations.guides import markdown


class Command(BaseCommand):
    help = "Prints how each identity provider is connected, as Markdown: docs/identity-providers.md is this."
    requires_system_checks: list[str] = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(markdown.page(), ending="")
