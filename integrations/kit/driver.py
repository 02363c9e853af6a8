"""Runs a compiled statement on the database's own driver.

Django's cursor translates the placeholders anew each time, and wraps the driver's cursor three times: for the
short statements of the hot paths that costs more than the database needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX

Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """`sql` has placeholders as Django's cursors take them, `native` as the driver does.

    `is_planned_anew`: PostgreSQL is not to keep a plan, which would know of no values.
    """

    sql: str
    native: str
    is_planned_anew: bool = False


def statement(sql: str, database: BaseDatabaseWrapper, *, is_planned_anew: bool = False) -> Statement:
    is_sqlite = database.vendor == "sqlite"
    native = FORMAT_QMARK_REGEX.sub("?", sql).replace("%%", "%") if is_sqlite else sql
    return Statement(sql, native, is_planned_anew)


def rows(database: BaseDatabaseWrapper, statement: Statement, values: Values) -> list[Any]:
    """Runs a statement that gives rows, and returns them."""
    if _is_watched(database):
        with database.cursor() as cursor:
            cursor.execute(statement.sql, values)
            return list(cursor.fetchall())
    with database.wrap_database_errors:
        return list(_execute(database, statement, values).fetchall())


def run(database: BaseDatabaseWrapper, statement: Statement, values: Values) -> None:
    """Runs a statement that gives none."""
    if _is_watched(database):
        with database.cursor() as cursor:
            cursor.execute(statement.sql, values)
        return
    with database.wrap_database_errors:
        _execute(database, statement, values)


def run_many(database: BaseDatabaseWrapper, statement: Statement, rows: Sequence[Values]) -> None:
    """The statement once for each row of values."""
    with database.cursor() as cursor:
        cursor.executemany(statement.sql, rows)


def _is_watched(database: BaseDatabaseWrapper) -> bool:
    """Whether somebody wants to see each statement: Django's own cursor shows it to them."""
    return bool(database.execute_wrappers) or database.queries_logged


def _execute(database: BaseDatabaseWrapper, statement: Statement, values: Values) -> Any:
    """What Django's cursor sees to before a statement, and the statement; returns the driver's cursor."""
    database.close_if_health_check_failed()
    database.ensure_connection()
    database.validate_no_broken_transaction()
    if database.vendor == "sqlite":
        return database.connection.execute(statement.native, values)
    # Not the cursor that Django has, which writes the values into the SQL: so PostgreSQL can prepare it.
    cursor = psycopg.Cursor(database.connection)
    return cursor.execute(statement.native, values, prepare=False if statement.is_planned_anew else None)
