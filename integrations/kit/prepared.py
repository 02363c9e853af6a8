"""Statements of the hot paths, compiled by the ORM once and run many times.

Building and compiling a query costs Django several times what the database needs to answer it. A `Select` is
written as a queryset whose values are slots; the ORM turns it into SQL at its first use, and from then on
only the values are bound. `Insert` and `Update` do the same for rows. Nothing here writes SQL of its own
beyond the frame of INSERT and UPDATE.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, QuerySet

from integrations.kit import driver, rows
from integrations.kit.driver import Statement

Row = TypeVar("Row")
Instance = TypeVar("Instance", bound=models.Model)


class Slot(Expression):
    """Stands in a queryset for a value given when the statement runs, in exact and order look-ups."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, *_compiling: Any, **_more: Any) -> tuple[str, Any]:
        return "%s", [self]

    def resolve_expression(self, *_args: Any, **_kwargs: Any) -> Slot:
        return self


class Among(Expression):
    """Whether a column's value is in a list: one parameter however many there are."""

    conditional = True
    output_field = models.BooleanField()

    def __init__(self, column: str, values: Slot | list[Any]) -> None:
        super().__init__()
        self.column: Any = models.F(column)
        self.values = values

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Among:
        found = self.copy()
        found.column = self.column.resolve_expression(query, *args, **kwargs)
        return found

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, params = compiler.compile(self.column)
        among = "IN (SELECT value FROM json_each(%s))" if connection.vendor == "sqlite" else "= ANY(%s)"
        values = self.values if isinstance(self.values, Slot) else _bound(connection, self.values)
        return f"{column} {among}", [*params, values]


@dataclass(frozen=True, slots=True)
class _Query:
    statement: Statement
    params: tuple[Any, ...]
    read: rows.Reader


