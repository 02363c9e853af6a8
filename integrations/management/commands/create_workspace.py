"""`manage.py create_workspace`: a workspace with its first Owner."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.core.validators import validate_email
from django.urls import reverse

from integrations import addresses, joining, one_time_links, workspaces
from integrations.management.verb import OPERATOR, VerbCommand
from integrations.models import User


class Command(VerbCommand):
    help = "Makes a workspace and prints a link on which its Owner signs in once."

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the workspace's name")
        parser.add_argument(
            "--owner",
            required=True,
            metavar="EMAIL",
            help="who owns it; the account is made if there is none",
        )

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        try:
            validate_email(given.owner)
        except ValidationError as error:
            raise CommandError(f"{given.owner} is not an e-mail address.") from error
        user = joining.find_account(given.owner) or User.objects.create_user(given.owner)
        member = workspaces.create(given.name, user, by=OPERATOR)
        key = one_time_links.sign_in(user)
        return {
            "workspace": member.workspace.slug,
            "sign_in_url": addresses.absolute(reverse("sign-in-link", args=[key])),
        }
