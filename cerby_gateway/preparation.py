"""What has to be true before the first request: database, keys, static files."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection

from cerby_gateway import assets
from integrations import keys
from integrations.management import verb

# How long a command waits for another that prepares the same folder.
PREPARING_S = 120
# Any number that no other program uses on this database.
MIGRATION_LOCK = 0x6367_775F_7570


def prepare() -> None:
    """Migrates, makes the cache table, checks the keys and collects static files.

    Raises Refused under foreign keys, CommandError where the database cannot be reached.
    """
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    _close_to_others()
    verb.reach_database()
    with _alone_in_folder():
        with _alone_in_database():
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            keys.check()
        _collect_static()
    connection.close()


def _close_to_others() -> None:
    """The SQLite file and what lies beside it while it is open are their owner's alone, as the keys are."""
    if connection.vendor != "sqlite":
        return
    database = Path(connection.settings_dict["NAME"])
    # SQLite gives the files beside it the mode of the database.
    for file in (database, *database.parent.glob(f"{database.name}-*")):
        # Whose file it is not may not change it: how it is guarded is then for others to say.
        with contextlib.suppress(OSError):
            file.touch(mode=0o600)
            file.chmod(0o600)


@contextlib.contextmanager
def _alone_in_folder() -> Iterator[None]:
    """Several commands may start at once on one folder: one prepares it, the others wait for it.

    A database of its own is the lock: the system lets go of it when the process ends, however it ends.
    """
    lock = sqlite3.connect(settings.DATA_DIR / "preparing.lock", timeout=PREPARING_S, isolation_level=None)
    with contextlib.closing(lock):
        lock.execute("BEGIN EXCLUSIVE")
        yield


@contextlib.contextmanager
def _alone_in_database() -> Iterator[None]:
    """Several machines may start at once on one PostgreSQL: one migrates, the others wait for it."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])


def _collect_static() -> None:
    stamp = settings.STATIC_ROOT / "collected"
    wanted = _static_digest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    parts = [*assets.STYLES, *assets.SCRIPTS, "icons/tabler/*"]
    call_command("collectstatic", interactive=False, verbosity=0, clear=True, ignore_patterns=parts)
    stamp.write_text(wanted, encoding="utf-8")


def _static_digest() -> str:
    digest = hashlib.sha256(django.get_version().encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            with storage.open(path) as file:
                digest.update(path.encode() + file.read())
    return digest.hexdigest()
