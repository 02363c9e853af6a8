"""`manage.py create_support`: an account for support staff."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.urls import reverse

from integrations import addresses, joining, one_time_links
from integrations.kit import email_address
from integrations.management.verb import VerbCommand
from integrations.models import User


class Command(VerbCommand):
    help = "Makes a support account for the Django admin and prints a link on which it signs in once."

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        email = email_address.clean(given.email)
        user = joining.find_account(email) or User.objects.create_user(email)
        if user.memberships.exists():
            raise CommandError(
                f"{email} is a member of a workspace. Support staff have an account of their own."
            )
        if not user.is_active:
            raise CommandError(f"The account {email} is switched off.")
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        key = one_time_links.sign_in(user)
        return {"email": user.email, "sign_in_url": addresses.absolute(reverse("sign-in-link", args=[key]))}
