"""The base of our commands: one verb each, its answer for people or, with --json, for programs."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from integrations.kit.errors import Refused
from integrations.roles import Operator

OPERATOR = Operator()


def reach_database() -> None:
    """Raises CommandError where the database does not answer, and names the setting that leads there."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        setting = "DATA_DIR" if connection.vendor == "sqlite" else "DATABASE_URL"
        # The driver's words name the server and the user, never the password.
        raise CommandError(f"The database of {setting} cannot be reached: {str(error).strip()}") from error


def require_database() -> None:
    """Raises CommandError where the database does not answer, or lacks a migration of this code."""
    reach_database()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("This database is not set up for this version. `python3 start.py` does that.")


class VerbCommand(BaseCommand):
    """`words` declares the command's words, `act` calls the verb and returns its answer, `tell` says it to
    a person."""

    # Whether it refuses a database that lacks a migration of this code.
    needs_current = True

    def words(self, parser: CommandParser) -> None:
        """Adds what the command takes besides --json."""

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        raise NotImplementedError

    def tell(self, answer: dict[str, Any]) -> str:
        """Sentences for a person; by default a line for each part of the answer."""
        return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in answer.items())

    def add_arguments(self, parser: CommandParser) -> None:
        self.words(parser)
        parser.add_argument("--json", action="store_true", help="answer with one JSON object on one line")

    def handle(self, *_args: Any, **options: Any) -> None:
        if self.needs_current:
            require_database()
        try:
            answer = self.act(SimpleNamespace(**options))
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(json.dumps(answer) if options["json"] else self.tell(answer))
