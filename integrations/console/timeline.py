"""From a request to the proof that its change is in the app: one story under one trace id, in few queries."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.console import delivery_words, wording
from integrations.delivery import finding
from integrations.delivery.models import Attempt, Change, Delivery
from integrations.models import Integration
from integrations.traffic.models import RequestLog

Step = dict[str, Any]
Status = Delivery.Status
# A request may make a thousand deliveries; the list of deliveries shows them all.
MOST_DELIVERIES = 10
# The latest tries of each; an app that is down may be tried a hundred times.
LATEST_TRIES = 3
MOST_TRIES = 20


@dataclass(frozen=True, slots=True)
class Trace:
    """What one trace id, or one person, brings together."""

    deliveries: Sequence[Delivery] = ()
    tries: dict[int, list[Attempt]] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    has_more: bool = False


def of_request(integration: Integration, log: RequestLog, changes: list[Change]) -> tuple[list[Step], Trace]:
    """The steps of a request with all that came of it. Two queries; two more where people are not named."""
    deliveries = Delivery.objects.for_integration(integration).filter(trace_id=log.trace_id)
    trace = _read(integration, deliveries.order_by("number")[: MOST_DELIVERIES + 1], LATEST_TRIES)
    steps = wording.timeline(log, changes)
    for delivery in trace.deliveries:
        steps += told(integration, delivery, trace, links=True)
    return with_gaps(steps), trace


def of_delivery(integration: Integration, delivery: Delivery) -> list[Step]:
    """The steps that led to a delivery, and its own. Three queries; two more where it is not named."""
    logs = RequestLog.objects.for_integration(integration).filter(trace_id=delivery.trace_id)
    log = logs.order_by("pk").first()
    changes = [delivery.change] if delivery.change else []
    trace = _read(integration, [delivery], MOST_TRIES)
    steps = wording.timeline(log, changes) if log else [wording.step(change) for change in changes]
    return with_gaps([*steps, *told(integration, delivery, trace)])


def of_changes(integration: Integration, changes: Sequence[Change], line: UUID) -> list[Step]:
    """Changes of one person or group, each followed by its deliveries in their line. Two queries."""
    traces = [change.trace_id for change in changes]
    mine = Delivery.objects.for_integration(integration).filter(line=line, trace_id__in=traces)
    trace = _read(integration, mine.order_by("number"), LATEST_TRIES, most=None)
    by_change: dict[UUID | None, list[Delivery]] = defaultdict(list)
    for delivery in trace.deliveries:
        by_change[delivery.change_id].append(delivery)
    steps = []
    for change in changes:
        story = [wording.step(change)]
        for delivery in by_change[change.pk]:
            story += told(integration, delivery, trace, links=True)
        steps += with_gaps(story)
    return steps


def told(integration: Integration, delivery: Delivery, trace: Trace, *, links: bool = False) -> list[Step]:
    """One delivery: what it is to do, its tries, and what came of it."""
    tries = trace.tries.get(delivery.number, [])
    return [
        _ordered(integration, delivery, trace, links=links),
        *_earlier(tries),
        *map(_tried, tries),
        *_ended(delivery),
    ]


def with_gaps(steps: list[Step]) -> list[Step]:
    """Says at each step how much later it was than the one before."""
    before = None
    for step in steps:
        at = step.get("at")
        if at and before and at > before:
            step["gap"] = later(at - before)
        before = at or before
    return steps


def later(gap: timedelta) -> str:
    """A span of time in its two largest units: "2 min 14 s later"."""
    seconds = gap.total_seconds()
    if seconds < 1:
        return _("%(ms)d ms later") % {"ms": max(1, round(seconds * 1000))}
    if seconds < 60:
        return _("%(s).1f s later") % {"s": seconds}
    minutes, hours, days = int(seconds // 60), int(seconds // 3600), gap.days
    if not hours:
        return _("%(min)d min %(s)d s later") % {"min": minutes, "s": seconds % 60}
    if not days:
        return _("%(h)d h %(min)d min later") % {"h": hours, "min": minutes % 60}
    words = ngettext("%(d)d day %(h)d h later", "%(d)d days %(h)d h later", days)
    return words % {"d": days, "h": hours % 24}


def _read(
    integration: Integration, rows: Iterable[Delivery], tries: int, *, most: int | None = MOST_DELIVERIES
) -> Trace:
    # Where no connector was ever chosen nothing was to be delivered.
    found = list(rows) if integration.connector else []
    shown = found[:most]
    kept = finding.tries(shown, tries) if shown else {}
    return Trace(shown, kept, finding.names(integration, shown), len(found) > len(shown))


def _ordered(integration: Integration, delivery: Delivery, trace: Trace, *, links: bool) -> Step:
    words = {
        "name": delivery.label or trace.names.get(delivery.line) or str(delivery.line),
        "app": integration.app or integration.name,
    }
    step: Step = {
        "title": _("Delivery %(n)d: %(does)s")
        % {"n": delivery.number, "does": delivery_words.does(delivery)},
        "icon": "inbox",
        "at": delivery.created_at,
        "text": _("%(name)s in %(app)s.") % words,
        "lines": list(_remarks(delivery)),
    }
    if links:
        here = {"workspace": integration.workspace.slug, "integration_id": integration.pk}
        step["url"] = reverse("console:delivery-record", kwargs={**here, "delivery_id": delivery.id})
        step["url_text"] = _("Open delivery %(n)d") % {"n": delivery.number}
    return step


def _remarks(delivery: Delivery) -> Iterable[str]:
    if delivery.change_id is None:
        yield _("Planned from what was wanted at that moment, for everybody present.")
    if delivery.override is not None:
        words = _("A person wrote what is sent; it goes out under a new key, revision %(n)d.")
        yield words % {"n": delivery.revision}


def _earlier(tries: Sequence[Attempt]) -> list[Step]:
    hidden = (tries[0].number - 1) if tries else 0
    if not hidden:
        return []
    words = ngettext("%(n)d earlier try", "%(n)d earlier tries", hidden) % {"n": hidden}
    return [{"title": words, "icon": "clock", "text": _("The latest tries are shown.")}]


def _tried(attempt: Attempt) -> Step:
    result = Attempt.Result(attempt.result)
    icon, state = delivery_words.MARKS[result]
    return {
        "title": delivery_words.TRIES[result] % {"n": attempt.number},
        "icon": icon,
        "state": state,
        "at": attempt.started_at,
        # What arrived is told by its proof.
        "text": "" if result == Attempt.Result.DONE else attempt.words,
        "lines": [*map(_exchanged, attempt.exchanges), _("It took %(ms)d ms.") % {"ms": attempt.ms}],
        "bodies": [body for exchange in attempt.exchanges for body in _bodies(exchange)],
    }


def _exchanged(exchange: dict[str, Any]) -> str:
    words = {"words": exchange["words"], "status": exchange["status"], "ms": exchange["ms"]}
    if exchange["status"]:
        return _("%(words)s: answered %(status)d after %(ms)d ms") % words
    return str(exchange["words"])


def _bodies(exchange: dict[str, Any]) -> Iterable[dict[str, str]]:
    """What was sent and what came back. Connectors keep them without secrets."""
    words = {"call": exchange["words"]}
    if exchange["sent"]:
        yield {"label": _("Sent: %(call)s") % words, "text": wording.readable(exchange["sent"])}
    if exchange["received"]:
        yield {"label": _("Came back: %(call)s") % words, "text": wording.readable(exchange["received"])}


def _ended(delivery: Delivery) -> list[Step]:
    """Where it stands now: the proof, or what it waits for."""
    status = Status(delivery.status)
    if status == Status.DELIVERED or (status == Status.CONFIRMING and delivery.proof.get("words")):
        return [_proved(delivery)]
    step: Step = {
        "title": delivery_words.state(delivery),
        "icon": _ICONS.get(status, "info"),
        "state": delivery_words.badge(delivery),
        "text": " ".join(filter(None, [delivery.problem, delivery.remedy])),
        "at": delivery.ended_at,
    }
    if status in {Status.RETRYING, Status.WAITING} and delivery.place is not None:
        step["title"] = _("Next try") if delivery.attempts else _("To be sent")
        step["due"] = delivery.due_at
    if delivery.place == Delivery.Place.BEHIND:
        step |= {"title": _("It waits for an earlier delivery of the same person"), "due": None}
    return [step]


_ICONS = {
    Status.DEAD: "x",
    Status.HELD: "lock",
    Status.WITH_PERSON: "user",
    Status.SKIPPED: "ban",
    Status.CANCELLED: "ban",
    Status.SUPERSEDED: "refresh",
}


def _proved(delivery: Delivery) -> Step:
    proof = delivery.proof
    seen = json.dumps(proof.get("seen") or {}, indent=2, ensure_ascii=False)
    is_there = delivery.status == Status.DELIVERED
    lines = [_("Digest %(digest)s") % {"digest": proof["digest"]}] if proof.get("digest") else []
    return {
        "title": _("Proof: it has arrived") if is_there else delivery_words.state(delivery),
        "icon": "circle-check" if is_there else "clock",
        "state": "ok" if is_there else "",
        "at": delivery.ended_at,
        "text": proof.get("words", ""),
        "lines": lines,
        "bodies": [{"label": _("What was seen"), "text": seen}] if proof.get("seen") else [],
    }
