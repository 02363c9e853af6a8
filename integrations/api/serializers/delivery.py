"""How delivery goes in an integration, and what groups, attributes and leaving mean in its app."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from integrations.api.fields import Taken, Text, Whole
from integrations.delivery.models import AppConnection, Planning

LONGEST_ROLE = 200
MOST_RULES = 1_000


class LaneShown(serializers.Serializer[Any]):
    is_paused = serializers.BooleanField()
    is_held = serializers.BooleanField(help_text="Held for something that somebody has to mend.")
    held_for = serializers.CharField()
    trouble = serializers.CharField(help_text="What the app's trouble is, while it is down.")
    next_attempt_at = serializers.DateTimeField(allow_null=True)


class RuleShown(serializers.Serializer[Any]):
    group = serializers.CharField(help_text="The name of a group of the identity provider; * at its end.")
    value = serializers.CharField(help_text="What the app calls the role.")


class PlanningShown(serializers.Serializer[Planning]):
    """How far deliveries for everybody present are made."""

    state = serializers.ChoiceField(Planning.State.choices)
    total = serializers.IntegerField(help_text="People there were when it began.")
    seen = serializers.IntegerField(help_text="People looked at so far.")
    made = serializers.IntegerField(help_text="Deliveries made so far.")
    began_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class DeliveryShown(serializers.Serializer[Any]):
    live = frozenset({"lane", "planning", "open"})

    mode = serializers.CharField(help_text="live: changes are delivered; observing: they are recorded.")
    lane = LaneShown()
    planning = PlanningShown(allow_null=True, help_text="The latest; null while there was none.")
    open = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many are open by status, counted up to 1,001."
    )
    roles = RuleShown(many=True, help_text="The highest first.")
    role_choice = serializers.ChoiceField(AppConnection.RoleChoice.choices)
    default_role = serializers.CharField()
    attributes = serializers.DictField(
        child=serializers.CharField(),
        help_text="The app's attribute by the person's; empty: as the connector suggests.",
    )
    on_deactivate = serializers.ChoiceField(AppConnection.Leaving.choices)
    on_delete = serializers.ChoiceField(AppConnection.Leaving.choices)
    delete_after_days = serializers.IntegerField()
    width = serializers.IntegerField()
    brake_people = serializers.IntegerField()
    brake_percent = serializers.IntegerField()


class RuleTaken(Taken):
    group = Text(max_length=512)
    value = Text(max_length=LONGEST_ROLE)


class DeliveryTaken(Taken):
    roles = serializers.ListField(child=RuleTaken(), required=False, max_length=MOST_RULES)
    role_choice = serializers.ChoiceField(AppConnection.RoleChoice.choices, required=False)
    default_role = Text(max_length=LONGEST_ROLE, required=False, allow_blank=True)
    attributes = serializers.DictField(child=Text(max_length=512), required=False)
    on_deactivate = serializers.ChoiceField(AppConnection.Leaving.choices, required=False)
    on_delete = serializers.ChoiceField(AppConnection.Leaving.choices, required=False)
    delete_after_days = Whole(min_value=0, max_value=3650, required=False)
    width = Whole(min_value=1, max_value=64, required=False)
    brake_people = Whole(min_value=0, max_value=1_000_000, required=False)
    brake_percent = Whole(min_value=0, max_value=100, required=False)
