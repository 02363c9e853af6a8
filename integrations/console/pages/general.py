"""Settings, General: what people may set of an integration, and how it is retired."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from integrations import catalog, roles
from integrations.console import layout
from integrations.console.access import integration_page
from integrations.console.forms.integrations import ConfirmForm, IntegrationForm
from integrations.kit.errors import Refused
from integrations.models import Integration, Membership
from integrations.roles import Action


@integration_page(Action.INTEGRATION_VIEW)
def settings(_request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """The details page and its Settings tab open with General."""
    return redirect("console:general", member.workspace.slug, integration.pk)


@integration_page(Action.INTEGRATION_VIEW)
def general(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    form = IntegrationForm(request.POST or None, initial=IntegrationForm.values_of(integration))
    if request.method == "POST" and form.is_valid():
        try:
            catalog.change(integration, form.facts(), by=member)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("console:general", member.workspace.slug, integration.pk)
    context = layout.of_integration(member, integration, "settings", left="general")
    may_archive = roles.may(member, Action.INTEGRATION_ARCHIVE)
    return render(
        request,
        "console/general.html",
        context | {"form": form, "may_archive": may_archive},
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@integration_page(Action.INTEGRATION_ARCHIVE)
def archive(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    catalog.archive(integration, by=member)
    messages.success(
        request, _("%(name)s is archived. SCIM requests are answered 403.") % {"name": integration.name}
    )
    return redirect("console:general", member.workspace.slug, integration.pk)


@require_POST
@integration_page(Action.INTEGRATION_ARCHIVE)
def restore(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    catalog.restore(integration, by=member)
    messages.success(request, _("%(name)s is restored.") % {"name": integration.name})
    return redirect("console:general", member.workspace.slug, integration.pk)


@integration_page(Action.INTEGRATION_ARCHIVE)
def delete(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    form = ConfirmForm(integration.name, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            catalog.delete(integration, by=member)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("%(name)s is deleted.") % {"name": integration.name})
            return redirect("console:integrations", member.workspace.slug)
    context = layout.of_integration(member, integration, "settings", left="general", deeper=True)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/integration_delete.html", context | {"form": form}, status=status)
