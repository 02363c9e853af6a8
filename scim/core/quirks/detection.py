"""Recognises the identity provider behind a connection from the requests it sends."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from scim.core.quirks import registry
from scim.core.quirks.fingerprint import RequestFacts

_ENOUGH = 4
_LEAD = 2
# What the cache keeps of a User-Agent, which may be as long as a header.
AGENT_CHARACTERS = 512


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one request shows: `decisive` if its User-Agent settles the question, `hint` if it only suggests.

    `signals` maps the id of each signal seen to the identity provider it speaks for and its weight.
    """

    decisive: str | None = None
    hint: str | None = None
    signals: dict[str, tuple[str, int]] = field(default_factory=dict)


def recognise(facts: RequestFacts) -> Sighting:
    """What this one request shows; nothing is ever refused for what it lacks."""
    agent = facts.headers.get("user-agent", "")[:AGENT_CHARACTERS]
    seen = registry.signals_for(facts.method, with_body=bool(facts.body), with_query=bool(facts.raw_query))
    return Sighting(
        decisive=_by_agent(agent, proven=True),
        hint=_by_agent(agent, proven=False),
        signals={signal.id: registry.BY_SIGNAL[signal.id] for signal in seen if signal.holds(facts)},
    )


def verdict(decisive: str | None, signal_ids: Iterable[str]) -> str | None:
    """Who is behind a connection that has shown these signals, each counted once; None while unsure.

    A proven User-Agent decides. Else the weights are added: 4 or more with a lead of 2 name it.
    """
    if decisive:
        return decisive
    score: Counter[str] = Counter()
    for signal_id in set(signal_ids) & registry.BY_SIGNAL.keys():
        idp, weight = registry.BY_SIGNAL[signal_id]
        score[idp] += weight
    (first, most), (_, next_most) = (*score.most_common(2), ("", 0), ("", 0))[:2]
    return first if most >= _ENOUGH and most - next_most >= _LEAD else None


@functools.lru_cache(maxsize=256)
def _by_agent(agent: str, *, proven: bool) -> str | None:
    if not agent:
        return None
    for fingerprint in registry.FINGERPRINTS:
        if any(known.is_proven is proven and known.pattern.search(agent) for known in fingerprint.agents):
            return fingerprint.idp
    return None
