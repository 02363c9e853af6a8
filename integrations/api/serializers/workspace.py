"""The workspace of the key, and who belongs to it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from integrations.api.fields import Id, Listed, Taken
from integrations.models import Invitation, Membership, Role, Workspace


class WorkspaceShown(serializers.Serializer[Workspace]):
    id = serializers.UUIDField()
    slug = serializers.CharField(help_text="The workspace as in the console's addresses.")
    name = serializers.CharField()
    admins_limited = serializers.BooleanField(help_text="Admins see only the integrations given to them.")
    created_at = serializers.DateTimeField()


class MemberShown(serializers.Serializer[Membership]):
    id = serializers.UUIDField()
    email = serializers.CharField(source="user.email")
    name = serializers.CharField(source="user.name")
    role = serializers.ChoiceField(Role.choices)
    integrations = serializers.SerializerMethodField(
        help_text="Those given to an Admin; they count where the workspace limits Admins."
    )
    created_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_integrations(self, member: Membership) -> list[str]:
        return sorted(str(access.integration_id) for access in member.accesses.all())


class MembersAsked(Listed):
    role = serializers.ChoiceField(Role.choices, required=False)
    email = serializers.EmailField(required=False, max_length=254)


class MemberChange(Taken):
    role = serializers.ChoiceField(Role.choices, required=False)
    integrations = serializers.ListField(
        child=Id(),
        required=False,
        max_length=1_000,
        help_text="Exactly these are given; for an Admin.",
    )


class InvitationShown(serializers.Serializer[Invitation]):
    id = serializers.UUIDField()
    email = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    invited_by = serializers.SerializerMethodField(
        help_text="The e-mail address of who made it; null for an API key or a command."
    )
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_invited_by(self, invitation: Invitation) -> str | None:
        return invitation.invited_by.email if invitation.invited_by else None


class InvitationMade(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="invitation.id")
    email = serializers.CharField(source="invitation.email")
    role = serializers.ChoiceField(Role.choices, source="invitation.role")
    expires_at = serializers.DateTimeField(source="invitation.expires_at")
    link = serializers.CharField(
        allow_null=True, help_text="Where mail is not set up: the link to pass on, in this answer alone."
    )


class Invite(Taken):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(Role.choices)
