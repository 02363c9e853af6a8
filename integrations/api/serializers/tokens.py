"""Gateway tokens; the secret is in the answer that made one, and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations import tokens
from integrations.api.fields import Listed, Taken, Text, Whole, Word
from integrations.models import GatewayToken

LONGEST_LIFE_DAYS = 36_500
LONGEST_OVERLAP = int(tokens.LONGEST_OVERLAP / timedelta(minutes=1))


class TokenShown(serializers.Serializer[GatewayToken]):
    id = serializers.UUIDField()
    public_id = serializers.CharField(help_text="The part of the token that lists and logs show.")
    label = serializers.CharField()
    state = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    created_by = serializers.CharField()
    expires_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.SerializerMethodField(
        help_text="When it stops working, as far as is known: expiry, replacement or revocation."
    )
    replaces = serializers.UUIDField(source="replaces_id", allow_null=True)
    first_used_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(GatewayToken.State.choices))
    def get_state(self, token: GatewayToken) -> str:
        return token.state(timezone.now()).value

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_ends_at(self, token: GatewayToken) -> Any:
        ends_at = token.ends_at(timezone.now())
        return serializers.DateTimeField().to_representation(ends_at) if ends_at else None


class TokenMade(serializers.Serializer[tokens.Issued]):
    token = serializers.CharField(source="text", help_text="Shown in this answer alone.")
    about = TokenShown(source="token")


class TokensAsked(Listed):
    live = Word(required=False, help_text="Those that work now, or the others.")


class TokenTaken(Taken):
    label = Text(max_length=80, required=False, allow_blank=True)
    expires_in_days = Whole(
        min_value=0, max_value=LONGEST_LIFE_DAYS, required=False, help_text="365 unless given; 0 for never."
    )

    @staticmethod
    def terms(given: dict[str, Any]) -> tokens.Terms:
        days = given.get("expires_in_days", tokens.DEFAULT_LIFE.days)
        return tokens.Terms(label=given.get("label", ""), life=timedelta(days=days) if days else None)


class RotationTaken(TokenTaken):
    overlap_minutes = Whole(
        min_value=0,
        max_value=LONGEST_OVERLAP,
        required=False,
        help_text="How long the old token still works; unless given, as is recommended for the IdP.",
    )
