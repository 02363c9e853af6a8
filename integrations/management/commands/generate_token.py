"""`manage.py generate_token`: a gateway token, printed once."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from integrations import tokens
from integrations.management.verb import OPERATOR, VerbCommand
from integrations.models import GatewayToken, Integration


class Command(VerbCommand):
    help = "Makes a gateway token and prints it, once. One that works is replaced by it after the overlap."

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("integration", type=UUID, metavar="INTEGRATION_ID")
        parser.add_argument(
            "--expires-in-days", type=int, default=365, metavar="N", help="0 for never (default 365)"
        )
        parser.add_argument(
            "--overlap-minutes",
            type=int,
            default=60,
            metavar="N",
            help="how long the old token still works (default 60); it stops earlier, ten minutes after the "
            "identity provider first uses the new one",
        )

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        if not 0 <= given.expires_in_days <= 36_500:
            raise CommandError("--expires-in-days is from 0 to 36500.")
        # all-tenants: the operator names it
        found = Integration.objects.select_related("workspace").filter(pk=given.integration).first()
        if found is None:
            raise CommandError(f"There is no integration {given.integration}.")
        terms = tokens.Terms(life=timedelta(days=given.expires_in_days) if given.expires_in_days else None)
        if tokens.live(found):
            overlap = timedelta(minutes=given.overlap_minutes)
            issued = tokens.rotate(found, by=OPERATOR, overlap=overlap, terms=terms)
        else:
            issued = tokens.issue(found, by=OPERATOR, terms=terms)
        expires_at = issued.token.expires_at
        return {
            "token": issued.text,
            "public_id": issued.token.public_id,
            "expires_at": expires_at.isoformat() if expires_at else None,
            **_replaced(issued.token.replaces),
        }

    def tell(self, answer: dict[str, Any]) -> str:
        lines = super().tell(answer)
        if "replaces" not in answer:
            return lines
        return (
            f"{lines}\nThe old token stops earlier where the identity provider uses the new one: ten minutes "
            "after that."
        )


def _replaced(old: GatewayToken | None) -> dict[str, Any]:
    """Which token this one replaces, and when that one stops as things stand."""
    if old is None:
        return {}
    ends_at = old.ends_at(timezone.now())
    return {"replaces": old.public_id, "old_token_ends_at": ends_at.isoformat() if ends_at else None}
