"""`manage.py revoke_token`: ends a gateway token at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from integrations import tokens
from integrations.kit import token_text
from integrations.management.verb import OPERATOR, VerbCommand
from integrations.models import GatewayToken


class Command(VerbCommand):
    help = "Revokes a gateway token; its next request is refused."

    def words(self, parser: CommandParser) -> None:
        parser.add_argument(
            "public_id", metavar="PUBLIC_ID", help="the 12 characters between cgw_ and the next _, or both"
        )

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        # A token that was pasted whole is understood, and its secret is not said again.
        public_id = token_text.public_id(given.public_id, settings.TOKEN_PREFIX)
        if not public_id:
            raise CommandError(
                "This is not the public id of a token: the 12 characters between cgw_ and the next _."
            )
        found = GatewayToken.objects.filter(public_id=public_id).first()  # all-tenants: the operator names it
        if found is None:
            raise CommandError(f"There is no token {public_id}.")
        tokens.revoke(found, by=OPERATOR)
        found.refresh_from_db()
        return {"public_id": found.public_id, "revoked_at": f"{found.revoked_at:%Y-%m-%dT%H:%M:%SZ}"}
