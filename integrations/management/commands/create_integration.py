"""`manage.py create_integration`: an integration with its addresses."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.core.management.base import CommandError, CommandParser

from integrations import addresses, catalog
from integrations.delivery import registry
from integrations.delivery.errands import connecting
from integrations.kit import transactions
from integrations.management.verb import OPERATOR, VerbCommand
from integrations.models import Workspace


class Command(VerbCommand):
    help = (
        "Makes an integration and prints its SCIM Gateway URL and Bookmark URL. It observes until delivery "
        "is switched on; --connector switches it on at once."
    )

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the integration's name, usually the app's")
        parser.add_argument(
            "--workspace", required=True, metavar="SLUG", help="the workspace, as in its address"
        )
        parser.add_argument("--sign-in-url", default="", metavar="URL", help="the app's sign-in page (https)")
        parser.add_argument(
            "--connector",
            default="",
            metavar="KIND",
            help=f"deliver by: {', '.join(registry.kinds())}; changes then go out at once",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            dest="values",
            help="a setting of the connector; VALUE may be @file, or - for standard input",
        )

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        found = Workspace.objects.filter(slug=given.workspace).first()
        if found is None:
            raise CommandError(f"There is no workspace {given.workspace}.")
        values = dict(_setting(text) for text in given.values)
        with transactions.write():
            integration = catalog.create(
                found, catalog.Facts(name=given.name, sign_in_url=given.sign_in_url), by=OPERATOR
            )
            if given.connector:
                connecting.change(integration, given.connector, values, by=OPERATOR)
                connecting.go_live(integration, by=OPERATOR)
        return {
            "id": str(integration.pk),
            "scim_gateway_url": addresses.scim_gateway_url(integration),
            "bookmark_url": addresses.bookmark_url(integration),
        }


def _setting(text: str) -> tuple[str, str]:
    """NAME=VALUE; what must not stand in a list of processes comes from a file or standard input."""
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"--set takes NAME=VALUE, not {text!r}.")
    if value == "-":
        return name, sys.stdin.read().strip()
    if value.startswith("@"):
        try:
            return name, Path(value[1:]).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise CommandError(f"{value[1:]} cannot be read: {error.strerror}.") from error
    return name, value
