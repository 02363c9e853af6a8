"""Rows of a database as instances of a model, and back: how is found out once for each statement.

Django finds out for each row which converters its columns have, and sets each field through its descriptor.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.models.base import ModelState
from django.db.models.expressions import Col

Values = Sequence[Any]
Instance = TypeVar("Instance", bound=models.Model)
# Without looking for blanks around it: the databases keep none.
_read_json = json.JSONDecoder().raw_decode
# Their values go to the driver as they are.
_PLAIN = (models.CharField, models.TextField, models.BooleanField, models.IntegerField)
# Turns a row as the driver gives it into an instance, or into a tuple of values.
Reader = Callable[[tuple[Any, ...]], Any]
# Turns an instance into values as the driver takes them.
Writer = Callable[[Any], Values]


def reader(queryset: QuerySet[Any, Any], compiler: Any, *, remembered: int = 0) -> Reader:
    """How a row of the queryset is read. `remembered`: so many rows are not converted again when they come
    again; what they hold must then not be changed in place."""
    convert = _converter(compiler)
    if remembered:
        convert = functools.lru_cache(remembered)(convert)
    if queryset.query.values_select:
        return convert
    make = _maker(queryset, compiler)
    return lambda row: make(convert(row))


def writer(fields: Sequence[models.Field[Any, Any]], database: BaseDatabaseWrapper) -> Writer:
    """How the fields of an instance are written, two or more. None of them may make its own value when it is
    saved."""
    if any(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False) for field in fields):
        raise TypeError("A field that is set by itself is not written here.")
    read = attrgetter(*(field.attname for field in fields))
    found = [(place, _adapter(field, database)) for place, field in enumerate(fields)]
    adapters = [(place, adapt) for place, adapt in found if adapt is not None]

    def values(instance: Any) -> Values:
        every = list(read(instance))
        for place, adapt in adapters:
            every[place] = adapt(every[place])
        return every

    return values


def new(model: type[Instance], columns: dict[str, Any]) -> Instance:
    """As the model's constructor, from columns by their attname; the rest get their defaults.

    The fields go straight in: no model here listens to pre_init or post_init.
    """
    blank = _blank(model)
    made = model.__new__(model)
    made._state = ModelState()
    held = made.__dict__
    held.update(blank.fixed)
    held.update({name: make() for name, make in blank.made.items() if name not in columns})
    held.update(columns)
    if len(held) != blank.size:
        raise TypeError(f"{model.__name__} has no such columns: {sorted(columns)}.")
    return made


@dataclass(frozen=True, slots=True)
class _Blank:
    """The defaults of a model's columns: values, and what makes one; `size` counts the state as well."""

    fixed: dict[str, Any]
    made: dict[str, Callable[[], Any]]
    size: int


@functools.cache
def _blank(model: type[models.Model]) -> _Blank:
    fields = model._meta.local_concrete_fields
    made = {
        field.attname: field.get_default
        for field in fields
        if field.has_default() and callable(field.default)
    }
    fixed = {field.attname: field.get_default() for field in fields if field.attname not in made}
    return _Blank(fixed, made, len(fields) + 1)


def _converter(compiler: Any) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Applies the ORM's converters to the columns that have any; none of them makes something of a null."""
    found = compiler.get_converters([expression for expression, *_ in compiler.select])
    converters = [
        (place, _shorter(one, expression, compiler.connection))
        for place, (every, expression) in found.items()
        for one in every
    ]

    def convert(row: tuple[Any, ...]) -> tuple[Any, ...]:
        values = list(row)
        for place, one in converters:
            if values[place] is not None:
                values[place] = one(values[place])
        return tuple(values)

    return convert


def _shorter(converter: Any, expression: Any, database: BaseDatabaseWrapper) -> Callable[[Any], Any]:
    """The converter, bound to its column; for some a shorter way to the same value."""
    if not isinstance(expression, Col):
        return lambda value: converter(value, expression, database)
    if isinstance(expression.target, models.JSONField) and expression.target.decoder is None:
        return lambda text: _read_json(text)[0]
    name = converter.__name__ if database.vendor == "sqlite" else ""
    if name == "convert_uuidfield_value":
        return _uuid
    if name == "convert_datetimefield_value":
        here = database.timezone
        return lambda moment: moment.replace(tzinfo=here)
    return lambda value: converter(value, expression, database)


@functools.lru_cache(4096)
def _uuid(digits: str) -> UUID:
    """Remembered: rows that are read together name the same integration, groups and people."""
    return UUID(int=int(digits, 16))


@dataclass(frozen=True, slots=True)
class _Part:
    """The columns of one model in a row; it is there in each row."""

    model: type[models.Model]
    names: tuple[str, ...]
    columns: slice
    database: str

    def instance(self, values: tuple[Any, ...]) -> Any:
        """As Model.from_db; see `new`."""
        made = self.model.__new__(self.model)
        made.__dict__.update(zip(self.names, values[self.columns], strict=True))
        made._state = ModelState()
        made._state.adding, made._state.db = False, self.database
        return made


def _maker(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
    """An instance, with those that select_related() joined to it by keys that are never null."""
    info = compiler.klass_info
    own = _part(queryset.model, info, compiler)
    related = info.get("related_klass_infos", [])
    if any(one["field"].null or one["related_klass_infos"] for one in related):
        raise TypeError("What is joined is there in each row, and nothing is joined to it.")
    joined = [(_part(one["model"], one, compiler), one["field"]) for one in related]

    def make(values: tuple[Any, ...]) -> Any:
        instance = own.instance(values)
        for part, field in joined:
            field.set_cached_value(instance, part.instance(values))
        return instance

    return make


def _part(model: type[models.Model], info: Any, compiler: Any) -> _Part:
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = tuple(expression.target.attname for expression, *_ in compiler.select[start:end])
    return _Part(model, names, slice(start, end), compiler.connection.alias)


def _adapter(field: Any, database: BaseDatabaseWrapper) -> Callable[[Any], Any] | None:
    """What makes of a field's value one that the driver takes; None where it takes it as it is.

    The instances are made by us, with values of the right types.
    """
    kind = field.target_field if field.is_relation else field
    if isinstance(kind, _PLAIN) or (isinstance(kind, models.UUIDField) and _has_uuid(database)):
        return None
    if isinstance(kind, models.UUIDField):
        return _hex
    if isinstance(kind, models.DateTimeField):
        return None if database.features.supports_timezones else database.ops.adapt_datetimefield_value
    if isinstance(kind, models.JSONField):
        adapt, encoder = database.ops.adapt_json_value, kind.encoder
        return lambda value: None if value is None else adapt(value, encoder)
    return lambda value: field.get_db_prep_save(value, database)


def _has_uuid(database: BaseDatabaseWrapper) -> bool:
    return bool(database.features.has_native_uuid_field)


def _hex(value: UUID | None) -> str | None:
    return value.hex if value is not None else None
