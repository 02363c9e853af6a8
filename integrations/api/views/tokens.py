"""Gateway tokens: list, make, replace, cancel, revoke."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status

from integrations import tokens
from integrations.api.paging import ByKey, Page
from integrations.api.problems import Problem
from integrations.api.resource import Call, Resource, operation
from integrations.api.serializers.tokens import RotationTaken, TokenMade, TokensAsked, TokenShown, TokenTaken
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import ApiKey, GatewayToken, Integration
from integrations.roles import Action
from integrations.tokens import Issued
from integrations.traffic import standing


def find_token(_key: ApiKey, found: Mapping[str, Any], pk: UUID) -> GatewayToken:
    rows = GatewayToken.objects.for_integration(found["integration"])
    token = rows.select_related("integration", "replaces").filter(pk=pk).first()
    if token is None:
        raise Http404
    return token


class Tokens(Resource):
    finders = {"token_id": find_token}

    @operation(
        action=Action.INTEGRATION_VIEW, summary="List gateway tokens", gives=TokenShown, asks=TokensAsked
    )
    def list(self, call: Call, integration: Integration) -> Page:
        """Without their secrets: those are in the answer that made each, and nowhere else."""
        rows = GatewayToken.objects.for_integration(integration)
        if "live" in call.query:
            live = [token.pk for token in tokens.live(integration)]
            rows = rows.filter(pk__in=live) if call.query["live"] else rows.exclude(pk__in=live)
        return call.page(rows, ByKey())

    @operation(
        action=Action.TOKEN_MANAGE,
        summary="Make a gateway token",
        gives=TokenMade,
        takes=TokenTaken,
        status=201,
        makes=True,
        example={"label": "Okta", "expires_in_days": 365},
    )
    def create(self, call: Call, integration: Integration) -> Issued:
        """The first token, or the next after all others ended. While one works it is replaced instead."""
        try:
            return tokens.issue(integration, by=call.key, terms=TokenTaken.terms(call.body))
        except Refused as refused:
            raise _with_state(refused, integration) from refused

    @operation(
        action=Action.TOKEN_MANAGE,
        summary="Replace the gateway token",
        gives=TokenMade,
        takes=RotationTaken,
        status=201,
        makes=True,
        example={"overlap_minutes": 60},
    )
    def rotate(self, call: Call, integration: Integration) -> Issued:
        """A second token. The old one works until the overlap ends, or ten minutes after the new one was
        first used. Of two who replace one token at once the second gets 409, with the tokens as they are."""
        overlap = tokens.overlaps(standing.of(integration).idp)[0]
        if "overlap_minutes" in call.body:
            overlap = timedelta(minutes=call.body["overlap_minutes"])
        try:
            return tokens.rotate(
                integration, by=call.key, overlap=overlap, terms=RotationTaken.terms(call.body)
            )
        except Refused as refused:
            raise _with_state(refused, integration) from refused

    @operation(action=Action.TOKEN_MANAGE, summary="Cancel a replacement", gives=TokenShown)
    def cancel(self, call: Call, integration: Integration) -> GatewayToken:
        """Ends the new token at once, and gives the old one its own expiry back; answers with the old one."""
        new = next((token for token in tokens.live(integration) if _still_replaces(token)), None)
        if new is None or new.replaces is None:
            raise Refused("no_rotation", _("No token is being replaced."))
        tokens.revoke(new, by=call.key)
        return find_token(call.key, {"integration": integration}, new.replaces.pk)

    @operation(action=Action.TOKEN_MANAGE, summary="Revoke a gateway token", gives=TokenShown)
    def revoke(self, call: Call, integration: Integration, token: GatewayToken) -> GatewayToken:
        """Ends it at once: its next request is refused."""
        tokens.revoke(token, by=call.key)
        return find_token(call.key, {"integration": integration}, token.pk)


def _still_replaces(token: GatewayToken) -> bool:
    return token.replaces is not None and token.replaces.is_live(timezone.now())


def _with_state(refused: Refused, integration: Integration) -> Exception:
    """The refusal with the tokens that work now, so that a script sees who was faster."""
    if isinstance(refused, NotAllowed) or refused.field is not None:
        return refused
    shown = [TokenShown(token).data for token in tokens.live(integration)]
    return Problem(status.HTTP_409_CONFLICT, refused.code, refused.message, more={"tokens": shown})
