"""How an identity provider is told from others: by its User-Agent, and by signals in what it sends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# Patterns look for the shape of a request; its first characters show it, and the rest would only cost time.
_BODY_CHARACTERS = 65_536


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """One request.

    `path` is the part after the SCIM base, `headers` have lower-case names, `body` is compact JSON.
    """

    method: str
    path: str
    raw_query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A trait; all its parts that are given must hold. `headers` has pairs of lower-case name and pattern."""

    id: str
    text: str
    weight: int
    method: str | None = None
    path: re.Pattern[str] | None = None
    query: re.Pattern[str] | None = None
    headers: tuple[tuple[str, re.Pattern[str]], ...] = ()
    header_absent: str | None = None
    body: re.Pattern[str] | None = None

    def holds(self, facts: RequestFacts) -> bool:
        """The method is not looked at: the registry sorts signals by it."""
        if self.header_absent is not None and self.header_absent in facts.headers:
            return False
        if self.headers and not all(
            pattern.search(facts.headers.get(name, "")) for name, pattern in self.headers
        ):
            return False
        return (
            _found(self.path, facts.path)
            and _found(self.query, facts.raw_query)
            and _found(self.body, facts.body[:_BODY_CHARACTERS])
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A User-Agent. `is_proven`: stated by the vendor or seen in traffic, so that it decides alone."""

    pattern: re.Pattern[str]
    is_proven: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """All that is known of how one identity provider shows itself."""

    idp: str
    agents: tuple[Agent, ...] = ()
    signals: tuple[Signal, ...] = ()


def _found(pattern: re.Pattern[str] | None, text: str) -> bool:
    return pattern is None or pattern.search(text) is not None
