"""Audit log: what people of the workspace, commands and support staff did."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from integrations.audit.models import AuditEntry
from integrations.console import wording
from integrations.console.access import member_page
from integrations.kit import paging
from integrations.models import Membership
from integrations.roles import Action


@member_page(Action.AUDIT_VIEW)
def audit(request: HttpRequest, member: Membership) -> HttpResponse:
    page = paging.by_age(AuditEntry.objects.for_workspace(member.workspace), request.GET.get("cursor", ""))
    context = {
        "rows": [{"entry": entry, "text": wording.audited(entry)} for entry in page.rows],
        "older_url": f"?{urlencode({'cursor': page.older})}" if page.older else "",
        "newer_url": f"?{urlencode({'cursor': page.newer})}" if page.newer else "",
    }
    return render(request, "console/audit.html", context)
