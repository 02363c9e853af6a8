"""What was recorded: changes, requests, the audit."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from integrations.api.fields import Listed, Moment
from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.delivery.models import Change
from integrations.traffic.finding import RESULTS
from integrations.traffic.models import RequestLog


class DeltaShown(serializers.Serializer[Any]):
    path = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class ChangeShown(serializers.Serializer[Change]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    trace_id = serializers.CharField()
    event = serializers.CharField()
    resource_type = serializers.CharField()
    resource = serializers.UUIDField(source="resource_id")
    label = serializers.CharField(source="resource_label")
    version = serializers.IntegerField()
    actor = serializers.CharField()
    delta = DeltaShown(many=True)
    members = serializers.JSONField(help_text='{"added": [id], "removed": [id]} of a group.')


class ChangesAsked(Listed):
    resource = serializers.UUIDField(required=False, help_text="The id of a person or a group.")
    trace_id = serializers.RegexField("^[0-9a-f]{32}$", required=False)
    since = Moment(required=False)


class RequestRow(serializers.Serializer[RequestLog]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    trace_id = serializers.CharField()
    method = serializers.CharField()
    path = serializers.CharField()
    query = serializers.CharField()
    status = serializers.IntegerField()
    duration_ms = serializers.IntegerField()
    ip = serializers.CharField(allow_null=True)
    user_agent = serializers.CharField()
    token = serializers.CharField(help_text="The public part of the token that was sent.")
    idp = serializers.CharField()
    resource_type = serializers.CharField()
    resource = serializers.UUIDField(source="resource_id", allow_null=True)
    label = serializers.CharField(source="resource_label")
    problem = serializers.CharField()
    remedy = serializers.CharField()


class RequestDetail(RequestRow):
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="What was understood, in sentences."
    )
    scim_type = serializers.CharField()
    expected = serializers.CharField()
    received = serializers.CharField()
    request_body = serializers.CharField(help_text="Without secrets.")
    response_body = serializers.CharField(help_text="Without secrets.")


class RequestsAsked(Listed):
    result = serializers.ChoiceField(sorted(RESULTS), required=False)
    trace_id = serializers.RegexField("^[0-9a-f]{32}$", required=False)
    resource = serializers.UUIDField(required=False, help_text="The id of a person or a group.")


class AuditShown(serializers.Serializer[AuditEntry]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    actor_kind = serializers.CharField()
    actor = serializers.CharField(source="actor_label")
    ip = serializers.CharField(allow_null=True)
    action = serializers.ChoiceField([event.value for event in Event])
    target_kind = serializers.CharField()
    target_id = serializers.CharField()
    target = serializers.CharField(source="target_label")
    integration = serializers.UUIDField(source="integration_id", allow_null=True)
    detail = serializers.JSONField()
    trace_id = serializers.CharField()


class AuditAsked(Listed):
    since = Moment(required=False)
    until = Moment(required=False)
