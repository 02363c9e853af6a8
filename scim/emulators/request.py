"""What an emulator sends and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One SCIM request.

    `path` is the part after the SCIM base; `query` stands in the address as it is here, without a change.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    # A body may hold a password: it stays out of messages and logs.
    body: Json | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is {} where the answer has none."""

    status: int
    body: Json = field(default_factory=dict, repr=False)
