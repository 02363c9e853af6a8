"""`manage.py create_workspace`: a workspace with its first Owner."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.urls import reverse

from integrations import addresses, joining, one_time_links, workspaces
from integrations.kit import email_address, transactions
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
        email = email_address.clean(given.owner)
        with transactions.write():
            found = joining.find_account(email)
            user = found or User.objects.create_user(email)
            if not user.is_active:
                raise CommandError(f"The account {email} is switched off.")
            member = workspaces.create(given.name, user, by=OPERATOR)
            key = one_time_links.sign_in(user)
        return {
            "workspace": member.workspace.slug,
            "account_existed": found is not None,
            "sign_in_url": addresses.absolute(reverse("sign-in-link", args=[key])),
        }

    def tell(self, answer: dict[str, Any]) -> str:
        lines = super().tell(answer)
        if not answer["account_existed"]:
            return lines
        return (
            f"{lines}\nThe account existed, and its password goes on working: whoever knows it is Owner of "
            "this workspace."
        )
