"""How far the making of deliveries for everybody is, and its stop."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from integrations import roles, sign_in
from integrations.console import planning_words
from integrations.console.access import integration_page
from integrations.delivery.queue import planning
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership
from integrations.roles import Action


@sign_in.asked_by_itself
@integration_page(Action.INTEGRATION_VIEW)
def deliveries_planning(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """The card alone; it replaces itself, and the whole page once it has ended."""
    shown = planning_words.of(integration)
    context = {
        "planning": shown,
        "may_manage": roles.may(member, Action.DELIVERY_MANAGE),
        "workspace": member.workspace,
        "integration": integration,
    }
    response = render(request, "console/_planning.html", context)
    if shown is None or not shown["is_running"]:
        path = reverse("console:deliveries", args=[member.workspace.slug, integration.pk])
        response["HX-Location"] = json.dumps(
            {"path": path, "target": "#main", "select": "#main", "swap": "outerMorph"}
        )
    return response


@require_POST
@integration_page(Action.DELIVERY_MANAGE)
def deliveries_planning_stop(
    request: HttpRequest, member: Membership, integration: Integration
) -> HttpResponse:
    try:
        planning.stop(integration, by=member)
        messages.success(request, _("Stopped. What is on its way already goes on."))
    except NotAllowed:
        raise
    except Refused as refused:
        messages.info(request, refused.message)
    return redirect("console:deliveries", member.workspace.slug, integration.pk)
