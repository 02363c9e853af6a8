"""Settings, Delivery: which connector, and its settings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from integrations import sign_in
from integrations.console import delivery_words, layout
from integrations.console.access import integration_page
from integrations.console.forms import delivery as forms
from integrations.delivery import registry
from integrations.delivery.connector import SettingsForm
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppConnection
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership
from integrations.roles import Action


@integration_page(Action.CONNECTOR_CHANGE)
def delivery_connectors(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Every way that is installed, with what each can do."""
    found = [registry.loaded(kind) for kind in registry.kinds()]
    context = {
        "connectors": [
            {**delivery_words.shown(one), "is_current": one.kind == integration.connector}
            for one in found
            if one is not None
        ]
    }
    return _render(request, member, integration, template="delivery_connectors", context=context)


@integration_page(Action.CONNECTOR_CHANGE)
def delivery_connector(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """The settings of one way. Secrets go in and never come out again."""
    kind = request.GET.get("kind") or integration.connector
    connector = registry.loaded(kind) if kind in registry.kinds() else None
    if connector is None:
        if kind:
            raise Http404
        return redirect("console:delivery-connectors", member.workspace.slug, integration.pk)
    connection = connecting.of(integration)
    data = request.POST if request.method == "POST" else None
    form = forms.settings_form(connector, connection, is_current=kind == integration.connector, data=data)
    if request.method == "POST" and form.is_valid():
        done = _saved(request, member, connection, form=form, kind=kind)
        if done is not None:
            return done
    shown = delivery_words.shown(connector)
    context = {"form": form, "connector": shown, "is_new": kind != integration.connector}
    return _render(request, member, integration, template="delivery_connector", context=context)


def _saved(
    request: HttpRequest, member: Membership, connection: AppConnection, *, form: SettingsForm, kind: str
) -> HttpResponse | None:
    """Saves what was typed; None where the form has to be shown again, with what is wrong.

    A sign-in older than ten minutes is confirmed first where secrets are entered, or where those that are set
    would go by other settings: nothing was saved then.
    """
    integration = connection.integration
    values, entered = forms.values_of(form)
    kept = connection.secrets_set if kind == integration.connector else {}
    made = connecting.made(type(form), entered, kept)
    if (entered or made or kept) and not sign_in.is_fresh(request):
        text = _("Nothing was saved yet. Confirm that it is you, then enter it again.")
        messages.info(request, text)
        return redirect(sign_in.confirm_url(request.get_full_path()))
    try:
        connecting.change(integration, kind, values, secrets=entered | made, by=member)
    except NotAllowed:
        raise
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        return None
    if made:
        once = [{"id": name, "label": form.fields[name].label, "value": text} for name, text in made.items()]
        return _render(request, member, integration, template="delivery_secret", context={"made": once})
    messages.success(request, _("The settings are saved. Test the connection next."))
    return redirect("console:delivery", member.workspace.slug, integration.pk)


def _render(
    request: HttpRequest,
    member: Membership,
    integration: Integration,
    *,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    here = layout.of_integration(member, integration, "settings", left="delivery", deeper=True)
    status = 422 if "form" in context and context["form"].errors else 200
    return render(request, f"console/{template}.html", here | context, status=status)
