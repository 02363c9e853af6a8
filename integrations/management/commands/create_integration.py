"""`manage.py create_integration`: an integration with its addresses."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.management.base import CommandError, CommandParser

from integrations import addresses, catalog
from integrations.management.verb import OPERATOR, VerbCommand
from integrations.models import Workspace


class Command(VerbCommand):
    help = "Makes an integration and prints its SCIM Gateway URL and Bookmark URL."

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the integration's name, usually the app's")
        parser.add_argument(
            "--workspace", required=True, metavar="SLUG", help="the workspace, as in its address"
        )
        parser.add_argument("--sign-in-url", default="", metavar="URL", help="the app's sign-in page (https)")

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        found = Workspace.objects.filter(slug=given.workspace).first()
        if found is None:
            raise CommandError(f"There is no workspace {given.workspace}.")
        integration = catalog.create(
            found, catalog.Facts(name=given.name, sign_in_url=given.sign_in_url), by=OPERATOR
        )
        return {
            "id": str(integration.pk),
            "scim_gateway_url": addresses.scim_gateway_url(integration),
            "bookmark_url": addresses.bookmark_url(integration),
        }
