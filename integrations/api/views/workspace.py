"""The workspace of the key, its members and invitations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404

from integrations import invitation_mail, sign_in, workspaces
from integrations.api.fields import Listed
from integrations.api.paging import ByKey, Page
from integrations.api.resource import Call, Resource, operation
from integrations.api.serializers.workspace import (
    InvitationMade,
    InvitationShown,
    Invite,
    MemberChange,
    MembersAsked,
    MemberShown,
    WorkspaceShown,
)
from integrations.models import ApiKey, Invitation, Membership, Workspace
from integrations.roles import Action


@dataclass(frozen=True, slots=True)
class Made:
    """An invitation just made; `link` None once the mail is sent."""

    invitation: Invitation
    link: str | None = field(repr=False)


def find_member(key: ApiKey, _found: Mapping[str, Any], pk: UUID) -> Membership:
    members = Membership.objects.for_workspace(key.workspace).select_related("user", "workspace")
    member = members.prefetch_related("accesses").filter(pk=pk).first()
    if member is None:
        raise Http404
    return member


def find_invitation(key: ApiKey, _found: Mapping[str, Any], pk: UUID) -> Invitation:
    found = [one for one in workspaces.open_invitations(key.workspace) if one.pk == pk]
    if not found:
        raise Http404
    return found[0]


class Workspaces(Resource):
    @operation(action=Action.INTEGRATION_VIEW, summary="Read the workspace", gives=WorkspaceShown)
    def retrieve(self, call: Call) -> Workspace:
        """The workspace that the key belongs to."""
        return call.key.workspace


class Members(Resource):
    finders = {"member_id": find_member}

    @operation(action=Action.MEMBER_VIEW, summary="List members", gives=MemberShown, asks=MembersAsked)
    def list(self, call: Call) -> Page:
        """The people who use the console, in the order in which they joined."""
        members = Membership.objects.for_workspace(call.key.workspace).select_related("user")
        if "role" in call.query:
            members = members.filter(role=call.query["role"])
        if "email" in call.query:
            members = members.filter(user__email__iexact=call.query["email"])
        return call.page(members.prefetch_related("accesses"), ByKey())

    @operation(action=Action.MEMBER_VIEW, summary="Read a member", gives=MemberShown, locks="member")
    def retrieve(self, call: Call, member: Membership) -> Membership:
        return self.shown(call, member=member)

    @operation(
        action=Action.MEMBER_CHANGE,
        summary="Change a member",
        gives=MemberShown,
        takes=MemberChange,
        locks="member",
        example={"role": "admin"},
    )
    def partial_update(self, call: Call, member: Membership) -> Membership:
        """Gives another role, or an Admin their integrations. Whoever gets another role is signed out."""
        current = member
        if "role" in call.body and call.body["role"] != member.role:
            current = workspaces.change_role(member, call.body["role"], by=call.key)
            transaction.on_commit(lambda: sign_in.end_sessions(current.user))
        if "integrations" in call.body:
            workspaces.give(current, [str(pk) for pk in call.body["integrations"]], by=call.key)
        return self.shown(call, member=member)

    @operation(
        action=Action.MEMBER_CHANGE,
        summary="Remove a member",
        shows=MemberShown,
        locks="member",
        status=204,
    )
    def destroy(self, call: Call, member: Membership) -> None:
        """Ends the membership and signs the person out. The last Owner stays."""
        workspaces.remove(member, by=call.key)
        transaction.on_commit(lambda: sign_in.end_sessions(member.user))

    def shown(self, call: Call, **found: Any) -> Membership:
        return find_member(call.key, {}, found["member"].pk)


class Invitations(Resource):
    finders = {"invitation_id": find_invitation}

    @operation(action=Action.MEMBER_VIEW, summary="List open invitations", gives=InvitationShown, asks=Listed)
    def list(self, call: Call) -> Page:
        """Those that can still be taken up."""
        return call.page(workspaces.opened(call.key.workspace), ByKey())

    @operation(
        action=Action.MEMBER_INVITE,
        summary="Invite somebody",
        gives=InvitationMade,
        takes=Invite,
        status=201,
        makes=True,
        example={"email": "grace@northwind.example", "role": "admin"},
    )
    def create(self, call: Call) -> Made:
        """Offers a role for seven days, by mail; an open invitation to the address is replaced."""
        invited = workspaces.invite(call.key.workspace, **call.body, by=call.key)
        link = invitation_mail.send_behind(invited.invitation, invited.key, by=call.key)
        return Made(invited.invitation, link or None)

    @operation(action=Action.MEMBER_INVITE, summary="Withdraw an invitation", status=204)
    def destroy(self, call: Call, invitation: Invitation) -> None:
        workspaces.withdraw(invitation, by=call.key)
