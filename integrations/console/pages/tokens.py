"""The dialogs of gateway tokens: generate, replace, revoke. Each is a page of its own without scripts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from integrations import idps, sign_in, tokens
from integrations.console import dialogs
from integrations.console.access import integration_page
from integrations.console.forms.integrations import ConfirmForm
from integrations.console.forms.tokens import GenerateTokenForm, NewTokenForm
from integrations.console.pages import connected_services
from integrations.kit.errors import Refused
from integrations.models import GatewayToken, Integration, Membership
from integrations.roles import Action
from integrations.tokens import Issued

RETURN_TO = "token-menu-button"
NOT_MADE = gettext_lazy("No token was made")


@require_POST
@integration_page(Action.TOKEN_MANAGE)
def token_generate(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    form = GenerateTokenForm(request.POST)
    terms = form.terms() if form.is_valid() else None
    make = partial(tokens.issue, integration, by=member, terms=terms)
    return _shown_if_made(request, member, integration, make=make)


@integration_page(Action.TOKEN_MANAGE)
def token_new(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """New token: what will happen, how long the old one keeps working."""
    context = _context(request, member, integration)
    form = NewTokenForm(context["standing"].idp, request.POST or None)
    if request.method == "POST" and form.is_valid():
        make = partial(
            tokens.rotate, integration, by=member, overlap=form.chosen_overlap(), terms=form.terms()
        )
        return _shown_if_made(request, member, integration, make=make)
    if len(context["live"]) != 1:
        return dialogs.refuse(request, context, heading=NOT_MADE, text=_nothing_to_replace(context["live"]))
    more = {"form": form, "old": context["live"][0], "post_url": request.path}
    status = 422 if request.method == "POST" else 200
    return dialogs.show(request, "console/_token_new.html", context | more, status=status)


@integration_page(Action.TOKEN_MANAGE)
def token_revoke(
    request: HttpRequest, member: Membership, integration: Integration, *, token_id: UUID
) -> HttpResponse:
    """Revoke token: what stops, and the integration's name to type."""
    token = _find(integration, token_id)
    form = ConfirmForm(integration.name, request.POST or None)
    context = _context(request, member, integration)
    if not token.is_live(timezone.now()):
        text = _("%(token)s stopped already: its requests are refused.") % {"token": token.shown_name}
        return dialogs.refuse(request, context, heading=_("Nothing to revoke"), text=text)
    if request.method == "POST" and form.is_valid():
        tokens.revoke(token, by=member)
        messages.success(
            request, _("%(token)s is revoked. Its next request is refused.") % {"token": token.shown_name}
        )
        return dialogs.go(request, context["here_url"])
    more = {"form": form, "token": token, "idp": idps.name(token.last_used_idp), "post_url": request.path}
    more |= {"is_last": len(context["live"]) == 1}
    status = 422 if request.method == "POST" else 200
    return dialogs.show(request, "console/_token_revoke.html", context | more, status=status)


def _context(request: HttpRequest, member: Membership, integration: Integration) -> dict[str, Any]:
    """The page behind the dialog, and the way back to it."""
    context = connected_services.context(request, member, integration)
    behind = {"page_template": "console/connected_services.html", "leave_url": context["here_url"]}
    return context | behind | {"return_to": RETURN_TO}


def _shown_if_made(
    request: HttpRequest, member: Membership, integration: Integration, *, make: Callable[[], Issued]
) -> HttpResponse:
    """The token that `make` makes, or why it made none.

    A sign-in older than ten minutes is confirmed first: nothing was made then, and nothing is sent again.
    """
    if not sign_in.is_fresh(request):
        here = reverse("console:connected-services", args=[member.workspace.slug, integration.pk])
        return dialogs.confirm_first(request, here)
    try:
        issued = make()
    except Refused as refused:
        context = _context(request, member, integration)
        return dialogs.refuse(request, context, heading=NOT_MADE, text=refused.message)
    return _shown_once(request, member, integration, issued=issued)


def _shown_once(
    request: HttpRequest, member: Membership, integration: Integration, *, issued: Issued
) -> HttpResponse:
    """The answer to the POST that made it is the only place where a token is ever shown."""
    context = _context(request, member, integration)
    old = issued.token.replaces
    if old is not None:
        old.refresh_from_db()
    more = {"issued": issued, "old": old, "old_ends_at": old.ends_at(timezone.now()) if old else None}
    return dialogs.show(request, "console/_token_shown.html", context | more)


def _nothing_to_replace(live: list[GatewayToken]) -> str:
    if live:
        return _("Two tokens work already: one is being replaced by the other. Revoke one first.")
    return _("No token works now, so there is none to replace. Use Generate token.")


def _find(integration: Integration, token_id: UUID) -> GatewayToken:
    rows = GatewayToken.objects.for_integration(integration).select_related("integration", "replaces")
    found = rows.filter(pk=token_id).first()
    if found is None:
        raise Http404
    return found
