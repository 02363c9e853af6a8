"""Statements of the hot paths, compiled by the ORM once and run many times.

Building and compiling a query costs Django several times what the database needs to answer it. A `Select` is
written as a queryset whose values are slots; the ORM turns it into SQL at its first use, and from then on
only the values are bound. `Insert` and `Update` do the same for rows. Nothing here writes SQL of its own
beyond the frame of INSERT and UPDATE.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, QuerySet
from django.db.models.query import get_related_populators

Row = TypeVar("Row")
Instance = TypeVar("Instance", bound=models.Model)
Reader = Callable[[Iterable[Sequence[Any]]], Iterator[Any]]


class Slot(Expression):
    """Stands in a queryset for a value given when the statement runs, in exact and order look-ups."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, *_compiling: Any, **_more: Any) -> tuple[str, Any]:
        return "%s", [self]

    def resolve_expression(self, *_args: Any, **_kwargs: Any) -> Slot:
        return self


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    params: tuple[Any, ...]
    read: Reader


class Select(Generic[Row]):
    """A SELECT. `build` gets a Slot for each name and returns a queryset, of instances or a values_list().

    `is_limited`: every call gives `limit` and `offset` as well.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Row]], *names: str, is_limited: bool = False
    ) -> None:
        self._build = build
        self._names = names
        self._is_limited = is_limited
        self._compiled: dict[str, _Compiled] = {}

    def all(self, **values: Any) -> list[Row]:
        """Every row, or those within limit and offset. KeyError when a slot gets no value."""
        database = _database()
        compiled = self._compiled.get(database.vendor) or self._compile(database)
        bound = [
            _bound(database, values[item.name]) if isinstance(item, Slot) else item
            for item in compiled.params
        ]
        with database.cursor() as cursor:
            cursor.execute(compiled.sql, bound)
            return list(compiled.read(cursor.fetchall()))

    def first(self, **values: Any) -> Row | None:
        """The first row; None without one."""
        return next(iter(self.all(**values)), None)

    def _compile(self, database: BaseDatabaseWrapper) -> _Compiled:
        queryset = self._build(**{name: Slot(name) for name in self._names})
        compiler = queryset.query.get_compiler(connection=database)
        sql, params = compiler.as_sql()
        if self._is_limited:
            sql, params = f"{sql} LIMIT %s OFFSET %s", (*params, Slot("limit"), Slot("offset"))
        compiled = _Compiled(sql, tuple(params), _reader(queryset, compiler))
        self._compiled[database.vendor] = compiled
        return compiled


def _reader(queryset: QuerySet[Any, Any], compiler: Any) -> Reader:
    """How the database's rows become instances with what select_related() joined, or tuples of values."""
    converters = compiler.get_converters([expression for expression, *_ in compiler.select])
    if queryset.query.values_select:
        return lambda rows: map(tuple, compiler.apply_converters(rows, converters))
    info, model, alias = compiler.klass_info, queryset.model, compiler.connection.alias
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [expression.target.attname for expression, *_ in compiler.select[start:end]]
    related = get_related_populators(info, compiler.select, alias)  # type: ignore[call-arg]  # the stubs know Django 6's

    def instances(rows: Iterable[Sequence[Any]]) -> Iterator[Any]:
        for row in compiler.apply_converters(rows, converters):
            instance = model.from_db(alias, names, row[start:end])
            for populator in related:
                populator.populate(row, instance)
            yield instance

    return instances


class Insert(Generic[Instance]):
    """An INSERT of whole rows. A key that the database makes is not read back."""

    def __init__(self, model: type[Instance]) -> None:
        self._model = model
        self._writers: dict[str, _Writers] = {}

    def one(self, row: Instance) -> None:
        self.many([row])

    def many(self, rows: Sequence[Instance]) -> None:
        """All rows in one call; they count as saved afterwards."""
        if not rows:
            return
        database = _database()
        writers = self._writers.get(database.vendor) or self._compile(database)
        values = [[read(row) for read in writers.values] for row in rows]
        with database.cursor() as cursor:
            if len(values) == 1:
                cursor.execute(writers.sql, values[0])
            else:
                cursor.executemany(writers.sql, values)
        for row in rows:
            row._state.adding, row._state.db = False, database.alias

    def _compile(self, database: BaseDatabaseWrapper) -> _Writers:
        every = self._model._meta.local_concrete_fields
        fields = [field for field in every if not isinstance(field, models.AutoField)]
        quote = database.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field in fields)
        slots = ", ".join(["%s"] * len(fields))
        sql = f"INSERT INTO {quote(self._model._meta.db_table)} ({columns}) VALUES ({slots})"
        writers = _Writers(sql, tuple(_writer(field, database) for field in fields))
        self._writers[database.vendor] = writers
        return writers


class Update(Generic[Instance]):
    """An UPDATE of some fields of one row, found by its primary key."""

    def __init__(self, model: type[Instance], *names: str) -> None:
        self._model = model
        self._names = names
        self._writers: dict[str, _Writers] = {}

    def one(self, row: Instance) -> None:
        database = _database()
        writers = self._writers.get(database.vendor) or self._compile(database)
        with database.cursor() as cursor:
            cursor.execute(writers.sql, [*(read(row) for read in writers.values), _bound(database, row.pk)])

    def _compile(self, database: BaseDatabaseWrapper) -> _Writers:
        quote, meta = database.ops.quote_name, self._model._meta
        fields: list[Any] = [meta.get_field(name) for name in self._names]
        changes = ", ".join(f"{quote(field.column)} = %s" for field in fields)
        sql = f"UPDATE {quote(meta.db_table)} SET {changes} WHERE {quote(str(meta.pk.column))} = %s"
        writers = _Writers(sql, tuple(_writer(field, database) for field in fields))
        self._writers[database.vendor] = writers
        return writers


@dataclass(frozen=True, slots=True)
class _Writers:
    """A statement, and what reads each of its values from a row."""

    sql: str
    values: tuple[Callable[[Any], Any], ...]


# Their values go to the driver as they are: the rows are made by us, with values of the right types.
_PLAIN = (models.CharField, models.TextField, models.BooleanField, models.IntegerField)


def _writer(field: Any, database: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    if isinstance(field, _PLAIN):
        return attrgetter(field.attname)
    return lambda row: field.get_db_prep_save(field.pre_save(row, row._state.adding), database)


def _database() -> BaseDatabaseWrapper:
    """The connection of this thread itself: each look through Django's proxy to it would cost."""
    return connections[DEFAULT_DB_ALIAS]


def _bound(database: BaseDatabaseWrapper, value: Any) -> Any:
    """A value as the database's driver takes it."""
    if isinstance(value, UUID):
        return value if database.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return database.ops.adapt_datetimefield_value(value)
    return value
