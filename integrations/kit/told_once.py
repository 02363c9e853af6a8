"""Tells people of a row once, however many workers look at it: the row is marked before anybody is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from integrations.kit import transactions


def tell(row: QuerySet[Any], mark: str, send: Callable[[], bool]) -> bool:
    """`mark` is the column that says when it was told; it stays empty where sending failed: then False."""
    with transactions.write():
        is_ours = row.filter(**{mark: None}).update(**{mark: timezone.now()})
    if is_ours and not send():
        with transactions.write():
            row.update(**{mark: None})
        return False
    return True
