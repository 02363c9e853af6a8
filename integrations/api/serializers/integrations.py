"""Integrations, as they are and as they are asked to be."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations import idps
from integrations.api.fields import Listed, Taken, Text, Word
from integrations.catalog import Facts
from integrations.models import Integration
from integrations.traffic.standing import State

IDPS = [("", _("Recognised from its requests")), *idps.CHOICES]


class IntegrationShown(serializers.Serializer[Any]):
    """Of an integration with its addresses and where it stands (`views.integrations.Seen`)."""

    live = frozenset(
        {"state", "cause", "next_step", "recognised_idp", "people", "groups", "failed_deliveries"}
    )

    id = serializers.UUIDField(source="integration.id")
    name = serializers.CharField(source="integration.name")
    app = serializers.CharField(source="integration.app")
    sign_in_url = serializers.CharField(source="integration.sign_in_url")
    scim_gateway_url = serializers.CharField()
    bookmark_url = serializers.CharField()
    state = serializers.ChoiceField(State.choices, source="standing.state")
    cause = serializers.CharField(source="standing.cause", help_text="Why it is in this state.")
    next_step = serializers.CharField(source="standing.next_step", help_text="What to do next, if anything.")
    mode = serializers.ChoiceField(Integration.Mode.choices, source="integration.mode")
    connector = serializers.CharField(
        source="integration.connector", help_text="The kind of its connector; empty while none is chosen."
    )
    idp = serializers.ChoiceField(
        IDPS, source="integration.idp", help_text="What was chosen; it wins over what requests look like."
    )
    recognised_idp = serializers.CharField(source="standing.idp")
    test_user_name = serializers.CharField(source="integration.test_user_name")
    rehire = serializers.ChoiceField(Integration.Rehire.choices, source="integration.rehire")
    nested_groups = serializers.ChoiceField(
        Integration.NestedGroups.choices, source="integration.nested_groups"
    )
    people = serializers.IntegerField(source="integration.people_count")
    groups = serializers.IntegerField(source="integration.group_count")
    failed_deliveries = serializers.SerializerMethodField(help_text="Counted up to 1,001.")
    created_at = serializers.DateTimeField(source="integration.created_at")
    archived_at = serializers.DateTimeField(source="integration.archived_at", allow_null=True)

    @extend_schema_field(OpenApiTypes.INT)
    def get_failed_deliveries(self, seen: Any) -> int:
        delivering = seen.standing.delivering
        return delivering.failed if delivering else 0


class IntegrationsAsked(Listed):
    name = serializers.CharField(required=False, max_length=80, help_text="A part of the name or the app.")
    connector = serializers.CharField(required=False, max_length=40)
    archived = Word(required=False)


class IntegrationChange(Taken):
    """Fields of `Facts`; what they mean is judged by the verb."""

    name = Text(max_length=80, required=False)
    app = Text(max_length=80, required=False, allow_blank=True, help_text="As the name, unless given.")
    sign_in_url = Text(
        max_length=2000,
        required=False,
        allow_blank=True,
        help_text="The app's sign-in page: https, or http on a loopback host.",
    )
    idp = serializers.ChoiceField(IDPS, required=False, allow_blank=True)
    test_user_name = Text(max_length=512, required=False, allow_blank=True)
    rehire = serializers.ChoiceField(Integration.Rehire.choices, required=False)
    nested_groups = serializers.ChoiceField(Integration.NestedGroups.choices, required=False)

    @staticmethod
    def facts(given: dict[str, Any], before: Integration | None = None) -> Facts:
        """What is given, over what was before."""
        names = Facts.__dataclass_fields__
        kept = {name: getattr(before, name) for name in names} if before else {}
        return Facts(**{**kept, **given})


class IntegrationTaken(IntegrationChange):
    name = Text(max_length=80)
