"""One operation of the API, declared once: who may, what it takes, what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rest_framework import serializers, status

from integrations.api.fields import Asked, Listed, Taken
from integrations.roles import Action

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is declared of one.

    `makes`: sent again under the same Idempotency-Key it makes nothing more. `locks`: its answer has an
    entity tag; a change locks the row of that name, and obeys If-Match, which no other change takes.
    `visits`: the app is asked meanwhile. `example` is a body that works.
    """

    action: Action
    summary: str
    gives: type[serializers.BaseSerializer[Any]] | None = None
    takes: type[Taken] | None = None
    asks: type[Asked] = Asked
    status: int = status.HTTP_200_OK
    makes: bool = False
    locks: str = ""
    visits: bool = False
    example: Json | None = None
    # What the entity tag is of, where the answer holds more than a read shows, or nothing.
    shows: type[serializers.BaseSerializer[Any]] | None = None

    @property
    def live(self) -> frozenset[str]:
        """Fields of what a read shows that nobody sets: they move by themselves."""
        return getattr(self.shows or self.gives, "live", frozenset())

    @property
    def is_list(self) -> bool:
        return issubclass(self.asks, Listed)
