"""How delivery goes in an integration: on, off, everybody anew, and what things mean in its app."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from integrations import catalog
from integrations.api.resource import Call, Resource, operation
from integrations.api.serializers.delivery import DeliveryShown, DeliveryTaken
from integrations.delivery import finding
from integrations.delivery.connector import Mode
from integrations.delivery.errands import connecting
from integrations.delivery.models import Lane
from integrations.delivery.queue import planning
from integrations.kit.errors import Refused
from integrations.models import Integration
from integrations.roles import Action

Json = dict[str, Any]
MEANING = (
    *("roles", "role_choice", "default_role", "attributes", "on_deactivate", "on_delete"),
    *("delete_after_days", "width", "brake_people", "brake_percent"),
)


class DeliverySettings(Resource):
    @operation(
        action=Action.INTEGRATION_VIEW,
        summary="Read how delivery goes",
        gives=DeliveryShown,
        locks="integration",
    )
    def retrieve(self, call: Call, integration: Integration) -> Json:
        """The lane, what is open, and what groups, attributes and leaving mean in the app."""
        return self.shown(call, integration=integration)

    @operation(
        action=Action.CONNECTOR_CHANGE,
        summary="Change what is delivered",
        gives=DeliveryShown,
        takes=DeliveryTaken,
        locks="integration",
        example={"roles": [{"group": "Editors", "value": "editor"}], "on_deactivate": "deactivate"},
    )
    def partial_update(self, call: Call, integration: Integration) -> Json:
        """It holds for what is delivered from now on; `replan` brings everybody to it."""
        given = dict(call.body)
        if "roles" in given:
            given["roles"] = [{**rule, "name": rule["value"]} for rule in given["roles"]]
        connector = connecting.connector_of(integration)
        if connector is not None and given.get("width", 1) > connector.limits.width:
            words = _("This way takes at most %(n)d side by side.") % {"n": connector.limits.width}
            raise Refused("width", words, "width")
        connecting.set_meaning(integration, given, by=call.key)
        return self.shown(call, integration=integration)

    @operation(
        action=Action.CONNECTOR_CHANGE,
        summary="Switch delivery on",
        gives=DeliveryShown,
        locks="integration",
    )
    def start(self, call: Call, integration: Integration) -> Json:
        """From now on changes are delivered. What keeps accounts starts with everybody present: `planning`
        says how far that is."""
        connecting.go_live(integration, by=call.key)
        return self.shown(call, integration=integration)

    @operation(
        action=Action.CONNECTOR_CHANGE,
        summary="Switch delivery off",
        gives=DeliveryShown,
        locks="integration",
    )
    def stop(self, call: Call, integration: Integration) -> Json:
        """Back to observing: what waits is called off."""
        connecting.observe(integration, by=call.key)
        return self.shown(call, integration=integration)

    @operation(
        action=Action.CONNECTOR_CHANGE,
        summary="Bring everybody in step",
        gives=DeliveryShown,
        locks="integration",
    )
    def replan(self, call: Call, integration: Integration) -> Json:
        """A delivery for everybody present, from what is wanted now."""
        connector = connecting.connector_of(integration)
        if connector is not None and connector.mode is not Mode.STATE:
            raise Refused("event", _("This way sends each change on its own: replay them instead."))
        connecting.replan(integration, by=call.key)
        return self.shown(call, integration=integration)

    @operation(
        action=Action.DELIVERY_MANAGE,
        summary="Stop planning everybody",
        gives=DeliveryShown,
        locks="integration",
    )
    def stop_planning(self, call: Call, integration: Integration) -> Json:
        """No further deliveries are made; those that were stay."""
        planning.stop(integration, by=call.key)
        return self.shown(call, integration=integration)

    def shown(self, call: Call, **found: Any) -> Json:
        integration = catalog.find(call.key, found["integration"].pk)
        connection = connecting.of(integration)
        lane = Lane.objects.for_integration(integration).first() or Lane(integration=integration)
        return {
            "mode": integration.mode,
            "lane": {
                "is_paused": lane.paused_at is not None,
                "is_held": lane.held_at is not None,
                "held_for": lane.held_for,
                "trouble": lane.trouble,
                "next_attempt_at": lane.next_attempt_at,
            },
            "planning": planning.of(integration),
            "open": finding.counts(integration),
            **{name: getattr(connection, name) for name in MEANING},
        }
