"""`manage.py create_support`: an account for support staff."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.urls import reverse

from integrations import addresses, joining, one_time_links, sign_in
from integrations.kit import email_address, transactions
from integrations.management.verb import VerbCommand
from integrations.models import User


class Command(VerbCommand):
    help = "Makes a support account for the Django admin and prints a link on which it signs in once."

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--existing",
            action="store_true",
            help="take an account that is there: its password stops working, and it is signed out everywhere",
        )

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        email = email_address.clean(given.email)
        with transactions.write():
            found = joining.find_account(email)
            if found is not None:
                _check(found, may_take=given.existing)
            user = found or User.objects.create_user(email)
            if found is not None and given.existing:
                _take(user)
            user.is_staff = True
            user.save(update_fields=["is_staff"])
            key = one_time_links.sign_in(user)
        return {
            "email": user.email,
            "account_existed": found is not None,
            "sign_in_url": addresses.absolute(reverse("sign-in-link", args=[key])),
        }


def _check(user: User, *, may_take: bool) -> None:
    """Raises CommandError for an account that does not become support staff."""
    if user.memberships.exists():
        raise CommandError(
            f"{user.email} is a member of a workspace. Support staff have an account of their own."
        )
    if not user.is_active:
        raise CommandError(f"The account {user.email} is switched off.")
    # Whoever was once invited under an address has set its password, and need not be who reads its mail.
    if not user.is_staff and not may_take:
        raise CommandError(
            f"{user.email} has an account already, and nobody has proved whose it is. With --existing it is "
            "taken: its password stops working, it is signed out, and only the link lets anybody in."
        )


def _take(user: User) -> None:
    """Shuts everybody out who could sign in to the account."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    sign_in.end_sessions(user)
