"""Joins the parts under static/ into the style sheet, the script and the icon sprite that pages load."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cerby_gateway import assets


class Command(BaseCommand):
    help = "Joins the parts of the console's look into app.css, app.js and icons.svg."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail when a joined file is out of date"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        names = assets.stale(assets.STATIC) if options["check"] else assets.write(assets.STATIC)
        if options["check"] and names:
            raise CommandError(
                f"Out of date: {', '.join(names)}. Run manage.py build_assets and commit the result."
            )
        self.stdout.write(", ".join(names) or "Everything is up to date.")
