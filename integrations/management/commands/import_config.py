"""`manage.py import_config`: brings a workspace to what a file says, after showing the difference."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.core.management.base import CommandError, CommandParser

from integrations.configuration import document, importing
from integrations.management.verb import OPERATOR, VerbCommand
from integrations.models import Workspace

TOLD = {
    "renewed": "The digests in {file} are renewed: it can be edited and imported again.",
    "stale": "The digests in {file} could not be renewed: export it again before it is edited further.",
}


class Command(VerbCommand):
    help = (
        "Brings a workspace to what a file of export_config says: all of it or nothing, and never a secret."
    )

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", metavar="SLUG", help="the workspace, as in its address")
        parser.add_argument("file", help="what export_config wrote; - for standard input")
        parser.add_argument(
            "--dry-run", action="store_true", help="judge it all and show the difference, but keep nothing"
        )
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="also where an integration was changed here since the file was written",
        )

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        found = Workspace.objects.filter(slug=given.workspace).first()
        if found is None:
            raise CommandError(f"There is no workspace {given.workspace}.")
        content = _content(given.file)
        try:
            differs = importing.apply(
                found,
                content,
                overwrite=given.overwrite,
                dry_run=given.dry_run,
                by=OPERATOR,
            )
        except importing.MovedOn as refused:
            self.stderr.write("\n".join(refused.difference.lines()))
            raise
        secrets = [
            {"integration": integration, "name": name} for integration, name in differs.secrets_to_set()
        ]
        renewed = document.renewed(content, differs.digests)
        return {
            "differences": differs.lines(),
            "applied": not given.dry_run,
            "secrets_to_set": secrets,
            "file": given.file,
            "digests": _renew(given.file, content, renewed) if renewed != content else "",
        }

    def tell(self, answer: dict[str, Any]) -> str:
        lines = list(answer["differences"]) or ["Nothing differs."]
        lines.append("Done." if answer["applied"] else "Nothing was changed.")
        lines += [
            f"Still to be set: {one['name']} of {one['integration']}" for one in answer["secrets_to_set"]
        ]
        lines += [TOLD[answer["digests"]].format(**answer)] if answer["digests"] else []
        return "\n".join(lines)


def _content(name: str) -> bytes:
    """At most a byte more than is taken: what is larger is told by whoever reads it."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(document.LARGEST_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(document.LARGEST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from error


def _renew(name: str, content: bytes, renewed: bytes) -> str:
    """Puts the file whole in the place of the one that was read: "renewed"; "stale" where it is no file, was
    edited meanwhile or cannot be written. What was imported stays."""
    if name == "-" or not Path(name).is_file():
        return "stale"
    path, beside = Path(name).resolve(), None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            beside = Path(file.name)
            file.write(renewed)
        shutil.copymode(path, beside)
        if path.read_bytes() != content or not os.access(path, os.W_OK):
            return "stale"
        beside.replace(path)
    except OSError:
        return "stale"
    finally:
        if beside is not None:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
    return "renewed"
