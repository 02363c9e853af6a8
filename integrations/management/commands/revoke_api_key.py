"""`manage.py revoke_api_key`: ends a key of the management API at once."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from integrations import api_keys
from integrations.kit import token_text
from integrations.management.verb import OPERATOR, VerbCommand
from integrations.models import ApiKey


class Command(VerbCommand):
    help = "Revokes an API key; its next request is refused."

    def words(self, parser: CommandParser) -> None:
        parser.add_argument(
            "public_id", metavar="PUBLIC_ID", help="the 12 characters between cgk_ and the next _, or both"
        )

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        # A key that was pasted whole is understood, and its secret is not said again.
        public_id = token_text.public_id(given.public_id, settings.API_KEY_PREFIX)
        if not public_id:
            raise CommandError(
                "This is not the public id of an API key: the 12 characters between cgk_ and the next _."
            )
        rows = ApiKey.objects.select_related("workspace")
        found = rows.filter(public_id=public_id).first()  # all-tenants: the operator names it
        if found is None:
            raise CommandError(f"There is no API key {public_id}.")
        api_keys.revoke(found, by=OPERATOR)
        found.refresh_from_db()
        return {"public_id": found.public_id, "revoked_at": f"{found.revoked_at:%Y-%m-%dT%H:%M:%SZ}"}
