"""Settings, Delivery: what groups and attributes mean in the app, and what leaving means."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from integrations.console import layout, people_picked
from integrations.console.access import integration_page
from integrations.console.forms.delivery import PoliciesForm, RoleChoiceForm
from integrations.console.forms.pairs import Pairs
from integrations.console.people_picked import Picked
from integrations.delivery.errands import connecting
from integrations.delivery.models import AppConnection
from integrations.delivery.wishes import faults, mapping, wanted
from integrations.models import Integration, Membership
from integrations.roles import Action

# So many groups are offered, and looked at for a rule that names none.
KNOWN_GROUPS = 500


@integration_page(Action.CONNECTOR_CHANGE)
def delivery_roles(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Rules from the name of a group to a role, in order."""
    connection = connecting.of(integration)
    kept = {"role_choice": connection.role_choice, "default_role": connection.default_role}
    form = RoleChoiceForm(request.POST or None, initial=kept)
    pairs = Pairs.of((rule["group"], rule["value"]) for rule in connection.roles)
    if request.method == "POST":
        pairs = Pairs.read(request.POST)
        if command := request.POST.get("row", ""):
            pairs.obey(command)
        elif form.is_valid() and pairs.check(faults.of_rules):
            names = {rule["value"]: rule.get("name") for rule in connection.roles}
            rules = [_rule(row.left, row.right, names) for row in pairs.filled]
            return _save(request, member, integration, values={**form.cleaned_data, "roles": rules})
    groups = list(itertools.islice(wanted.source().groups(integration.pk), KNOWN_GROUPS))
    context = {
        "form": form,
        "rows": pairs.shown(),
        "groups": sorted(group.name for group in groups),
        "strange": _strange(pairs, [group.name for group in groups]),
    }
    return _render(request, member, integration, template="delivery_roles", context=context)


@integration_page(Action.CONNECTOR_CHANGE)
def delivery_attributes(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Which attribute of a person fills which of the account, with what a real person has there."""
    connection = connecting.of(integration)
    pairs = Pairs.of((connection.attributes or dict(mapping.USUAL)).items())
    if request.method == "POST":
        pairs, command = Pairs.read(request.POST), request.POST.get("row", "")
        if command == "usual":
            pairs = Pairs.of(mapping.USUAL.items())
        elif command:
            pairs.obey(command)
        elif pairs.check(faults.of_attributes):
            chosen = {row.left: row.right for row in pairs.filled}
            usual = {} if chosen == dict(mapping.USUAL) else chosen
            return _save(request, member, integration, values={"attributes": usual})
    picked = _whose(request, integration)
    data = picked.person.data if picked.person else {}
    context = {
        "rows": pairs.shown({row.right: _value(data, row.right) for row in pairs.filled}),
        "picked": picked,
        "user_name": request.POST.get("user_name", request.GET.get("user_name", "")),
        "paths": list(dict.fromkeys([*mapping.USUAL.values(), *mapping.paths(data)])),
    }
    return _render(request, member, integration, template="delivery_attributes", context=context)


@integration_page(Action.CONNECTOR_CHANGE)
def delivery_policies(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """What leaving means, and how many people are worked on side by side."""
    connection, connector = connecting.of(integration), connecting.connector_of(integration)
    widest = connector.limits.width if connector else AppConnection._meta.get_field("width").default
    form = PoliciesForm(widest, request.POST or None, initial=_policies(connection, widest))
    if request.method == "POST" and form.is_valid():
        return _save(request, member, integration, values=form.cleaned_data)
    return _render(request, member, integration, template="delivery_policies", context={"form": form})


def _policies(connection: AppConnection, widest: int) -> dict[str, Any]:
    found = PoliciesForm.values_of(connection)
    return found | {"width": min(connection.width, widest)}


def _rule(group: str, value: str, names: Mapping[str, str | None]) -> dict[str, str]:
    return {"group": group, "value": value, "name": names.get(value) or value}


def _strange(pairs: Pairs, names: list[str]) -> list[str]:
    """Groups of rules that have not come yet, as far as all groups are known here."""
    if len(names) >= KNOWN_GROUPS:
        return []
    known = {name.casefold() for name in names}
    return [row.left for row in pairs.filled if row.left and row.left.casefold() not in known]


def _whose(request: HttpRequest, integration: Integration) -> Picked:
    name = request.POST.get("user_name", request.GET.get("user_name", "")).replace("\0", "").strip()[:512]
    return people_picked.by_name(integration, name) if name else people_picked.anybody(integration)


def _value(data: dict[str, Any], path: str) -> str:
    found = mapping.value(data, path) if data else None
    return "" if found is None else str(found)


def _save(
    request: HttpRequest, member: Membership, integration: Integration, *, values: dict[str, Any]
) -> HttpResponse:
    connecting.set_meaning(integration, values, by=member)
    messages.success(request, _("The changes are saved. They hold for what is delivered from now on."))
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
    has_errors = request.method == "POST" and "row" not in request.POST
    return render(request, f"console/{template}.html", here | context, status=422 if has_errors else 200)
