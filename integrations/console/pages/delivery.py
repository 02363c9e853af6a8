"""Settings, Delivery: whether changes reach the app, by what way, and what goes out for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from integrations import roles
from integrations.console import delivery_words, lane_words, layout, people_picked, planning_words
from integrations.console.access import integration_page
from integrations.console.forms.delivery import PersonForm
from integrations.delivery import finding
from integrations.delivery.connector import Connector, Mode
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppConnection
from integrations.delivery.turns import controls
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership
from integrations.roles import Action

BACK = {"delivery": "console:delivery", "deliveries": "console:deliveries"}


@integration_page(Action.INTEGRATION_VIEW)
def delivery(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    connection, connector = connecting.of(integration), connecting.connector_of(integration)
    context = {
        "lane": lane_words.of(integration),
        "back": "delivery",
        "may_manage": roles.may(member, Action.DELIVERY_MANAGE),
        "connection": connection,
        "connector": delivery_words.shown(connector) if connector else None,
        "secrets": _secrets(connector, connection) if connector else [],
        "plan_form": PersonForm(),
        "default_attributes": not connection.attributes,
    }
    here = layout.of_integration(member, integration, "settings", left="delivery")
    return render(request, "console/delivery.html", here | context)


@require_POST
@integration_page(Action.CONNECTOR_CHANGE)
def delivery_test(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Looks whether the app can be reached; changes nothing there."""
    try:
        findings = connecting.test(integration, by=member)
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, refused.message)
        return _to(member, integration)
    faults = sum(not one.ok for one in findings)
    if faults:
        words = ngettext("The test found %(n)d fault.", "The test found %(n)d faults.", faults)
        messages.warning(request, words % {"n": faults})
    else:
        messages.success(request, _("The connection was tested, and all is well."))
    return _to(member, integration)


@integration_page(Action.CONNECTOR_CHANGE)
def delivery_plan(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """What would be done in the app for one person; nothing is sent."""
    form = PersonForm(request.GET if "user_name" in request.GET else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        picked = people_picked.by_name(integration, form.cleaned_data["user_name"])
        context |= {"picked": picked, "others": picked.others}
        context["is_nobody"] = picked.person is None and not picked.others
        if picked.person is not None:
            context |= _planned(integration, picked.person)
    here = layout.of_integration(member, integration, "settings", left="delivery", deeper=True)
    status = 422 if form.errors else 200
    return render(request, "console/delivery_plan.html", here | context, status=status)


@integration_page(Action.CONNECTOR_CHANGE)
def delivery_on(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Says in numbers what will be sent, then switches delivery on."""
    connector = connecting.connector_of(integration)
    if connector is None:
        messages.info(request, _("Choose how changes reach the app first."))
        return redirect("console:delivery-connectors", member.workspace.slug, integration.pk)
    if request.method == "POST":
        planned = connecting.go_live(integration, by=member)
        messages.success(request, planning_words.started(planned))
        return redirect("console:deliveries", member.workspace.slug, integration.pk)
    connection = connecting.of(integration)
    context = {
        "connector": delivery_words.shown(connector),
        "is_tested": connection.tested_at is not None and all(one["ok"] for one in connection.findings),
    }
    return _confirming(request, member, integration, template="delivery_on", context=context)


@integration_page(Action.CONNECTOR_CHANGE)
def delivery_off(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Says how many deliveries are called off, then goes back to observing."""
    if request.method == "POST":
        connecting.observe(integration, by=member)
        messages.success(request, _("Delivery is off. Changes are recorded, and nothing is sent."))
        return _to(member, integration)
    number = sum(finding.counts(integration).values())
    context = {"number": number, "shown": number if number <= finding.COUNTED else f"{finding.COUNTED}+"}
    return _confirming(request, member, integration, template="delivery_off", context=context)


@integration_page(Action.CONNECTOR_CHANGE)
def delivery_replan(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Brings everybody to what is wanted now: after a change of what groups or attributes mean."""
    connector = connecting.connector_of(integration)
    if integration.mode != Integration.Mode.LIVE or connector is None or connector.mode is not Mode.STATE:
        messages.info(request, _("Delivery is not switched on here, or sends each change on its own."))
        return _to(member, integration)
    if request.method == "POST":
        messages.success(request, planning_words.on_their_way(connecting.replan(integration, by=member)))
        return redirect("console:deliveries", member.workspace.slug, integration.pk)
    return _confirming(request, member, integration, template="delivery_replan", context={})


@require_POST
@integration_page(Action.DELIVERY_MANAGE)
def delivery_pause(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    controls.pause(integration, by=member)
    messages.success(request, _("Delivery is paused. What is being carried right now is finished."))
    return _to(member, integration, request.POST.get("back", ""))


@require_POST
@integration_page(Action.DELIVERY_MANAGE)
def delivery_resume(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    controls.resume(integration, by=member)
    messages.success(request, _("Delivery goes on."))
    return _to(member, integration, request.POST.get("back", ""))


def _planned(integration: Integration, person: Any) -> dict[str, Any]:
    """The steps as components/timeline.html takes them, or why there are none."""
    try:
        steps = connecting.plan(integration, person.id)
    except Refused as refused:
        return {"problem": refused.message}
    return {
        "steps": [
            {
                "title": str(step.words),
                "icon": "arrow-out" if step.effect else "search",
                "lines": [line for line in str(step.detail).splitlines() if line],
            }
            for step in steps
        ]
    }


def _secrets(connector: type[Connector], connection: AppConnection) -> list[dict[str, Any]]:
    """Which secrets are set, when and by whom: all that is ever shown of them."""
    form = connector.settings_form()
    found = []
    for name in form.secret_fields:
        stamp = connection.secrets_set.get(name)
        at = datetime.fromisoformat(stamp["at"]) if stamp else None
        found.append({"label": form.fields[name].label, "at": at, "by": stamp["by"] if stamp else ""})
    return found


def _confirming(
    request: HttpRequest,
    member: Membership,
    integration: Integration,
    *,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    here = layout.of_integration(member, integration, "settings", left="delivery", deeper=True)
    return render(request, f"console/{template}.html", here | context)


def _to(member: Membership, integration: Integration, back: str = "delivery") -> HttpResponse:
    return redirect(BACK.get(back, BACK["delivery"]), member.workspace.slug, integration.pk)
