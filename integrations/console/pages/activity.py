"""Activity: every request of an integration, why one was refused, what one changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from integrations import idps, roles
from integrations.console import asked, layout, remedies, sentences, timeline, wording
from integrations.console.access import integration_page
from integrations.delivery.models import Change
from integrations.models import GatewayToken, Integration, Membership
from integrations.roles import Action
from integrations.traffic import finding
from integrations.traffic.finding import Asked
from integrations.traffic.models import Contact, RefusedToken, RequestLog

REFUSALS_SHOWN_FOR = timedelta(days=1)


@integration_page(Action.INTEGRATION_VIEW)
def activity(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    kept = {name: asked.text(request, name) for name in ("q", "result", "quirk")}
    sought = Asked(kept["q"], kept["result"], kept["quirk"], asked.text(request, "cursor"))
    found = finding.find(integration, sought)
    page = found.page
    context = {
        **kept,
        "quirks": _quirks(integration),
        "looked_at": found.looked_at,
        "rows": _rows(integration, page.rows),
        "older_url": f"?{urlencode(kept | {'cursor': page.older})}" if page.older else "",
        "newer_url": f"?{urlencode(kept | {'cursor': page.newer})}" if page.newer else "",
        "refusals": _refusals(member, integration) if not (any(kept.values()) or page.newer) else [],
    }
    return render(
        request, "console/activity.html", layout.of_integration(member, integration, "activity") | context
    )


@integration_page(Action.INTEGRATION_VIEW)
def activity_request(
    request: HttpRequest, member: Membership, integration: Integration, *, request_id: UUID
) -> HttpResponse:
    """One request from its arrival to the proof that its change is in the app."""
    log = RequestLog.objects.for_integration(integration).filter(pk=request_id).first()
    if log is None:
        raise Http404
    changes = list(Change.objects.for_integration(integration).filter(trace_id=log.trace_id).order_by("pk"))
    steps, trace = timeline.of_request(integration, log, changes)
    context = {
        "log": log,
        "idp": idps.name(log.idp),
        "did": sentences.of_request(log, changes),
        "refusal": remedies.of(log) if log.status >= 400 else None,
        "steps": steps,
        "deliveries": trace.deliveries,
        "arrived": _arrived(log, trace),
        "more_deliveries": trace.has_more,
    }
    here = layout.of_integration(member, integration, "activity", deeper=True)
    return render(request, "console/activity_request.html", here | context)


def _arrived(log: RequestLog, trace: timeline.Trace) -> str:
    """How long after the request its last change was in the app; "" while one is not, or none was to be."""
    ends = [delivery.ended_at for delivery in trace.deliveries]
    if not ends or trace.has_more or None in ends:
        return ""
    return timeline.later(max(end for end in ends if end) - log.at)


def _quirks(integration: Integration) -> list[tuple[str, str]]:
    """The habits that this integration's provider has shown, to choose from."""
    contact = Contact.objects.for_integration(integration).first()
    met = contact.quirks if contact else []
    return sorted(((code, str(wording.QUIRKS.get(code, code))) for code in met), key=lambda pair: pair[1])


def _rows(integration: Integration, logs: list[RequestLog]) -> list[dict[str, Any]]:
    """Requests with what each did; their changes take one query, without the snapshots."""
    traces = [log.trace_id for log in logs]
    found = Change.objects.for_integration(integration).filter(trace_id__in=traces).order_by("pk")
    changes: dict[str, list[Change]] = {}
    for change in found.defer("before", "after"):
        changes.setdefault(change.trace_id, []).append(change)
    return [
        {
            "log": log,
            "idp": idps.name(log.idp),
            "did": sentences.of_request(log, changes.get(log.trace_id, [])),
        }
        for log in logs
    ]


def _refusals(member: Membership, integration: Integration) -> list[dict[str, Any]]:
    """Refused tokens of the last day by cause and by what was sent, the latest first."""
    rows = (
        RefusedToken.objects.for_integration(integration)
        .filter(minute__gte=timezone.now() - REFUSALS_SHOWN_FOR)
        .values("cause", "last_token", "last_ip")
        .annotate(times=Sum("count"), latest=Max("last_at"))
        .order_by("-latest", "cause", "last_token")[:20]
    )
    return [
        row
        | {
            "label": RefusedToken.Cause(row["cause"]).label,
            "remedy": wording.remedy(row["cause"]),
            "belongs_to": _other(member, row["last_token"]) if row["cause"] == "other_integration" else "",
        }
        for row in rows
    ]


def _other(member: Membership, shown_token: str) -> str:
    """The other integration by name, but only to someone who may see it."""
    public_id = shown_token.partition("_")[2]
    # all-tenants: named only when `sees` allows it
    token = GatewayToken.objects.select_related("integration").filter(public_id=public_id).first()
    return token.integration.name if token and roles.sees(member, token.integration) else ""
