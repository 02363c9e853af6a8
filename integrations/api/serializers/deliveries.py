"""Deliveries with their attempts and proof."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.api.fields import Id, Listed, Moment, Taken, Text
from integrations.delivery import finding
from integrations.delivery.models import Attempt, Delivery
from integrations.delivery.turns import controls

SHOWN_TRIES = 100


class DeliveryRow(serializers.Serializer[Delivery]):
    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Counts up in the order in which changes were made.")
    trace_id = serializers.CharField(help_text="One id from the request to the proof.")
    intent = serializers.CharField()
    resource = serializers.UUIDField(source="line", help_text="The person's id, or the group's.")
    label = serializers.CharField()
    group = serializers.CharField(source="group_name", help_text="The group that is granted or revoked.")
    status = serializers.ChoiceField(Delivery.Status.choices)
    attempts = serializers.IntegerField()
    problem = serializers.CharField()
    remedy = serializers.CharField()
    due_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class ExchangeShown(serializers.Serializer[Any]):
    words = serializers.CharField()
    status = serializers.IntegerField(default=0)
    ms = serializers.IntegerField(default=0)
    sent = serializers.CharField(default="")
    received = serializers.CharField(default="")


class AttemptShown(serializers.Serializer[Attempt]):
    number = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    ms = serializers.IntegerField()
    result = serializers.ChoiceField(Attempt.Result.choices)
    words = serializers.CharField()
    exchanges = ExchangeShown(many=True)


class DeliveryDetail(DeliveryRow):
    idempotency_key = serializers.CharField(source="key")
    tries = serializers.SerializerMethodField(help_text="The latest hundred, in their order.")
    proof = serializers.JSONField(help_text="What came back: words, seen, digest, at; {} until there is one.")

    @extend_schema_field(AttemptShown(many=True))
    def get_tries(self, delivery: Delivery) -> Any:
        tries = finding.tries([delivery], SHOWN_TRIES)[delivery.number]
        return [AttemptShown(attempt).data for attempt in tries]


class DeliveriesAsked(Listed):
    status = serializers.ChoiceField(Delivery.Status.choices, required=False)
    trace_id = serializers.RegexField("^[0-9a-f]{32}$", required=False)
    resource = serializers.UUIDField(required=False, help_text="The id of a person or a group.")


def _ids() -> serializers.ListField:
    return serializers.ListField(
        child=Id(), min_length=1, max_length=controls.CHUNK, help_text="Of deliveries."
    )


class RetryTaken(Taken):
    ids = _ids()


class SkipTaken(Taken):
    ids = _ids()
    reason = Text(max_length=1_000, help_text="Kept with the delivery.")


class TouchedShown(serializers.Serializer[Any]):
    touched = serializers.IntegerField()
    missed = serializers.IntegerField(
        help_text="Ended meanwhile, being carried right now, held by the safety brake, or not there."
    )


class ReplayTaken(Taken):
    since = Moment()
    until = Moment(required=False, help_text="Now, unless given.")
    after = Text(max_length=1_000, required=False, help_text="`next` of the answer before.")


class ReplayShown(serializers.Serializer[Any]):
    deliveries = serializers.IntegerField(help_text="How many were made.")
    until = serializers.DateTimeField()
    next = serializers.CharField(
        allow_null=True, help_text="At most 500 changes at a time: send it as `after`, with the same moments."
    )
