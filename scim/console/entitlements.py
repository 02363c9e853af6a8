"""The Entitlements tab: the groups an identity provider pushed, and who is in them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Func, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from integrations import addresses
from integrations.console import asked, layout
from integrations.console.access import integration_page
from integrations.kit import paging
from integrations.models import Integration, Membership
from integrations.roles import Action
from scim.console import attributes, finding, history
from scim.models import GroupMember, PendingMember, ScimGroup, ScimUser
from scim.store import resources, standings

SHOWN_PENDING = 50
# Members are counted so far and no further: "1000+".
COUNTED = 1_000
# Whoever is awaited longer than this will hardly come by themselves.
OVERDUE = timedelta(hours=24)


@integration_page(Action.INTEGRATION_VIEW)
def entitlements(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Groups, the latest first; a search looks at the beginning of their names, in their order."""
    query, cursor = asked.text(request, "q"), asked.cursor(request)
    if query:
        page = finding.groups(integration, query, cursor=cursor)
    else:
        page = paging.by_age(ScimGroup.objects.for_integration(integration).present(), cursor)
    context = {
        "q": query,
        "rows": _with_members(integration, page.rows),
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
    page = _members(group, asked.cursor(request))
    base_url = addresses.scim_gateway_url(integration, request)
    context = {
        "group": group,
        "attributes": attributes.rows(group.data),
        "resource": json.dumps(resources.group(group, base_url), indent=2, ensure_ascii=False),
        "people": _standing(integration, [row.user for row in page.rows]),
        "older_url": f"?{urlencode({'cursor': page.older})}" if page.older else "",
        "newer_url": f"?{urlencode({'cursor': page.newer})}" if page.newer else "",
        **_awaited(integration, group),
        **history.of(integration, group.pk, request.GET.get("history", "")),
    }
    here = layout.of_integration(member, integration, "entitlements", deeper=True)
    return render(request, "console/entitlement.html", here | context)


def _members(group: ScimGroup, cursor: str) -> paging.Page:
    """A page of memberships, by the index that keeps a member once: people's ids tell when they arrived."""
    rows = GroupMember.objects.filter(group=group, user__deleted_at=None)  # all-tenants: of the group
    return paging.by_age(rows.select_related("user"), cursor, key="user_id")


def _standing(integration: Integration, people: list[ScimUser]) -> list[dict[str, Any]]:
    stand = standings.of(integration, people)
    return [{"person": person, "stands": stand[person.pk]} for person in people]


def _awaited(integration: Integration, group: ScimGroup) -> dict[str, Any]:
    """Whom the group waits for, the longest first; a group waits for 1,000 at most."""
    waiting = PendingMember.objects.for_integration(integration).filter(group=group)
    late = timezone.now() - OVERDUE
    first = waiting.order_by("created_at", "pk")[:SHOWN_PENDING]
    return {
        "pending": [{"row": row, "is_overdue": row.created_at < late} for row in first],
        "pending_count": waiting.count(),
        "overdue_count": waiting.filter(created_at__lt=late).count(),
    }


def _with_members(integration: Integration, rows: list[ScimGroup]) -> list[dict[str, Any]]:
    """Groups with how many are in each, counted up to 1,000, and how many each waits for."""
    groups = ScimGroup.objects.for_integration(integration).filter(pk__in=[row.pk for row in rows])
    members = dict(groups.annotate(number=_counted()).values_list("pk", "number"))
    waiting = PendingMember.objects.for_integration(integration).filter(group__in=rows)
    awaited = dict(waiting.values("group").annotate(number=Count("pk")).values_list("group", "number"))
    return [
        {
            "group": row,
            "members": min(members.get(row.pk, 0), COUNTED),
            "has_more": members.get(row.pk, 0) > COUNTED,
            "awaited": awaited.get(row.pk, 0),
        }
        for row in rows
    ]


def _counted() -> Subquery:
    """The number of a group's members, as far as it is counted: a large group costs no more to list."""
    present = GroupMember.objects.filter(  # all-tenants: of the groups shown
        group=OuterRef(OuterRef("pk")), user__deleted_at=None
    )
    capped = GroupMember.objects.filter(  # all-tenants: of the groups shown
        pk__in=present.order_by().values("pk")[: COUNTED + 1]
    )
    return Subquery(capped.order_by().annotate(number=Func(F("pk"), function="COUNT")).values("number"))
