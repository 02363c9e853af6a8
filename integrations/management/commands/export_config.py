"""`manage.py export_config`: a workspace's configuration as a file for review and version control."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.core.management.base import CommandError, CommandParser

from integrations.configuration import exporting
from integrations.management.verb import VerbCommand
from integrations.models import Workspace


class Command(VerbCommand):
    help = "Writes a workspace's integrations, mappings and policies, without secrets, in a stable order."

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", metavar="SLUG", help="the workspace, as in its address")
        parser.add_argument("file", nargs="?", default="-", help="where to; standard output unless given")

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        found = Workspace.objects.filter(slug=given.workspace).first()
        if found is None:
            raise CommandError(f"There is no workspace {given.workspace}.")
        text = exporting.text(found)
        if given.file == "-":
            return {"text": text}
        try:
            Path(given.file).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{given.file} cannot be written: {error.strerror}.") from error
        return {"file": given.file}

    def tell(self, answer: dict[str, Any]) -> str:
        return str(answer["text"]).removesuffix("\n") if "text" in answer else f"Written to {answer['file']}."
