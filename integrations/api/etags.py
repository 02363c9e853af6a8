"""Entity tags (RFC 9110 8.8.3): whoever changes what they have read is told when it changed meanwhile.

A tag is of what somebody sets. Figures that move by themselves are none of it: while people come and go no
change would ever be let in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
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


def of(shown: Json, *, live: Collection[str] = ()) -> str:
    """The tag of what an answer shows, without the fields in `live`."""
    kept = {name: value for name, value in shown.items() if name not in live}
    content = json.dumps(kept, sort_keys=True, separators=(",", ":"), default=str)
    return f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the caller has it already (If-None-Match)."""
    return etag in _tags(request.headers.get("If-None-Match", ""))


def refuse(request: Request) -> None:
    """Where nothing has a tag If-Match is not overlooked: it is a Problem, 400."""
    if "If-Match" in request.headers:
        words = _("This operation takes no If-Match: what it changes has no ETag.")
        raise Problem(status.HTTP_400_BAD_REQUEST, "if_match", words)


def change(request: Request, row: Model, *, tag: Callable[[], str], act: Callable[[], T]) -> T:
    """Does `act` in a write transaction that holds the row's lock; where it meets a deadlock, again. With
    If-Match only where `tag` gives what the caller has read; else it is a Problem, 412."""

    def work() -> T:
        if isinstance(row, Integration):
            lanes.lock(row.pk)  # before all else: the verbs of delivery work behind it
        rows = type(row)._default_manager.select_for_update(of=("self",))
        rows.filter(pk=row.pk).first()
        sent = request.headers.get("If-Match")
        if sent is not None and not {"*", tag()} & _tags(sent):
            words = _("It was changed since it was read. Read it again, then change it.")
            raise Problem(status.HTTP_412_PRECONDITION_FAILED, "changed", words)
        return act()

    return transactions.run(work)


def _tags(header: str) -> set[str]:
    return {tag for part in header.split(",") if (tag := part.strip())}
