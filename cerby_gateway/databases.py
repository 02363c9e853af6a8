"""How each kind of database is driven, so that what was answered 2xx is on disk and writers wait instead of
failing."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from cerby_gateway import env

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA busy_timeout=20000; "
    "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-8000; PRAGMA mmap_size=0;"
)
SQLITE_MOST_PAGES = 2**32 - 2


def settings(base: dict[str, Any]) -> dict[str, Any]:
    """The Django settings of one database; `base` comes from its URL."""
    if base["ENGINE"].endswith("sqlite3"):
        return {**base, **_sqlite(base["NAME"])}
    if base["ENGINE"].endswith("postgresql"):
        return {**base, **_postgresql(base.get("OPTIONS", {}))}
    raise ImproperlyConfigured("DATABASE_URL must start with sqlite:/// or postgres://.")


def _sqlite(name: str) -> dict[str, Any]:
    # In WAL mode NORMAL may lose the last commits when the power fails, after an IdP was told 201: hence
    # FULL.
    synchronous = env.text("GATEWAY_SQLITE_SYNCHRONOUS", "FULL").upper()
    if synchronous not in {"FULL", "NORMAL"}:
        raise ImproperlyConfigured("GATEWAY_SQLITE_SYNCHRONOUS must be FULL or NORMAL.")
    pages = env.integer("GATEWAY_SQLITE_MAX_PAGES", 0, most=SQLITE_MOST_PAGES)
    limit = f" PRAGMA max_page_count={pages};" if pages else ""
    return {
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # DEFERRED, Django's default, fails most of several writers: a read lock cannot always be raised
            # to a write lock.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_PRAGMAS.format(synchronous=synchronous) + limit,
        },
        # Threads cannot share a database in memory: tests use a file.
        "TEST": {"NAME": f"{name}.test"},
    }


def _postgresql(options: dict[str, Any]) -> dict[str, Any]:
    is_prepared = env.flag("GATEWAY_POSTGRES_PREPARE", default=True)
    return {
        "ENGINE": "cerby_gateway.postgresql",
        # One for each of a process's threads, which are few: a pool would cost each request more.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # The statements of the hot paths (integrations/kit/driver.py) are prepared at their first use.
        "OPTIONS": {**options, "prepare_threshold": 0 if is_prepared else None},
    }
