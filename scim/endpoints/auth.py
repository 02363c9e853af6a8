"""The door: which integration a request is for, and whether its token opens it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_scim.middleware import SCIMAuthCheckMiddleware

from integrations import tokens
from integrations.kit import context, redact
from integrations.models import Integration
from integrations.tokens import TokenRefused, Verified
from integrations.traffic import journal
from integrations.traffic.entries import RefusedUse
from scim.core.errors import Forbidden, ScimError, Unauthorized
from scim.endpoints import exchange as exchanges
from scim.endpoints import limits, render
from scim.endpoints.exchange import Exchange

NOT_VALID = "The token is not valid for this address."
# The caller learns about the header's form alone; the cause stands in the console.
SAID = {
    "missing": "There is no Authorization header. Send the gateway token as: Authorization: Bearer <token>.",
    "malformed": "The Authorization header holds no whole gateway token. Copy it again, to its end.",
}


class GatewayTokenCheck(SCIMAuthCheckMiddleware):  # type: ignore[misc]  # django-scim2 is not typed
    """Wraps every SCIM view (AUTH_CHECK_MIDDLEWARE): takes the integration's id out of the address, checks
    the token."""

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        integration_id: UUID | None = kwargs.pop("integration_id")
        path: str = kwargs.pop("path")
        try:
            verified = self._verify(request, integration_id)
        except limits.Slower as slower:
            return render.error(slower, {"Retry-After": str(slower.retry_after_s)})
        except Unauthorized as fault:
            return render.error(fault)
        exchange = Exchange(request, verified, path)
        exchanges.attach(exchange)
        response = self._serve(exchange, *args, **kwargs)
        exchange.finish(response)
        return response

    def _serve(self, exchange: Exchange, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _admit(exchange.verified)
        except limits.Slower as slower:
            exchange.error = slower
            return render.error(slower, {"Retry-After": str(slower.retry_after_s)})
        except ScimError as fault:
            exchange.error = fault
            return render.error(fault)
        response: HttpResponse = self.get_response(exchange.request, *args, **kwargs)
        return response

    def _verify(self, request: HttpRequest, integration_id: UUID | None) -> Verified:
        try:
            return tokens.verify(request.META.get("HTTP_AUTHORIZATION", ""), integration_id)
        except TokenRefused as refused:
            _note_refusal(request, integration_id, refused)
            raise Unauthorized(SAID.get(refused.cause, NOT_VALID)) from refused


def _admit(verified: Verified) -> None:
    """What a true token still has to pass. Raises ScimError."""
    limits.check_token(verified.token.public_id)
    if verified.token.first_used_at is None:
        tokens.note_first_use(verified.token, timezone.now())
    if verified.integration.archived_at:
        raise Forbidden(
            "This integration is archived in Cerby Gateway.",
            remedy="Restore it in its settings, or remove the app's provisioning here.",
        )


def _note_refusal(request: HttpRequest, integration_id: UUID | None, refused: TokenRefused) -> None:
    """Counts the refusal where the integration exists; strangers who insist are slowed down."""
    here = context.current.get()
    # all-tenants: the id in the address
    if integration_id and Integration.objects.filter(pk=integration_id).exists():
        journal.record(
            RefusedUse(
                integration_id=integration_id,
                cause=refused.cause,
                at=timezone.now(),
                ip=here.ip,
                user_agent=here.user_agent,
                request=redact.text(f"{request.method} {request.path}")[:400],
                shown_token=refused.shown,
            )
        )
    limits.check_refused(here.ip or "", refused.shown)
