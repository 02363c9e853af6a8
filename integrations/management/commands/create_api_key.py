"""`manage.py create_api_key`: a key of the management API, printed once."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.core.management.base import CommandError, CommandParser

from integrations import api_keys
from integrations.management.verb import OPERATOR, VerbCommand
from integrations.models import ApiKey, Workspace


class Command(VerbCommand):
    help = "Makes an API key of a workspace and prints it, once."

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", metavar="WORKSPACE", help="the workspace, as in its address")
        parser.add_argument("--label", required=True, metavar="TEXT", help="what the key is for")
        parser.add_argument(
            "--role",
            choices=ApiKey.Role.values,
            default=ApiKey.Role.READ_ONLY.value,
            help="what it may (default read_only)",
        )
        parser.add_argument(
            "--expires-in-days", type=int, default=365, metavar="N", help="0 for never (default 365)"
        )

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        if not 0 <= given.expires_in_days <= 36_500:
            raise CommandError("--expires-in-days is from 0 to 36500.")
        found = Workspace.objects.filter(slug=given.workspace).first()
        if found is None:
            raise CommandError(f"There is no workspace {given.workspace}.")
        life = timedelta(days=given.expires_in_days) if given.expires_in_days else None
        made = api_keys.make(found, api_keys.Terms(given.label, given.role, life=life), by=OPERATOR)
        expires_at = made.key.expires_at
        return {
            "api_key": made.text,
            "public_id": made.key.public_id,
            "role": made.key.role,
            "expires_at": expires_at.isoformat() if expires_at else None,
        }
