"""Replay: the changes since a moment are delivered once more."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from integrations.console import layout
from integrations.console.access import integration_page
from integrations.console.forms.deliveries import ReplayForm, SinceForm
from integrations.delivery.turns import controls
from integrations.delivery.turns.controls import Replay
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership
from integrations.roles import Action


@integration_page(Action.DELIVERY_MANAGE)
def deliveries_replay(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Asks since when, says how many changes that are, and repeats 500 at a time."""
    form = SinceForm(request.GET if "since" in request.GET else None)
    asked: Replay | None = None
    if request.method == "POST":
        sent = ReplayForm(request.POST)
        if not sent.is_valid():
            return redirect("console:deliveries-replay", member.workspace.slug, integration.pk)
        try:
            number, asked = controls.replay(integration, sent.asked(), by=member)
        except NotAllowed:
            raise
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("console:deliveries", member.workspace.slug, integration.pk)
        messages.success(request, _made(number))
        if asked is None:
            return redirect("console:deliveries", member.workspace.slug, integration.pk)
        form = SinceForm({"since": asked.since.isoformat()})
    elif form.is_valid():
        asked = Replay(form.cleaned_data["since"], timezone.now())
    return _page(request, member, integration, context={"form": form, "asked": asked})


def _page(
    request: HttpRequest, member: Membership, integration: Integration, *, context: dict[str, Any]
) -> HttpResponse:
    asked: Replay | None = context["asked"]
    if asked is not None:
        number = asked.rows(integration).count()
        context |= {"number": number, "at_once": min(number, controls.CHUNK), "fields": _fields(asked)}
        context["is_more"] = asked.after is not None
    here = layout.of_integration(member, integration, "deliveries", deeper=True)
    status = 422 if context["form"].is_bound and not context["form"].is_valid() else 200
    return render(request, "console/deliveries_replay.html", here | context, status=status)


def _fields(asked: Replay) -> dict[str, str]:
    """The window as hidden fields carry it, to the microsecond."""
    fields = {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    if asked.after:
        fields |= {"after_at": asked.after[0].isoformat(), "after_id": str(asked.after[1])}
    return fields


def _made(number: int) -> str:
    words = ngettext("%(n)d delivery was made.", "%(n)d deliveries were made.", number)
    return words % {"n": number}
