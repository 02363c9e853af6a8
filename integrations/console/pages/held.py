"""Leavers that the safety brake holds: who they are, and the decision about them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from integrations import roles
from integrations.console import layout
from integrations.console.access import integration_page
from integrations.console.pages import deliveries
from integrations.delivery.queue import brake
from integrations.kit import paging
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership
from integrations.roles import Action

LET_GO, KEEP = "release", "discard"


@integration_page(Action.INTEGRATION_VIEW)
def deliveries_held(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """The people whom the brake holds; to let them go, or to keep their accounts, takes a Super Admin."""
    batch = brake.open_batch(integration)
    if batch is None:
        return redirect("console:deliveries", member.workspace.slug, integration.pk)
    if request.method == "POST":
        return _decided(request, member, integration)
    page = paging.by_number(brake.held(integration), request.GET.get("cursor", "")[:40])
    context = {
        "batch": batch,
        "number": brake.held(integration).count(),
        "rows": deliveries.rows(integration, page.rows),
        "may_decide": roles.may(member, Action.BRAKE_RELEASE),
        "older_url": f"?cursor={page.older}" if page.older else "",
        "newer_url": f"?cursor={page.newer}" if page.newer else "",
    }
    here = layout.of_integration(member, integration, "deliveries", deeper=True)
    return render(request, "console/deliveries_held.html", here | context)


def _decided(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Does what the form's button says, and tells it."""
    lets_go = request.POST.get("do") == LET_GO
    if not lets_go and request.POST.get("do") != KEEP:
        return redirect("console:deliveries-held", member.workspace.slug, integration.pk)
    batch = brake.open_batch(integration)
    try:
        number = (brake.release if lets_go else brake.discard)(batch, by=member) if batch else 0
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        words = _released(number) if lets_go else _kept(number)
        messages.success(request, words)
    return redirect("console:deliveries", member.workspace.slug, integration.pk)


def _released(number: int) -> str:
    words = ngettext(
        "%(n)d leaver is carried into the app.", "%(n)d leavers are carried into the app.", number
    )
    return words % {"n": number}


def _kept(number: int) -> str:
    words = ngettext("%(n)d account stays as it is.", "%(n)d accounts stay as they are.", number)
    return words % {"n": number}
