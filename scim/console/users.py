"""The Users tab: the people an identity provider sent, and each one's history."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from integrations import addresses
from integrations.console import asked, layout
from integrations.console.access import integration_page
from integrations.kit import paging
from integrations.kit.paging import Page
from integrations.models import Integration, Membership
from integrations.roles import Action
from scim.console import attributes, finding, history
from scim.models import GroupMember, ScimUser
from scim.store import members, resources, standings, types

STATES = {"active": _("Active"), "inactive": _("Inactive"), "test": _("Test only")}
# Where changes are delivered, people are looked for by how far theirs have come as well.
LIVE_STATES = {**STATES, finding.NOT_ARRIVED: _("Not arrived")}
SHOWN_GROUPS = 200


@integration_page(Action.INTEGRATION_VIEW)
def users(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """People, the latest arrival first; a search looks at the beginning of names and addresses, in their
    order."""
    query, state, cursor = asked.text(request, "q"), asked.text(request, "state"), asked.cursor(request)
    page = _found(integration, query, state=state, cursor=cursor)
    is_live = integration.mode == Integration.Mode.LIVE
    kept = {"q": query, "state": state}
    context = {
        "q": query,
        "state": state,
        "states": LIVE_STATES if is_live else STATES,
        "rows": _rows(integration, page.rows),
        "is_live": is_live,
        "older_url": f"?{urlencode(kept | {'cursor': page.older})}" if page.older else "",
        "newer_url": f"?{urlencode(kept | {'cursor': page.newer})}" if page.newer else "",
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
    shown = list(groups.select_related("group").order_by("group__display_name_key", "pk")[: SHOWN_GROUPS + 1])
    context = {
        "person": person,
        "stands": standings.of(integration, [person])[person.pk],
        "is_live": integration.mode == Integration.Mode.LIVE,
        "attributes": attributes.rows(person.data),
        "resource": _resource(person, integration, request),
        "groups": shown[:SHOWN_GROUPS],
        "has_more_groups": len(shown) > SHOWN_GROUPS,
        **history.of(integration, person.pk, request.GET.get("history", "")),
    }
    here = layout.of_integration(member, integration, "users", deeper=True)
    return render(request, "console/user.html", here | context)


def _found(integration: Integration, query: str, *, state: str, cursor: str) -> Page:
    if query:
        return finding.people(integration, query, state=state, cursor=cursor)
    if state == finding.NOT_ARRIVED:
        return finding.not_arrived(integration, cursor)
    people = ScimUser.objects.for_integration(integration).present()
    return paging.by_age(people.filter(finding.STATES.get(state, Q())), cursor)


def _resource(person: ScimUser, integration: Integration, request: HttpRequest) -> str:
    """The person as SCIM answers show them."""
    base_url = addresses.scim_gateway_url(integration, request)
    groups = members.groups_of([person], base_url).get(person.pk, [])
    shown = resources.user(person, types.user(integration), base_url, groups=groups)
    return json.dumps(shown, indent=2, ensure_ascii=False)


def _rows(integration: Integration, people: list[ScimUser]) -> list[dict[str, Any]]:
    counted = (
        GroupMember.objects.filter(user__in=people, group__deleted_at=None)  # all-tenants: of the page's
        .values("user")
        .annotate(number=Count("pk"))
        .values_list("user", "number")
    )
    numbers, stand = dict(counted), standings.of(integration, people)
    return [{"person": row, "groups": numbers.get(row.pk, 0), "stands": stand[row.pk]} for row in people]
