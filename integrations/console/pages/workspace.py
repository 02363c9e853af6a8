"""Workspace settings."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from integrations import workspaces
from integrations.console.access import member_page
from integrations.console.forms.members import WorkspaceForm
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Membership
from integrations.roles import Action


@member_page(Action.WORKSPACE_CHANGE)
def workspace(request: HttpRequest, member: Membership) -> HttpResponse:
    current = member.workspace
    initial = {"name": current.name, "admins_limited": current.admins_limited}
    form = WorkspaceForm(request.POST or None, initial=initial)
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
    return render(request, "console/workspace.html", {"form": form}, status=status)
