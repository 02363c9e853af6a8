"""People and groups as the management API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from integrations.api.fields import Listed, Word
from integrations.delivery.provisioning_state import State


class UserRow(serializers.Serializer[Any]):
    """Of a person with where they stand (`views.Seen`)."""

    id = serializers.UUIDField(source="row.pk")
    user_name = serializers.CharField(source="row.user_name")
    external_id = serializers.CharField(source="row.external_id")
    display_name = serializers.CharField(source="row.display_name")
    active = serializers.BooleanField(source="row.active")
    test_only = serializers.BooleanField(
        source="row.test_only",
        help_text="Made by a connection test of the identity provider: never delivered.",
    )
    provisioning_state = serializers.ChoiceField(State.choices, source="standing.state")
    cause = serializers.CharField(source="standing.cause")
    remedy = serializers.CharField(source="standing.remedy")
    version = serializers.IntegerField(source="row.version")
    created_at = serializers.DateTimeField(source="row.created_at")
    updated_at = serializers.DateTimeField(source="row.updated_at")
    deleted_at = serializers.DateTimeField(source="row.deleted_at", allow_null=True)


class UserDetail(UserRow):
    resource = serializers.JSONField(help_text="The person as SCIM answers show them (RFC 7643).")


class UsersAsked(Listed):
    user_name = serializers.CharField(required=False, max_length=512, help_text="Without regard to case.")
    external_id = serializers.CharField(required=False, max_length=512)
    active = Word(required=False)


class GroupRow(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    display_name = serializers.CharField()
    external_id = serializers.CharField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    deleted_at = serializers.DateTimeField(allow_null=True)


class GroupsAsked(Listed):
    display_name = serializers.CharField(required=False, max_length=512, help_text="Without regard to case.")
    external_id = serializers.CharField(required=False, max_length=512)


class MemberRow(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="user_id", help_text="The person's id.")
    user_name = serializers.CharField(source="user.user_name")
    active = serializers.BooleanField(source="user.active")
    since = serializers.DateTimeField(source="created_at")
