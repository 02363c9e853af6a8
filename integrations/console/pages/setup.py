"""Settings, Connected services, how an identity provider is set up: its steps, with the values filled in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from integrations import addresses, idps, tokens
from integrations.console import layout
from integrations.console.access import integration_page
from integrations.console.pages import connection
from integrations.guides.guide import Paste, Step
from integrations.guides.registry import GUIDES
from integrations.models import Integration, Membership
from integrations.roles import Action


@integration_page(Action.INTEGRATION_VIEW)
def setup(request: HttpRequest, member: Membership, integration: Integration, *, idp: str) -> HttpResponse:
    guide = GUIDES.get(idp)
    if guide is None:
        raise Http404
    here = {"workspace": member.workspace.slug, "integration_id": integration.pk}
    live = tokens.live(integration)
    newest = live[-1] if live else None
    pasted = {
        Paste.SCIM_URL: addresses.scim_gateway_url(integration, request),
        Paste.BOOKMARK_URL: addresses.bookmark_url(integration, request),
        Paste.APP: integration.app,
    }
    shown = {
        **layout.of_integration(member, integration, "settings", left="connected-services", deeper=True),
        "guide": guide,
        "name": idps.get(idp).name,
        "picker": picker(here, idp),
        "steps": _steps("step", guide.steps, pasted, is_connected=bool(newest and newest.first_used_at)),
        "tile": _steps("tile", guide.tile, pasted),
        "source": guide.source.warning,
        "tile_source": guide.tile_source.warning,
        "token": newest,
        "card": connection.card(integration, here, guide=idp),
    }
    return render(request, "console/setup.html", shown)


def picker(here: dict[str, Any], chosen: str = "") -> list[dict[str, Any]]:
    """Every provider that there is a guide for; a link each."""
    return [
        {
            "url": reverse("console:setup", kwargs={**here, "idp": idp}),
            "label": idps.get(idp).name,
            "is_current": idp == chosen,
        }
        for idp in GUIDES
    ]


def _steps(
    kind: str, steps: Sequence[Step], pasted: dict[Paste, str], *, is_connected: bool = False
) -> list[dict[str, Any]]:
    """The steps as components/steps.html takes them. Of one alone it is known whether it was done: the token
    was entered if it has been used."""
    return [
        {
            "title": step.title,
            "where": step.where,
            "text": step.text,
            "then": step.then,
            "settings": _settings(f"{kind}-{number}", step, pasted),
            "is_done": is_connected and any(field.value is Paste.TOKEN for field in step.fields),
        }
        for number, step in enumerate(steps, 1)
    ]


def _settings(key: str, step: Step, pasted: dict[Paste, str]) -> list[dict[str, Any]]:
    """What a step sets, in the provider's order: a text to copy, the token, or values that stand there."""
    shown: list[dict[str, Any]] = []
    for number, field in enumerate(step.fields):
        if field.value is Paste.TOKEN:
            shown.append({"kind": "token", "label": field.label})
        elif isinstance(field.value, Paste):
            copied = pasted[field.value]
            shown.append({"kind": "copied", "id": f"{key}-{number}", "label": field.label, "value": copied})
        elif shown and shown[-1]["kind"] == "set":
            shown[-1]["pairs"].append((field.label, field.value))
        else:
            shown.append({"kind": "set", "pairs": [(field.label, field.value)]})
    if step.code:
        label, text = step.code
        lines = len(text.splitlines())
        shown.append({"kind": "copied", "id": f"{key}-code", "label": label, "value": text, "lines": lines})
    return shown
