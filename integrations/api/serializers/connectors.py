"""Connectors: which there are, what they ask for, and how an integration's is set."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from integrations.api.fields import Id, Object, Taken, Text
from integrations.delivery.connector import Capability, Mode


class SettingShown(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()
    help = serializers.CharField()
    type = serializers.ChoiceField(["text", "number", "flag", "choice", "choices"])
    required = serializers.BooleanField()
    secret = serializers.BooleanField(help_text="It goes into `secrets`, and is never shown again.")
    choices = serializers.ListField(child=serializers.CharField())
    default = serializers.JSONField()


class ConnectorKind(serializers.Serializer[Any]):
    kind = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    mode = serializers.ChoiceField([mode.value for mode in Mode])
    capabilities = serializers.ListField(
        child=serializers.ChoiceField([capability.value for capability in Capability])
    )
    settings = SettingShown(many=True)


class FindingShown(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    words = serializers.CharField()
    fix = serializers.CharField()


class SecretShown(serializers.Serializer[Any]):
    name = serializers.CharField()
    set_at = serializers.DateTimeField(allow_null=True)
    set_by = serializers.CharField()


class ConnectionShown(serializers.Serializer[Any]):
    """Of an integration's connection; secrets by name alone."""

    live = frozenset({"tested_at", "findings"})

    kind = serializers.CharField(help_text="Empty while none is chosen.")
    settings = serializers.JSONField()
    secrets = SecretShown(many=True)
    tested_at = serializers.DateTimeField(allow_null=True)
    findings = FindingShown(many=True)


class ConnectionSet(ConnectionShown):
    made_secrets = serializers.DictField(
        child=serializers.CharField(), help_text="Secrets that were made for you, in this answer alone."
    )


class ConnectionTaken(Taken):
    kind = Text(max_length=40)
    settings = Object(required=False, help_text="By the names of the kind's settings.")
    secrets = serializers.DictField(
        child=Text(max_length=20_000, trim_whitespace=False),
        required=False,
        help_text="Those to be set; one that is set already stays when it is left out.",
    )


class TestShown(serializers.Serializer[Any]):
    ok = serializers.BooleanField(help_text="Nothing is missing.")
    findings = FindingShown(many=True)


class PlanTaken(Taken):
    user = Id(help_text="The person's id.")


class StepShown(serializers.Serializer[Any]):
    words = serializers.CharField()
    detail = serializers.CharField()
    effect = serializers.BooleanField(help_text="false: it only reads.")


class PlanShown(serializers.Serializer[Any]):
    steps = StepShown(many=True)
