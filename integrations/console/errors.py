"""Answers that are no page: refused, not there, out of date."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from integrations.kit import context
from integrations.kit.errors import NotAllowed
from integrations.models import Membership, Role

SHOWN_HOLDERS = 5


def not_allowed(request: HttpRequest, member: Membership, refused: NotAllowed) -> HttpResponse:
    """403: which role it takes, and who holds it."""
    owners = Membership.objects.for_workspace(member.workspace).filter(role=Role.OWNER).select_related("user")
    emails = [owner.user.email for owner in owners.order_by("created_at", "pk")[:SHOWN_HOLDERS]]
    holders = _("Ask an Owner: %(emails)s.") % {"emails": ", ".join(emails)}
    return render(request, "errors/403.html", {"text": f"{refused.message} {holders}"}, status=403)


def out_of_date(request: HttpRequest, **_reason: str) -> HttpResponse:
    """CSRF_FAILURE_VIEW: a form sent after its session ended, or from elsewhere; nothing was changed.

    A fragment loads its page anew, with a form that is up to date.
    """
    if getattr(request, "htmx", False):
        messages.warning(request, _("This page was out of date, so nothing was changed. Try again."))
        response = HttpResponseClientRefresh()
        response.status_code = 403
        return response
    return render(request, "403_csrf.html", {"reference": context.current.get().trace_id}, status=403)
