"""The Users tab: the people an identity provider sent, and each one's history."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from integrations.console import layout, wording
from integrations.console.access import integration_page
from integrations.delivery.models import Change
from integrations.kit import paging
from integrations.models import Integration, Membership
from integrations.roles import Action
from scim.models import GroupMember, ScimUser

SHOWN_CHANGES = 50


@integration_page(Action.INTEGRATION_VIEW)
def users(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """People, the latest arrival first; a search looks at the beginning of names and addresses."""
    query = request.GET.get("q", "").strip()[:200]
    page = paging.by_age(_found(integration, query), request.GET.get("cursor", ""))
    context = {
        "q": query,
        "rows": _with_groups(page.rows),
        "older_url": f"?{urlencode({'q': query, 'cursor': page.older})}" if page.older else "",
        "newer_url": f"?{urlencode({'q': query, 'cursor': page.newer})}" if page.newer else "",
    }
    return render(
        request, "console/users.html", layout.of_integration(member, integration, "users") | context
    )


@integration_page(Action.INTEGRATION_VIEW)
def user(
    request: HttpRequest, member: Membership, integration: Integration, *, user_id: UUID
) -> HttpResponse:
    """One person: attributes, groups, and every change with before and after."""
    person = ScimUser.objects.for_integration(integration).filter(pk=user_id).first()
    if person is None:
        raise Http404
    groups = GroupMember.objects.filter(user=person, group__deleted_at=None)  # all-tenants: of the person
    changes = (
        Change.objects.for_integration(integration).filter(resource_id=person.pk).order_by("-version", "-pk")
    )
    context = {
        "person": person,
        "attributes": json.dumps(person.data, indent=2, ensure_ascii=False),
        "groups": groups.select_related("group").order_by("group__display_name", "pk")[:200],
        "steps": [wording.step(change) for change in changes[:SHOWN_CHANGES]],
    }
    here = layout.of_integration(member, integration, "users", deeper=True)
    return render(request, "console/user.html", here | context)


def _found(integration: Integration, query: str) -> QuerySet[ScimUser]:
    people = ScimUser.objects.for_integration(integration).present()
    if not query:
        return people
    folded = query.casefold()
    by_email = Q(emails__value_key__startswith=folded)
    by_name = Q(user_name_key__startswith=folded) | Q(display_name__istartswith=query) | Q(external_id=query)
    return people.filter(pk__in=people.filter(by_name | by_email).values("pk"))


def _with_groups(rows: list[ScimUser]) -> list[dict[str, Any]]:
    counted = (
        GroupMember.objects.filter(user__in=rows, group__deleted_at=None)  # all-tenants: of the people shown
        .values("user")
        .annotate(number=Count("pk"))
        .values_list("user", "number")
    )
    numbers = dict(counted)
    return [{"person": row, "groups": numbers.get(row.pk, 0)} for row in rows]