class Select(Generic[Row]):
    """A SELECT. `build` gets a Slot for each name and returns a queryset, of instances or a values_list().

    `is_limited`: every call gives `limit` and `offset` as well. `is_planned_anew`: see driver.Statement;
    `remembered`: see rows.reader.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Row]],
        *names: str,
        is_limited: bool = False,
        is_planned_anew: bool = False,
        remembered: int = 0,
    ) -> None:
        self._build = build
        self._names = names
        self._is_limited = is_limited
        self._is_planned_anew = is_planned_anew
        self._remembered = remembered
        self._compiled: dict[str, _Query] = {}

    def all(self, **values: Any) -> list[Row]:
        """Every row, or those within limit and offset. KeyError when a slot gets no value."""
        database = _database()
        query = self._compiled.get(database.vendor) or self._compile(database)
        bound = [
            _bound(database, values[item.name]) if isinstance(item, Slot) else item for item in query.params
        ]
        return list(map(query.read, driver.rows(database, query.statement, bound)))

    def first(self, **values: Any) -> Row | None:
        """The first row; None without one."""
        return next(iter(self.all(**values)), None)

    def _compile(self, database: BaseDatabaseWrapper) -> _Query:
        queryset = self._build(**{name: Slot(name) for name in self._names})
        compiler = queryset.query.get_compiler(connection=database)
        sql, params = compiler.as_sql()
        if self._is_limited:
            sql, params = f"{sql} LIMIT %s OFFSET %s", (*params, Slot("limit"), Slot("offset"))
        read = rows.reader(queryset, compiler, remembered=self._remembered)
        statement = driver.statement(sql, database, is_planned_anew=self._is_planned_anew)
        query = _Query(statement, tuple(params), read)
        self._compiled[database.vendor] = query
        return query


@dataclass(frozen=True, slots=True)
class _Writing:
    """A statement, and what reads its values from an instance."""

    statement: Statement
    values: rows.Writer


class Insert(Generic[Instance]):
    """An INSERT of whole rows: instances, or tuples whose fields are named as the columns are.

    A key that the database makes is not read back. `returning`: by vendor, what `asking` is answered.
    """

    def __init__(self, model: type[Instance], *, returning: Mapping[str, str] | None = None) -> None:
        self._model = model
        self._returning = returning or {}
        self._compiled: dict[str, _Writing] = {}

    def new(self, **columns: Any) -> Instance:
        """An instance to be inserted: columns by their attname, the rest by default."""
        return rows.new(self._model, columns)

    def one(self, row: Instance | tuple[Any, ...]) -> None:
        self.many([row])

    def asking(self, row: Instance) -> Any:
        """As `one`; what is returned of the row, in the same statement."""
        database = _database()
        writing = self._compiled.get(database.vendor) or self._compile(database)
        found = driver.rows(database, writing.statement, writing.values(row))
        row._state.adding, row._state.db = False, database.alias
        return found[0][0]

    def many(self, instances: Sequence[Instance | tuple[Any, ...]]) -> None:
        """All rows in one call; they count as saved afterwards."""
        if not instances:
            return
        database = _database()
        writing = self._compiled.get(database.vendor) or self._compile(database)
        values = [writing.values(instance) for instance in instances]
        if len(values) == 1:
            driver.run(database, writing.statement, values[0])
        else:
            driver.run_many(database, writing.statement, values)
        for instance in instances:
            if isinstance(instance, models.Model):
                instance._state.adding, instance._state.db = False, database.alias

    def _compile(self, database: BaseDatabaseWrapper) -> _Writing:
        every = self._model._meta.local_concrete_fields
        fields = [field for field in every if not isinstance(field, models.AutoField)]
        quote = database.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field in fields)
        slots = ", ".join(["%s"] * len(fields))
        sql = f"INSERT INTO {quote(self._model._meta.db_table)} ({columns}) VALUES ({slots})"
        if self._returning:
            sql += f" RETURNING {self._returning[database.vendor]}"
        writing = _Writing(driver.statement(sql, database), rows.writer(fields, database))
        self._compiled[database.vendor] = writing
        return writing


class Update(Generic[Instance]):
    """An UPDATE of some fields of one row, found by its primary key."""

    def __init__(self, model: type[Instance], *names: str) -> None:
        self._model = model
        self._names = names
        self._compiled: dict[str, _Writing] = {}

    def one(self, row: Instance) -> None:
        database = _database()
        writing = self._compiled.get(database.vendor) or self._compile(database)
        driver.run(database, writing.statement, writing.values(row))

    def many(self, instances: Sequence[Instance]) -> None:
        """Each of the rows, in one call."""
        if not instances:
            return
        database = _database()
        writing = self._compiled.get(database.vendor) or self._compile(database)
        driver.run_many(database, writing.statement, [writing.values(row) for row in instances])

    def _compile(self, database: BaseDatabaseWrapper) -> _Writing:
        quote, meta = database.ops.quote_name, self._model._meta
        fields: list[Any] = [meta.get_field(name) for name in self._names]
        changes = ", ".join(f"{quote(field.column)} = %s" for field in fields)
        sql = f"UPDATE {quote(meta.db_table)} SET {changes} WHERE {quote(str(meta.pk.column))} = %s"
        writing = _Writing(driver.statement(sql, database), rows.writer([*fields, meta.pk], database))
        self._compiled[database.vendor] = writing
        return writing


class Written:
    """A statement written by hand, in the files that may."""

    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._compiled: dict[str, Statement] = {}

    def run(self, *values: Any) -> list[Any]:
        """Its rows, as the database gives them."""
        database = _database()
        statement = self._compiled.get(database.vendor)
        if statement is None:
            statement = self._compiled[database.vendor] = driver.statement(self._sql, database)
        return driver.rows(database, statement, [_bound(database, value) for value in values])


def _database() -> BaseDatabaseWrapper:
    """The connection of this thread itself: each look through Django's proxy to it would cost."""
    return connections[DEFAULT_DB_ALIAS]


def _bound(database: BaseDatabaseWrapper, value: Any) -> Any:
    """A value as the database's driver takes it."""
    if isinstance(value, UUID):
        return value if database.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return database.ops.adapt_datetimefield_value(value)
    if isinstance(value, list):
        every = [_bound(database, one) for one in value]
        return json.dumps(every) if database.vendor == "sqlite" else every
    return value
