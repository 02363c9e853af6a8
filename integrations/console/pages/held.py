"""What the safety brake holds: who would leave or lose a group, and the decision about them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations import roles
from integrations.console import layout
from integrations.console.access import integration_page
from integrations.console.pages import deliveries
from integrations.delivery.queue import brake, emptied
from integrations.delivery.queue.brake import Tally
from integrations.kit import paging
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership
from integrations.roles import Action

LET_GO, KEEP = "release", "discard"


@integration_page(Action.INTEGRATION_VIEW)
def deliveries_held(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """What the brake holds; to let it go, or to leave the app as it is, takes a Super Admin."""
    batch = brake.open_batch(integration)
    if batch is None:
        return redirect("console:deliveries", member.workspace.slug, integration.pk)
    if request.method == "POST":
        return _decided(request, member, integration)
    page = paging.by_number(brake.held(integration), request.GET.get("cursor", "")[:40])
    held = brake.tally(integration)
    context = {
        "batch": batch,
        "held": held,
        "sentences": _sentences(held, integration.app),
        "largest": emptied.LARGEST,
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


def _sentences(held: Tally, app: str) -> list[str]:
    """What would come of it, the worst first. People who came back meanwhile may have left nothing."""
    losing = ngettext("%(n)d person would lose %(what)s", "%(n)d people would lose %(what)s", held.leavers)
    said = [losing % {"n": held.leavers, "what": app}] if held.leavers else []
    for group, number in sorted(held.losers.items()):
        words = ngettext(
            "%(n)d person would lose the group %(what)s",
            "%(n)d people would lose the group %(what)s",
            number,
        )
        said.append(words % {"n": number, "what": group})
    said += [_("The group %(what)s would be deleted") % {"what": group} for group in held.groups]
    return said or [_("Nothing is held any more")]


def _released(number: int) -> str:
    words = ngettext(
        "%(n)d delivery is carried into the app.", "%(n)d deliveries are carried into the app.", number
    )
    return words % {"n": number}


def _kept(number: int) -> str:
    words = ngettext("%(n)d delivery was called off.", "%(n)d deliveries were called off.", number)
    return _("The app stays as it is: %s") % (words % {"n": number})
