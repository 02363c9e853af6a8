"""Orders that the database gives as the core would (core/sorting.py)."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerField, Value, When
from django.db.models.functions import Collate

from scim.core.sorting import Sort

_COMMON = {"id": "pk", "meta.created": "created_at", "meta.lastModified": "updated_at"}
_TEXT = {"user_name_key", "display_name_key", "external_id"}
_OF_USERS = {**_COMMON, "active": "active", "userName": "user_name_key", "externalId": "external_id"}
_OF_GROUPS = {**_COMMON, "displayName": "display_name_key", "externalId": "external_id"}


def of_users(sort: Sort) -> list[Any] | None:
    """What to order people by, equals by their ids; None where no column holds the attribute."""
    return _order(_OF_USERS.get(str(sort.path)), sort)


def of_groups(sort: Sort) -> list[Any] | None:
    """As `of_users`, for groups."""
    return _order(_OF_GROUPS.get(str(sort.path)), sort)


def _order(column: str | None, sort: Sort) -> list[Any] | None:
    if column is None:
        return None
    by = _by_code_point(F(column)) if column in _TEXT else F(column)
    order = [_directed(by, sort), "pk"]
    if column == "external_id":  # the one that may be missing
        missing = Case(When(external_id="", then=Value(1)), default=Value(0), output_field=IntegerField())
        return [_directed(missing, sort), *order]
    return order


def _directed(expression: Any, sort: Sort) -> Any:
    return expression.desc() if sort.is_descending else expression.asc()


def _by_code_point(column: Any) -> Any:
    """SQLite compares bytes by itself; PostgreSQL asks the locale unless told otherwise."""
    return Collate(column, "C") if connection.vendor == "postgresql" else column
