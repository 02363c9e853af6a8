"""The Deliveries tab: what goes out, how far each is, and what people do about many at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from integrations import roles
from integrations.console import asked, delivery_words, lane_words, layout, planning_words
from integrations.console.access import integration_page
from integrations.console.forms.deliveries import SelectedForm, SkipForm
from integrations.delivery import finding
from integrations.delivery.finding import Asked
from integrations.delivery.models import Delivery
from integrations.delivery.queue import lanes
from integrations.delivery.turns import controls
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership
from integrations.roles import Action

Status = Delivery.Status


@integration_page(Action.INTEGRATION_VIEW)
def deliveries(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """The newest first; a search finds people and groups by the beginning of their name."""
    kept = {name: asked.text(request, name) for name in ("q", "state")}
    page = finding.find(integration, Asked(kept["q"], kept["state"], asked.text(request, "cursor")))
    shown, may_manage = rows(integration, page.rows), roles.may(member, Action.DELIVERY_MANAGE)
    context = {
        **kept,
        "states": Status.choices,
        "lane": lane_words.of(integration),
        "back": "deliveries",
        "counts": _counts(integration),
        "rows": shown,
        "may_manage": may_manage,
        "may_pick": may_manage and any(row["may_be_touched"] for row in shown),
        "next_due": lanes.next_due(integration),
        "planning": planning_words.of(integration),
        "older_url": f"?{urlencode(kept | {'cursor': page.older})}" if page.older else "",
        "newer_url": f"?{urlencode(kept | {'cursor': page.newer})}" if page.newer else "",
    }
    return render(
        request, "console/deliveries.html", layout.of_integration(member, integration, "deliveries") | context
    )


@require_POST
@integration_page(Action.DELIVERY_MANAGE)
def deliveries_selected(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Retry or skip those that were ticked, or all that failed: at most 500 at once."""
    form = SelectedForm(request.POST)
    chosen = _chosen(integration, form) if form.is_valid() else []
    if not chosen:
        messages.info(request, _("Choose at least one delivery first. Nothing was changed."))
        return redirect("console:deliveries", member.workspace.slug, integration.pk)
    if form.cleaned_data["do"] == "retry":
        done = controls.retry(chosen, by=member)
        return _told(request, member, integration, words=_retried(done), missed=len(chosen) - done)
    reason = SkipForm(request.POST if "reason" in request.POST else None)
    if reason.is_valid():
        try:
            done = controls.skip(chosen, reason=reason.cleaned_data["reason"], by=member)
        except NotAllowed:
            raise
        except Refused as refused:
            reason.refuse(refused)
        else:
            return _told(request, member, integration, words=_skipped(done), missed=len(chosen) - done)
    context = {"form": reason, "selected": form, "number": len(chosen)}
    here = layout.of_integration(member, integration, "deliveries", deeper=True)
    status = 422 if reason.is_bound else 200
    return render(request, "console/deliveries_skip.html", here | context, status=status)


def rows(integration: Integration, found: list[Delivery]) -> list[dict[str, Any]]:
    """Deliveries as the table shows them."""
    names, now = finding.names(integration, found), timezone.now()
    return [
        {
            "delivery": one,
            "name": one.label or names.get(one.line) or one.group_name or str(one.line),
            "does": delivery_words.does(one),
            "state": delivery_words.state(one),
            "badge": delivery_words.badge(one),
            "may_be_touched": delivery_words.may_be_touched(one),
            "is_due": one.status in {Status.WAITING, Status.RETRYING, Status.CONFIRMING},
            "waits": one.due_at > now,
        }
        for one in found
    ]


def _counts(integration: Integration) -> list[dict[str, Any]]:
    """What is open by state, the most pressing first."""
    found = finding.counts(integration)
    most = finding.COUNTED
    return [
        {
            "state": state,
            "label": Status(state).label,
            "number": number if number <= most else f"{most}+",
            "is_bad": bool(number) and state in {Status.DEAD, Status.HELD},
        }
        for state, number in found.items()
        # Few ways are answered late.
        if number or state != Status.CONFIRMING
    ]


def _chosen(integration: Integration, form: SelectedForm) -> list[Delivery]:
    own = Delivery.objects.for_integration(integration).select_related("integration__workspace")
    if form.cleaned_data["which"]:
        return list(own.filter(status=Status.DEAD).order_by("number")[: controls.CHUNK])
    return list(own.filter(pk__in=form.cleaned_data["number"]).order_by("number"))


def _told(
    request: HttpRequest, member: Membership, integration: Integration, *, words: str, missed: int
) -> HttpResponse:
    """Says what was done, what was not, and how many failed ones are left."""
    messages.success(request, words)
    if missed:
        late = ngettext(
            "%(n)d had ended meanwhile, or is being carried right now.",
            "%(n)d had ended meanwhile, or are being carried right now.",
            missed,
        )
        messages.info(request, late % {"n": missed})
    left = finding.counts(integration)[Status.DEAD]
    if left:
        shown = left if left <= finding.COUNTED else f"{finding.COUNTED}+"
        still = ngettext("%(n)s failed delivery is left.", "%(n)s failed deliveries are left.", left)
        messages.info(request, still % {"n": shown})
    return redirect("console:deliveries", member.workspace.slug, integration.pk)


def _retried(number: int) -> str:
    words = ngettext("%(n)d delivery is tried again.", "%(n)d deliveries are tried again.", number)
    return words % {"n": number}


def _skipped(number: int) -> str:
    words = ngettext("%(n)d delivery is skipped.", "%(n)d deliveries are skipped.", number)
    return words % {"n": number}
