"""`manage.py sign_in_link`: lets someone in who is locked out."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.urls import reverse

from integrations import addresses, joining, one_time_links
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.management.verb import OPERATOR, VerbCommand
from integrations.models import Membership


class Command(VerbCommand):
    help = "Prints a link on which this person signs in once, within an hour."

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        user = joining.find_account(given.email)
        if user is None or not user.is_active:
            raise CommandError(f"{given.email} has no active account.")
        key = one_time_links.sign_in(user)
        # all-tenants: the person's own
        for member in Membership.objects.filter(user=user).select_related("workspace"):
            trail.record(Event.SIGN_IN_LINK_MADE, user, by=OPERATOR, workspace=member.workspace)
        return {"email": user.email, "sign_in_url": addresses.absolute(reverse("sign-in-link", args=[key]))}
