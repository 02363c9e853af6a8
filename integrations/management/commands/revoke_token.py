"""`manage.py revoke_token`: ends a gateway token at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from integrations import tokens
from integrations.management.verb import OPERATOR, VerbCommand
from integrations.models import GatewayToken


class Command(VerbCommand):
    help = "Revokes a gateway token; its next request is refused."

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("public_id", help="the 12 characters between cgw_ and the next _, or both")

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        # A token that was pasted whole is understood, and its secret is not said again.
        public_id = given.public_id.removeprefix(f"{settings.TOKEN_PREFIX}_").partition("_")[0]
        found = GatewayToken.objects.filter(public_id=public_id).first()  # all-tenants: the operator names it
        if found is None:
            raise CommandError(f"There is no token {public_id}.")
        tokens.revoke(found, by=OPERATOR)
        found.refresh_from_db()
        return {"public_id": found.public_id, "revoked_at": f"{found.revoked_at:%Y-%m-%dT%H:%M:%SZ}"}
