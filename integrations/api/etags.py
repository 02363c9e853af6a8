"""Entity tags (RFC 9110 8.8.3): whoever changes what they have read is told when it changed meanwhile."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request

from integrations.api.problems import Problem
from integrations.delivery.queue import lanes
from integrations.kit import transactions
from integrations.models import Integration

Json = dict[str, Any]
T = TypeVar("T")


def of(shown: Any) -> str:
    """A strong tag of what an answer shows."""
    content = json.dumps(shown, sort_keys=True, separators=(",", ":"), default=str)
    return f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the caller has it already (If-None-Match)."""
    return etag in _tags(request.headers.get("If-None-Match", ""))


def change(request: Request, row: Model, *, show: Callable[[], Json], act: Callable[[], T]) -> T:
    """Does `act` in a write transaction that holds the row's lock; where it meets a deadlock, again. With
    If-Match only where what `show` shows is what the caller has read; else it is a Problem, 412."""

    def work() -> T:
        if isinstance(row, Integration):
            lanes.lock(row.pk)  # before all else: the verbs of delivery work behind it
        rows = type(row)._default_manager.select_for_update(of=("self",))
        rows.filter(pk=row.pk).first()
        sent = _tags(request.headers.get("If-Match", ""))
        if sent and "*" not in sent and of(show()) not in sent:
            words = _("It was changed since it was read. Read it again, then change it.")
            raise Problem(status.HTTP_412_PRECONDITION_FAILED, "changed", words)
        return act()

    return transactions.run(work)


def _tags(header: str) -> set[str]:
    return {tag for part in header.split(",") if (tag := part.strip())}
