"""Settings, Connected services: the SCIM Gateway with its tokens, the live connection, the shortcut."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from integrations import addresses, idps, tokens
from integrations.console import layout
from integrations.console.access import integration_page, member_page
from integrations.console.forms.tokens import GenerateTokenForm
from integrations.console.pages import connection, setup
from integrations.models import GatewayToken, Integration, Membership
from integrations.roles import Action

SHOWN_ENDED = 5


@integration_page(Action.INTEGRATION_VIEW)
def connected_services(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    return render(request, "console/connected_services.html", context(request, member, integration))


@member_page(Action.INTEGRATION_VIEW)
def help_reach(request: HttpRequest, _member: Membership) -> HttpResponse:
    """How an identity provider in the cloud comes to reach this installation."""
    return render(request, "console/help_reach.html", {"base": addresses.base(request)})


def context(request: HttpRequest, member: Membership, integration: Integration) -> dict[str, Any]:
    """All that the page shows; the token dialogs lie over it."""
    now = timezone.now()
    live = tokens.live(integration, now)
    here = {"workspace": member.workspace.slug, "integration_id": integration.pk}
    scim_url = addresses.scim_gateway_url(integration, request)
    return {
        **layout.of_integration(member, integration, "settings", left="connected-services"),
        "here_url": reverse("console:connected-services", kwargs=here),
        "scim_url": scim_url,
        "unreachable": addresses.unreachable_reason(scim_url),
        "bookmark_url": addresses.bookmark_url(integration, request),
        "live": live,
        "tokens": _rows(integration, live),
        "menu_items": _menu(here, live),
        "generate_form": GenerateTokenForm(),
        "card": connection.card(integration, here),
        "picker": setup.picker(here),
    }


def _rows(integration: Integration, live: list[GatewayToken]) -> list[dict[str, Any]]:
    """The tokens that work, then the latest that ended."""
    now = timezone.now()
    ended = GatewayToken.objects.for_integration(integration).exclude(pk__in=[token.pk for token in live])
    shown = [*reversed(live), *ended.order_by("-created_at", "-pk")[:SHOWN_ENDED]]
    badges = {"active": "ok", "retiring": "warn", "unused": "info", "expired": "", "revoked": ""}
    return [
        {
            "token": token,
            "state": token.state(now).label,
            "badge": badges[token.state(now)],
            "ends_at": token.ends_at(now),
            "idp": idps.name(token.last_used_idp),
        }
        for token in shown
    ]


def _menu(here: dict[str, Any], live: list[GatewayToken]) -> list[dict[str, Any]]:
    """The More options menu; each token that works can be revoked by its name."""
    new = {"label": layout.GENERATE_NEW, "url": reverse("console:token-new", kwargs=here), "icon": "refresh"}
    items: list[dict[str, Any]] = [new | {"opens_dialog": True}]
    for token in live:
        url = reverse("console:token-revoke", kwargs={**here, "token_id": token.pk})
        label = f"{layout.REVOKE} {token.shown_name}" if len(live) > 1 else layout.REVOKE
        items.append({"label": label, "url": url, "icon": "ban", "danger": True, "opens_dialog": True})
    return items
