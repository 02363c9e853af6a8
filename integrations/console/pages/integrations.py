"""The list of integrations, and a new one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from integrations import catalog, idps
from integrations.console.access import member_page
from integrations.console.forms.integrations import NewIntegrationForm
from integrations.delivery import finding
from integrations.kit.errors import Refused
from integrations.models import Integration, Membership
from integrations.roles import Action
from integrations.traffic import standing

PAGE = 100


@member_page(Action.INTEGRATION_VIEW)
def integrations(request: HttpRequest, member: Membership) -> HttpResponse:
    """Name, app, state, IdP last seen, people, deliveries, token expiry; a search narrows it as one types."""
    query = request.GET.get("q", "").strip()[:80]
    found = catalog.visible_to(member)
    has_any = bool(query) or found.exists()
    if query:
        found = found.filter(Q(name__icontains=query) | Q(app__icontains=query))
    paged = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"q": query, "has_any": has_any, "page": paged, "rows": _rows(paged.object_list)}
    return render(request, "console/integrations.html", context)


@member_page(Action.INTEGRATION_CREATE)
def integration_new(request: HttpRequest, member: Membership) -> HttpResponse:
    form = NewIntegrationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = catalog.create(member.workspace, form.facts(), by=member)
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(
                request, _("%(name)s is added. Connect your identity provider next.") % {"name": made.name}
            )
            return redirect("console:connected-services", member.workspace.slug, made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/integration_new.html", {"form": form}, status=status)


def _rows(found: Any) -> list[dict[str, Any]]:
    shown: list[Integration] = list(found)
    standings = standing.of_many(shown, finding.delivering(shown))
    return [
        {"integration": one, "standing": standings[one.pk], "idp": idps.name(standings[one.pk].idp)}
        for one in shown
    ]
