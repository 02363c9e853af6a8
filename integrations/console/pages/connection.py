"""The live card: waiting for the first request, then connected, without a reload."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from integrations import idps, sign_in, tokens
from integrations.console import tags
from integrations.console.access import integration_page
from integrations.guides.registry import GUIDES
from integrations.models import GatewayToken, Integration, Membership
from integrations.roles import Action
from integrations.traffic.models import Contact

# Asked often at first, then rarely, then no more: a page left open overnight costs nothing.
EAGER = timedelta(minutes=5)
PATIENT = timedelta(minutes=30)


@sign_in.asked_by_itself
@integration_page(Action.INTEGRATION_VIEW)
def connection(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """The card alone; it replaces itself, and the whole page when what it waited for has come."""
    here = {"workspace": member.workspace.slug, "integration_id": integration.pk}
    guide = request.GET.get("guide", "")
    guide = guide if guide in GUIDES else ""
    shown = card(integration, here, guide=guide)
    response = render(request, "components/connection.html", shown)
    if shown.get("state") == "ok" and "poll_url" not in shown:
        response["HX-Location"] = json.dumps(
            {"path": _page(here, guide), "target": "#main", "select": "#main", "swap": "outerMorph"}
        )
    return response


def card(integration: Integration, here: dict[str, Any], *, guide: str = "") -> dict[str, Any]:
    """The parameters of components/connection.html; {} while there is nothing to wait for. `guide`: on whose
    page it stands, if not on Connected services."""
    contact = Contact.objects.for_integration(integration).first()
    live = tokens.live(integration)
    connected = contact is not None and contact.first_accepted_at is not None
    if not live and not connected:
        return {}
    newest = live[-1] if live else None
    awaited = newest is not None and newest.first_used_at is None
    if contact and connected:
        shown = _connected(contact, newest, here, chosen_idp=integration.idp)
    else:
        shown = _waiting(_page(here, guide))
    return shown | (_poll(here, newest.created_at, guide) if awaited and newest else {})


def _page(here: dict[str, Any], guide: str) -> str:
    if guide:
        return reverse("console:setup", kwargs={**here, "idp": guide})
    return reverse("console:connected-services", kwargs=here)


def _waiting(page: str) -> dict[str, Any]:
    return {
        "state": "wait",
        "title": _("Waiting for the first request…"),
        "text": _(
            "Paste the URL and the token into your identity provider and test the connection. "
            "This updates by itself."
        ),
        "link_url": page,
        "link_text": _("Check now"),
    }


def _connected(
    contact: Contact, newest: GatewayToken | None, here: dict[str, Any], *, chosen_idp: str
) -> dict[str, Any]:
    name = idps.name(chosen_idp or contact.idp) or _("identity provider not recognised yet")
    first, last = tags.ago(contact.first_accepted_at), tags.ago(contact.last_accepted_at)
    text = format_html(_("First request {}: {}. Last request {}."), first, contact.first_request, last)
    if newest is None:
        text = format_html("{} {}", text, _("No token works now, so nothing more arrives."))
    elif newest.first_used_at is None:
        text = format_html("{} {}", text, _("The new token has not been used yet."))
    elif newest.replaces_id:
        text = format_html(
            _("{} The new token has been in use since {}."), text, tags.ago(newest.first_used_at)
        )
    return {
        "state": "ok" if newest else "idle",
        "title": _("Connected (%(idp)s)") % {"idp": name},
        "text": text,
        "link_url": reverse("console:activity", kwargs=here),
        "link_text": _("View activity"),
    }


def _poll(here: dict[str, Any], since: datetime, guide: str) -> dict[str, str]:
    age = timezone.now() - since
    if age > PATIENT:
        return {}
    every = "3s" if age < EAGER else "15s"
    query = f"?guide={guide}" if guide else ""
    return {"poll_url": reverse("console:connection", kwargs=here) + query, "poll_every": every}
