"""Audit log: what people and API keys of the workspace, commands and support staff did."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from integrations.audit.models import AuditEntry
from integrations.console import audit_sentences
from integrations.console.access import member_page
from integrations.kit import paging
from integrations.models import Membership
from integrations.roles import Action


@member_page(Action.AUDIT_VIEW)
def audit(request: HttpRequest, member: Membership) -> HttpResponse:
    entries = AuditEntry.objects.for_workspace(member.workspace).select_related("integration")
    page = paging.by_age(entries, request.GET.get("cursor", ""))
    context = {
        "rows": [
            {"entry": entry, "told": audit_sentences.told(entry), "details": audit_sentences.details(entry)}
            for entry in page.rows
        ],
        "older_url": f"?{urlencode({'cursor': page.older})}" if page.older else "",
        "newer_url": f"?{urlencode({'cursor': page.newer})}" if page.newer else "",
    }
    return render(request, "console/audit.html", context)
