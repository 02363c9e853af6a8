"""Runs a compiled statement on the database's own driver.

Django's cursor translates the placeholders anew each time, and wraps the driver's cursor three times: for the
short statements of the hot paths that costs more than the database needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX

Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """`sql` has placeholders as Django's cursors take them, `native` as the driver does."""

    sql: str
    native: str


def statement(sql: str, database: BaseDatabaseWrapper) -> Statement:
    is_sqlite = database.vendor == "sqlite"
    return Statement(sql, FORMAT_QMARK_REGEX.sub("?", sql).replace("%%", "%") if is_sqlite else sql)


def run(database: BaseDatabaseWrapper, statement: Statement, values: Values) -> list[Any]:
    """The rows that the statement gives, none for one that only writes."""
    if _is_watched(database):
        with database.cursor() as cursor:
            cursor.execute(statement.sql, values)
            return cursor.fetchall() if cursor.description else []
    _make_ready(database)
    with database.wrap_database_errors:
        cursor = database.connection.cursor()
        cursor.execute(statement.native, values)
        return cursor.fetchall() if cursor.description else []


def run_many(database: BaseDatabaseWrapper, statement: Statement, rows: Sequence[Values]) -> None:
    """The statement once for each row of values."""
    with database.cursor() as cursor:
        cursor.executemany(statement.sql, rows)


def _is_watched(database: BaseDatabaseWrapper) -> bool:
    """Whether somebody wants to see each statement: Django's own cursor shows it to them."""
    return bool(database.execute_wrappers) or database.queries_logged


def _make_ready(database: BaseDatabaseWrapper) -> None:
    """What Django's cursor sees to before a statement."""
    database.close_if_health_check_failed()
    database.ensure_connection()
    database.validate_no_broken_transaction()
