"""Deliveries that people carry out."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from integrations.api.fields import Id, Listed, Taken, Text
from integrations.delivery.models import Task


class TaskStep(serializers.Serializer[Any]):
    words = serializers.CharField()
    detail = serializers.CharField()
    done_at = serializers.CharField()
    done_by = serializers.CharField()


class TaskRow(serializers.Serializer[Task]):
    id = serializers.UUIDField()
    integration = serializers.UUIDField(source="integration_id")
    title = serializers.CharField()
    state = serializers.ChoiceField(Task.State.choices)
    assignee = serializers.UUIDField(source="assignee_id", allow_null=True, help_text="The member's id.")
    due_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    done_by = serializers.CharField()


class TaskDetail(TaskRow):
    delivery = serializers.UUIDField(source="delivery.id")
    steps = TaskStep(many=True)
    note = serializers.CharField()


class TasksAsked(Listed):
    state = serializers.ChoiceField(Task.State.choices, required=False)
    integration = serializers.UUIDField(required=False)
    assignee = serializers.UUIDField(required=False, help_text="The member's id.")


class TaskTake(Taken):
    member = Id(help_text="Who takes it: a key is nobody who could carry it out.")


class TaskFinish(Taken):
    note = Text(max_length=4_000, help_text="What was done; kept as proof.")
