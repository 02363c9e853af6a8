"""Settings, Mapping: the attributes that an integration has beyond the standard's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from integrations import catalog
from integrations.console import layout
from integrations.console.access import integration_page
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership
from integrations.roles import Action
from scim.console import extra_attributes
from scim.console.extra_form import TYPES, ExtraAttributeForm
from scim.core.errors import InvalidValue
from scim.core.schemas import extra


@integration_page(Action.INTEGRATION_VIEW)
def mapping(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """The attributes, one more to add, and what was set aside lately."""
    initial = {"schema": extra_attributes.own_urn(integration)}
    form = ExtraAttributeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        urn, attribute = form.cleaned_data["schema"], form.attribute()
        fault = _keep(integration, extra_attributes.with_attribute(integration, urn, attribute), by=member)
        if not fault:
            messages.success(request, _kept(attribute["name"]))
            return _back(member, integration)
        form.add_error(None, fault)
    context = layout.of_integration(member, integration, "settings", left="mapping")
    context |= {
        "form": form,
        "rows": [_row(row) for row in extra_attributes.rows(integration)],
        "set_aside": [_aside(each) for each in extra_attributes.set_aside(integration)],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "console/mapping.html", context, status=status)


@require_POST
@integration_page(Action.INTEGRATION_CHANGE)
def mapping_keep(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Takes an attribute in that was set aside lately, as it was sent."""
    wanted = request.POST.get("name", "")
    found = next((each for each in extra_attributes.set_aside(integration) if each["name"] == wanted), None)
    if found is None or not found["schema"]:
        messages.info(request, _("This attribute is not among those set aside any more."))
        return _back(member, integration)
    attribute = {"name": found["attribute"], "type": found["type"], "multiValued": found["many"]}
    definitions = extra_attributes.with_attribute(integration, found["schema"], attribute)
    fault = _keep(integration, definitions, by=member)
    if fault:
        messages.error(request, fault)
    else:
        messages.success(request, _kept(found["attribute"]))
    return _back(member, integration)


@integration_page(Action.INTEGRATION_CHANGE)
def mapping_remove(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Asks first; people keep what they have until it is sent again."""
    urn, name = request.GET.get("schema", ""), request.GET.get("name", "")
    rows = extra_attributes.rows(integration)
    if not any(row["schema"] == urn and row["name"] == name for row in rows):
        messages.info(request, _("This attribute is not kept any more."))
        return _back(member, integration)
    if request.method == "POST":
        definitions = extra_attributes.without_attribute(integration, urn, name)
        fault = _keep(integration, definitions, by=member)
        if fault:
            messages.error(request, fault)
        else:
            messages.success(request, _("%(name)s is set aside from now on.") % {"name": name})
        return _back(member, integration)
    context = layout.of_integration(member, integration, "settings", left="mapping", deeper=True)
    return render(request, "console/mapping_remove.html", context | {"name": name, "schema": urn})


def _row(row: dict[str, Any]) -> dict[str, Any]:
    query = urlencode({"schema": row["schema"], "name": row["name"]})
    return row | {"words": TYPES[row["type"]], "query": query}


def _aside(each: dict[str, Any]) -> dict[str, Any]:
    return each | {"words": TYPES.get(each["type"], ""), "seen_at": datetime.fromisoformat(each["at"])}


def _keep(integration: Integration, definitions: list[dict[str, Any]], *, by: Membership) -> str:
    """Sets the definitions; returns why not, in a sentence, or ""."""
    try:
        extra.read(definitions)
        catalog.set_extra_schemas(integration, definitions, by=by)
    except InvalidValue as fault:
        return fault.detail
    except NotAllowed:
        raise
    except Refused as refused:
        return refused.message
    return ""


def _kept(name: str) -> str:
    return _("%(name)s is kept from now on. People have it after the identity provider sends it again.") % {
        "name": name
    }


def _back(member: Membership, integration: Integration) -> HttpResponse:
    return redirect("people:mapping", member.workspace.slug, integration.pk)
