"""The base of our commands: one verb each, its answer for people or, with --json, for programs."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from integrations.kit.errors import Refused
from integrations.roles import Operator

OPERATOR = Operator()


def is_behind() -> bool:
    """Whether the database lacks a migration of this code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


class VerbCommand(BaseCommand):
    """`words` declares the command's words, `act` calls the verb and returns its answer, `tell` says it to
    a person."""

    # Whether the command itself brings the database up to date.
    prepares = False

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
        if not self.prepares and is_behind():
            raise CommandError("This database is not set up for this version. `python3 start.py` does that.")
        try:
            answer = self.act(SimpleNamespace(**options))
        except Refused as refused:
            raise CommandError(refused.message) from refused
        self.stdout.write(json.dumps(answer) if options["json"] else self.tell(answer))
