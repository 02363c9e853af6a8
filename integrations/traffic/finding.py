"""Finds requests in an integration's log, at a cost that does not grow with the log."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from integrations.kit import paging
from integrations.kit.key_field import begins_with
from integrations.kit.paging import Page
from integrations.models import Integration
from integrations.traffic.models import MetQuirk, RequestLog

TRACE = re.compile(r"[0-9a-f]{32}")
RESOURCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
RESULTS = {"accepted": {"status__lt": 400}, "refused": {"status__gte": 400}}
# So many requests whose person or group begins alike are put in order of time; more are looked through.
MOST_NAMED = 1_000
# What no index finds is looked for in so many requests, the newest of the page's own.
WINDOW = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """`query`: a trace id, an id or the name of a person or group, or a part of a path."""

    query: str = ""
    result: str = ""
    quirk: str = ""
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """`looked_at` is set where only so many requests were looked through; `page.older` then goes on."""

    page: Page
    looked_at: int = 0


def find(integration: Integration, asked: Asked) -> Found:
    rows = RequestLog.objects.for_integration(integration)
    status = RESULTS.get(asked.result, {})
    if asked.quirk and not asked.query:
        return Found(_with_quirk(integration, asked, status))
    kept = rows.filter(**status)
    if asked.quirk:
        met = MetQuirk.objects.for_integration(integration).filter(code=asked.quirk, request=OuterRef("pk"))
        kept = kept.filter(Exists(met))
    known = _known(rows, asked.query) if asked.query else Q()
    if known is not None:
        return Found(paging.by_age(kept.filter(known), asked.cursor))
    return _looked_through(rows, kept, asked)


def _with_quirk(integration: Integration, asked: Asked, status: dict[str, int]) -> Page:
    """Led by the index that keeps habits in the order of their requests."""
    met = MetQuirk.objects.for_integration(integration).filter(code=asked.quirk)
    met = met.filter(**{f"request__{key}": value for key, value in status.items()})
    page = paging.by_age(met.select_related("request"), asked.cursor, key="request_id")
    return Page([each.request for each in page.rows], page.older, page.newer)


def _known(rows: QuerySet[RequestLog], query: str) -> Q | None:
    """What an index finds: a trace, a resource, or a name; None for too many names and for other words."""
    if TRACE.fullmatch(query):
        return Q(trace_id=query)
    if resource := RESOURCE.search(query):
        return Q(resource_id=UUID(resource[0]))
    folded = query.casefold()
    if rows.filter(label_key=folded).exists():
        return Q(label_key=folded)
    named = list(
        rows.filter(begins_with("label_key", folded))
        .order_by("label_key", "pk")
        .values_list("pk", flat=True)[: MOST_NAMED + 1]
    )
    return Q(pk__in=named) if 0 < len(named) <= MOST_NAMED else None


def _looked_through(rows: QuerySet[RequestLog], kept: QuerySet[RequestLog], asked: Asked) -> Found:
    """A page of what is in the next 5,000 requests: names that begin so, and paths that hold the words."""
    edge = _edge(asked.cursor)
    ahead = rows.filter(pk__lt=edge) if edge else rows
    last = ahead.order_by("-pk").values_list("pk", flat=True)[WINDOW - 1 : WINDOW].first()
    words = begins_with("label_key", asked.query.casefold()) | Q(path__icontains=asked.query)
    within = kept.filter(words, **({"pk__lt": edge} if edge else {}), **({"pk__gte": last} if last else {}))
    page = paging.by_age(within, "")
    if page.older or last is None:
        return Found(Page(page.rows, page.older), looked_at=0 if last is None else WINDOW)
    return Found(Page(page.rows, f"before:{last}"), looked_at=WINDOW)


def _edge(cursor: str) -> UUID | None:
    side, _colon, text = cursor.partition(":")
    try:
        return UUID(text) if side == "before" else None
    except ValueError:
        return None
