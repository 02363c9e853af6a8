"""Integrations: list, create, change, pause, archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from integrations import addresses, catalog
from integrations.api.paging import ByKey, Page
from integrations.api.resource import Call, Resource, operation
from integrations.api.serializers.integrations import (
    IntegrationChange,
    IntegrationsAsked,
    IntegrationShown,
    IntegrationTaken,
)
from integrations.delivery import finding
from integrations.delivery.turns import controls
from integrations.models import Integration
from integrations.roles import Action
from integrations.traffic import standing
from integrations.traffic.standing import Standing

EXAMPLE = {"name": "Hootsuite", "sign_in_url": "https://hootsuite.example/login", "idp": "okta"}


@dataclass(frozen=True, slots=True)
class Seen:
    """An integration with its addresses, and where it stands now."""

    integration: Integration
    standing: Standing
    scim_gateway_url: str
    bookmark_url: str


def seen(call: Call, integrations: Sequence[Integration]) -> list[Seen]:
    """Of many, in a few queries however many they are."""
    standings = standing.of_many(integrations, finding.delivering(integrations))
    return [
        Seen(
            one,
            standings[one.pk],
            addresses.scim_gateway_url(one, call.request),
            addresses.bookmark_url(one, call.request),
        )
        for one in integrations
    ]


class Integrations(Resource):
    @operation(
        action=Action.INTEGRATION_VIEW,
        summary="List integrations",
        gives=IntegrationShown,
        asks=IntegrationsAsked,
    )
    def list(self, call: Call) -> Page:
        """In the order in which they were made."""
        rows = catalog.visible_to(call.key)
        if "name" in call.query:
            part = call.query["name"]
            rows = rows.filter(Q(name__icontains=part) | Q(app__icontains=part))
        if "connector" in call.query:
            rows = rows.filter(connector=call.query["connector"])
        if "archived" in call.query:
            rows = rows.filter(archived_at__isnull=not call.query["archived"])
        page = call.page(rows, ByKey())
        return replace(page, rows=seen(call, page.rows))

    @operation(
        action=Action.INTEGRATION_CREATE,
        summary="Create an integration",
        gives=IntegrationShown,
        takes=IntegrationTaken,
        status=201,
        makes=True,
        example=EXAMPLE,
    )
    def create(self, call: Call) -> Seen:
        """It observes at first: requests are answered and recorded, nothing is delivered."""
        made = catalog.create(call.key.workspace, IntegrationTaken.facts(call.body), by=call.key)
        return seen(call, [made])[0]

    @operation(
        action=Action.INTEGRATION_VIEW,
        summary="Read an integration",
        gives=IntegrationShown,
        locks="integration",
    )
    def retrieve(self, call: Call, integration: Integration) -> Seen:
        return self.shown(call, integration=integration)

    @operation(
        action=Action.INTEGRATION_CHANGE,
        summary="Change an integration",
        gives=IntegrationShown,
        takes=IntegrationChange,
        locks="integration",
        example={"sign_in_url": "https://hootsuite.example/sso"},
    )
    def partial_update(self, call: Call, integration: Integration) -> Seen:
        """Sets what is given, and leaves the rest."""
        current = catalog.find(call.key, integration.pk)
        catalog.change(current, IntegrationChange.facts(call.body, current), by=call.key)
        return self.shown(call, integration=integration)

    @operation(
        action=Action.INTEGRATION_ARCHIVE,
        summary="Delete an integration",
        shows=IntegrationShown,
        locks="integration",
        status=204,
    )
    def destroy(self, call: Call, integration: Integration) -> None:
        """With its people, groups and records, for good. It has to be archived first."""
        catalog.delete(integration, by=call.key)

    @operation(
        action=Action.INTEGRATION_ARCHIVE,
        summary="Archive an integration",
        gives=IntegrationShown,
        locks="integration",
    )
    def archive(self, call: Call, integration: Integration) -> Seen:
        """Its SCIM requests are answered 403; everything is kept."""
        catalog.archive(integration, by=call.key)
        return self.shown(call, integration=integration)

    @operation(
        action=Action.INTEGRATION_ARCHIVE,
        summary="Restore an integration",
        gives=IntegrationShown,
        locks="integration",
    )
    def restore(self, call: Call, integration: Integration) -> Seen:
        catalog.restore(integration, by=call.key)
        return self.shown(call, integration=integration)

    @operation(
        action=Action.DELIVERY_MANAGE,
        summary="Pause delivery",
        gives=IntegrationShown,
        locks="integration",
    )
    def pause(self, call: Call, integration: Integration) -> Seen:
        """Nothing goes out any more; changes go on being recorded."""
        controls.pause(integration, by=call.key)
        return self.shown(call, integration=integration)

    @operation(
        action=Action.DELIVERY_MANAGE,
        summary="Resume delivery",
        gives=IntegrationShown,
        locks="integration",
    )
    def resume(self, call: Call, integration: Integration) -> Seen:
        """Goes on at once: a pause, a hold and a wait for the app all end."""
        controls.resume(integration, by=call.key)
        return self.shown(call, integration=integration)

    def shown(self, call: Call, **found: Any) -> Seen:
        return seen(call, [catalog.find(call.key, found["integration"].pk)])[0]
