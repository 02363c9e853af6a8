"""Deliveries: list, read with attempts and proof, retry, skip, replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations.api.paging import ByKey, Page
from integrations.api.resource import Call, Resource, operation
from integrations.api.serializers.deliveries import (
    DeliveriesAsked,
    DeliveryDetail,
    DeliveryRow,
    ReplayShown,
    ReplayTaken,
    RetryTaken,
    SkipTaken,
    TouchedShown,
)
from integrations.delivery import finding
from integrations.delivery.models import Delivery
from integrations.delivery.turns import controls
from integrations.delivery.turns.controls import Replay
from integrations.kit.errors import Refused
from integrations.models import ApiKey, Integration
from integrations.roles import Action

Json = dict[str, Any]
_REPLAY = "integrations.api.replay"
NEWEST_FIRST = ByKey("number", newest_first=True, read=int)


def find_delivery(_key: ApiKey, found: Mapping[str, Any], pk: UUID) -> Delivery:
    return finding.one(found["integration"], pk)


class Deliveries(Resource):
    finders = {"delivery_id": find_delivery}

    @operation(
        action=Action.INTEGRATION_VIEW, summary="List deliveries", gives=DeliveryRow, asks=DeliveriesAsked
    )
    def list(self, call: Call, integration: Integration) -> Page:
        """The newest first."""
        rows = Delivery.objects.for_integration(integration)
        filters = {"status": "status", "trace_id": "trace_id", "resource": "line"}
        given = {column: call.query[name] for name, column in filters.items() if name in call.query}
        return call.page(rows.filter(**given), NEWEST_FIRST)

    @operation(action=Action.INTEGRATION_VIEW, summary="Read a delivery", gives=DeliveryDetail)
    def retrieve(self, _call: Call, integration: Integration, delivery: Delivery) -> Delivery:
        """With each try, what was sent and what came back without secrets, and the proof."""
        del integration
        return delivery

    @operation(
        action=Action.DELIVERY_MANAGE,
        summary="Retry deliveries",
        gives=TouchedShown,
        takes=RetryTaken,
        example={"ids": ["01a22330-0000-7000-8000-000000000002"]},
    )
    def retry(self, call: Call, integration: Integration) -> Json:
        """Tries again now what failed, waits for its next try, or was held."""
        chosen = _chosen(integration, call.body["ids"])
        return _touched(call, controls.retry(chosen, by=call.key))

    @operation(
        action=Action.DELIVERY_MANAGE,
        summary="Skip deliveries",
        gives=TouchedShown,
        takes=SkipTaken,
        example={"ids": ["01a22330-0000-7000-8000-000000000002"], "reason": "Done by hand."},
    )
    def skip(self, call: Call, integration: Integration) -> Json:
        """Lets them be, for a reason that is kept; what waits behind them goes on."""
        chosen = _chosen(integration, call.body["ids"])
        return _touched(call, controls.skip(chosen, reason=call.body["reason"], by=call.key))

    @operation(
        action=Action.DELIVERY_MANAGE,
        summary="Replay changes",
        gives=ReplayShown,
        takes=ReplayTaken,
        status=201,
        makes=True,
        example={"since": "2026-01-31T12:00:00Z"},
    )
    def replay(self, call: Call, integration: Integration) -> Json:
        """Delivers the changes since a moment once more, in their order, at most 500 at a time."""
        asked = _asked(call, integration)
        made, left = controls.replay(integration, asked, by=call.key)
        place = [left.after[0].isoformat(), str(left.after[1])] if left and left.after else None
        sealed = signing.dumps(place, salt=f"{_REPLAY}:{integration.pk}") if place else None
        return {"deliveries": made, "until": asked.until, "next": sealed}


def _chosen(integration: Integration, ids: Sequence[UUID]) -> list[Delivery]:
    rows = Delivery.objects.for_integration(integration).select_related("integration__workspace")
    return list(rows.filter(id__in=ids).order_by("number"))


def _touched(call: Call, number: int) -> Json:
    return {"touched": number, "missed": len(set(call.body["ids"])) - number}


def _asked(call: Call, integration: Integration) -> Replay:
    since, until = call.body["since"], call.body.get("until") or timezone.now()
    after: tuple[datetime, UUID] | None = None
    if "after" in call.body:
        try:
            at, pk = signing.loads(call.body["after"], salt=f"{_REPLAY}:{integration.pk}")
        except signing.BadSignature as error:
            raise Refused("after", _("This is not the next of an answer before."), "after") from error
        after = (datetime.fromisoformat(at), UUID(pk))
    return Replay(since, until, after)
