"""`manage.py backup_database`: a copy of the SQLite database, made while the product runs."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection

from integrations.management.verb import VerbCommand


class Command(VerbCommand):
    help = (
        "Copies the SQLite database into a new file that its owner alone can read; the product may run. It "
        "holds nothing of the folder keys, without which the copy opens nothing."
    )
    # A backup is made before an upgrade, and of a database that another version left.
    needs_current = False

    def words(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="the new file")

    def act(self, given: SimpleNamespace) -> dict[str, Any]:
        if connection.vendor != "sqlite":
            raise CommandError("The database is PostgreSQL: `pg_dump` makes its backup.")
        source = Path(connection.settings_dict["NAME"])
        if not source.exists():
            raise CommandError(f"There is no database {source} yet.")
        path: Path = given.path
        try:
            # Its owner's from the first byte on, and never over a file that is there.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError as error:
            raise CommandError(f"{path} is there already. Name a new file.") from error
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        try:
            _copy(source, path)
        except sqlite3.Error as error:
            path.unlink()
            raise CommandError(f"The copy failed: {error}.") from error
        return {"path": str(path.resolve()), "size_bytes": path.stat().st_size}


def _copy(source: Path, path: Path) -> None:
    """All of it in one step, as it is at one moment, with what the `-wal` file holds."""
    closing = contextlib.closing
    with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(path)) as copy:
        database.backup(copy)
