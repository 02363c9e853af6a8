"""The Entitlements tab: the groups an identity provider pushed, and who is in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from integrations.console import layout, wording
from integrations.console.access import integration_page
from integrations.delivery.models import Change
from integrations.kit import paging
from integrations.models import Integration, Membership
from integrations.roles import Action
from scim.models import GroupMember, PendingMember, ScimGroup, ScimUser

SHOWN_CHANGES = 50
SHOWN_PENDING = 50


@integration_page(Action.INTEGRATION_VIEW)
def entitlements(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:200]
    page = paging.by_age(_found(integration, query), request.GET.get("cursor", ""))
    context = {
        "q": query,
        "rows": _with_members(page.rows),
        "older_url": f"?{urlencode({'q': query, 'cursor': page.older})}" if page.older else "",
        "newer_url": f"?{urlencode({'q': query, 'cursor': page.newer})}" if page.newer else "",
    }
    here = layout.of_integration(member, integration, "entitlements")
    return render(request, "console/entitlements.html", here | context)


@integration_page(Action.INTEGRATION_VIEW)
def entitlement(
    request: HttpRequest, member: Membership, integration: Integration, *, group_id: UUID
) -> HttpResponse:
    """One group: its people, whom it still waits for, and its changes."""
    group = ScimGroup.objects.for_integration(integration).filter(pk=group_id).first()
    if group is None:
        raise Http404
    people = ScimUser.objects.for_integration(integration).present().filter(memberships__group=group)
    page = paging.by_age(people, request.GET.get("cursor", ""))
    changes = (
        Change.objects.for_integration(integration).filter(resource_id=group.pk).order_by("-version", "-pk")
    )
    context = {
        "group": group,
        "people": page.rows,
        "older_url": f"?{urlencode({'cursor': page.older})}" if page.older else "",
        "newer_url": f"?{urlencode({'cursor': page.newer})}" if page.newer else "",
        "pending": PendingMember.objects.for_integration(integration).filter(group=group)[:SHOWN_PENDING],
        "steps": [wording.step(change) for change in changes[:SHOWN_CHANGES]],
    }
    here = layout.of_integration(member, integration, "entitlements", deeper=True)
    return render(request, "console/entitlement.html", here | context)


def _found(integration: Integration, query: str) -> QuerySet[ScimGroup]:
    groups = ScimGroup.objects.for_integration(integration).present()
    return groups.filter(display_name_key__contains=query.casefold()) if query else groups


def _with_members(rows: list[ScimGroup]) -> list[dict[str, Any]]:
    counted = (
        GroupMember.objects.filter(group__in=rows, user__deleted_at=None)  # all-tenants: of the groups shown
        .values("group")
        .annotate(number=Count("pk"))
        .values_list("group", "number")
    )
    numbers = dict(counted)
    return [{"group": row, "members": numbers.get(row.pk, 0)} for row in rows]
