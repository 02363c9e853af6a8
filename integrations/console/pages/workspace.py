"""Workspace settings, and the API keys of the workspace."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import api_keys, workspaces
from integrations.console.access import member_page
from integrations.console.forms.members import WorkspaceForm
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import ApiKey, Membership
from integrations.roles import Action

BADGES = {"unused": "info", "active": "ok", "expired": "", "revoked": ""}


@member_page(Action.WORKSPACE_CHANGE)
def workspace(request: HttpRequest, member: Membership) -> HttpResponse:
    current = member.workspace
    form = WorkspaceForm(request.POST or None, initial=_kept(member))
    if request.method == "POST" and form.is_valid():
        try:
            workspaces.change(current, **form.cleaned_data, by=member)
        except NotAllowed:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("console:workspace", current.slug)
    status = 422 if request.method == "POST" else 200
    shown = context(member) | {"workspace_form": form}
    return render(request, "console/workspace.html", shown, status=status)


def context(member: Membership) -> dict[str, Any]:
    """All that the page shows; the dialogs of API keys lie over it."""
    now = timezone.now()
    return {
        "workspace_form": WorkspaceForm(initial=_kept(member)),
        "api_keys": [_row(key, now) for key in api_keys.listed(member.workspace)],
    }


def _kept(member: Membership) -> dict[str, Any]:
    return {"name": member.workspace.name, "admins_limited": member.workspace.admins_limited}


def _row(key: ApiKey, now: datetime) -> dict[str, Any]:
    return {
        "key": key,
        "state": key.state(now).label,
        "badge": BADGES[key.state(now)],
        "ends_at": key.revoked_at or key.expires_at,
        "is_live": key.is_live(now),
    }
