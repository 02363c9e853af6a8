"""Workspaces and who belongs to them: create, invite, join, change a role, remove."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from integrations import one_time_links, roles
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.kit import email_address, one_line, transactions
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import (
    Integration,
    IntegrationAccess,
    Invitation,
    Membership,
    Role,
    User,
    Workspace,
)
from integrations.roles import Action, By

INVITATION_LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made; `key` is the secret part of its link and kept nowhere."""

    invitation: Invitation
    key: str = field(repr=False)


def create(name: str, owner: User, *, by: By | None = None) -> Membership:
    """A workspace with its first Owner. The slug comes from the name and is made unique."""
    name = one_line.of(name)
    if not name or len(name) > 80:
        raise Refused("name", _("Enter a workspace name of at most 80 characters."), "workspace")
    with transactions.write():
        workspace = Workspace.objects.create(name=name, slug=_free_slug(name))
        member = Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
        trail.record(Event.WORKSPACE_CREATED, workspace, by=by or member, workspace=workspace)
    return member


def change(workspace: Workspace, *, name: str, admins_limited: bool, by: By) -> Workspace:
    """Sets the workspace's name and whether Admins see only the integrations given to them."""
    roles.require(by, Action.WORKSPACE_CHANGE)
    name = one_line.of(name)
    if not 0 < len(name) <= 80:
        raise Refused("name", _("Enter a workspace name of at most 80 characters."), "name")
    with transactions.write():
        workspace.name, workspace.admins_limited = name, admins_limited
        workspace.save(update_fields=["name", "admins_limited"])
        detail = {"name": workspace.name, "admins_limited": admins_limited}
        trail.record(Event.WORKSPACE_CHANGED, workspace, by=by, workspace=workspace, detail=detail)
    return workspace


def invite(workspace: Workspace, email: str, role: str, *, by: By) -> Invited:
    """Offers a role to an e-mail address for seven days.

    An open invitation to it is replaced. Raises Refused.
    """
    roles.require(by, Action.MEMBER_INVITE)
    email = email_address.clean(email)
    _known_role(role)
    roles.require_giving(by, role)
    key, key_hash = one_time_links.new_key()
    with transactions.write():
        Workspace.objects.select_for_update().get(pk=workspace.pk)  # one invitation to an address at a time
        if Membership.objects.for_workspace(workspace).filter(user__email__iexact=email).exists():
            raise Refused("member", _("This person is a member already."), "email")
        _open(workspace).filter(email__iexact=email).update(withdrawn_at=timezone.now())
        invitation = Invitation.objects.create(
            workspace=workspace,
            email=email,
            role=role,
            key_hash=key_hash,
            invited_by=by.user if isinstance(by, Membership) else None,
            expires_at=timezone.now() + INVITATION_LIFE,
        )
        trail.record(Event.MEMBER_INVITED, invitation, by=by, workspace=workspace, detail={"role": role})
    return Invited(invitation, key)


def find_invitation(key: str) -> Invitation | None:
    """The open invitation of a link; None when it is unknown, taken up, withdrawn or too old."""
    # all-tenants: the key tells
    found = Invitation.objects.filter(key_hash=one_time_links.hash_of(key)).select_related("workspace")
    return found.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()).first()


def accept(invitation: Invitation, user: User) -> Membership:
    """Makes the person a member; an invitation is taken up once, and only by its own e-mail address.

    Raises Refused, also where whoever made it may not give its role any more.
    """
    if user.email.lower() != invitation.email.lower():
        raise Refused("other_person", _("This invitation is for another e-mail address."))
    with transactions.write():
        taken = Invitation.objects.for_workspace(invitation.workspace).filter(
            pk=invitation.pk, accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
        )
        if not _may_still_be_given(invitation) or not taken.update(accepted_at=timezone.now()):
            raise Refused("used", _("This invitation does not work any more."))
        member, _made = Membership.objects.get_or_create(
            workspace=invitation.workspace, user=user, defaults={"role": invitation.role}
        )
        trail.record(
            Event.MEMBER_JOINED,
            member,
            by=member,
            workspace=invitation.workspace,
            detail={"role": member.role},
        )
    return member


def withdraw(invitation: Invitation, *, by: By) -> None:
    roles.require(by, Action.MEMBER_INVITE)
    roles.require_giving(by, invitation.role)
    with transactions.write():
        _withdraw(invitation, by=by)


def change_role(member: Membership, role: str, *, by: By) -> Membership:
    """Gives another role. Open invitations that the person made and could not make with it are withdrawn.

    Raises Refused for a role that `by` may not give or take, and for the last Owner.
    """
    _known_role(role)
    with transactions.write():
        current, by = _locked(member, by=by)
        roles.require(by, Action.MEMBER_CHANGE)
        roles.require_giving(by, current.role)
        roles.require_giving(by, role)
        if current.role == role:
            return current
        _keep_an_owner(current, leaving=role != Role.OWNER)
        before, current.role = current.role, role
        current.save(update_fields=["role"])
        detail = {"before": before, "after": role}
        trail.record(Event.MEMBER_CHANGED, current, by=by, workspace=current.workspace, detail=detail)
        _withdraw_made_by(current, but=roles.GIVES[Role(role)], by=by)
    return current


def remove(member: Membership, *, by: By) -> None:
    """Ends a membership, and withdraws the open invitations that the person made.

    Everyone may leave; for others it takes power over their role. The last Owner cannot go.
    """
    leaving = isinstance(by, Membership) and by.pk == member.pk
    with transactions.write():
        current, by = _locked(member, by=by)
        if not leaving:
            roles.require(by, Action.MEMBER_CHANGE)
            roles.require_giving(by, current.role)
        _keep_an_owner(current, leaving=True)
        trail.record(
            Event.MEMBER_REMOVED, current, by=by, workspace=current.workspace, detail={"role": current.role}
        )
        _withdraw_made_by(current, but=frozenset(), by=by)
        current.delete()


def open_invitations(workspace: Workspace) -> list[Invitation]:
    """Those that can still be taken up, the newest first."""
    return list(opened(workspace).order_by("-created_at", "pk"))


def opened(workspace: Workspace) -> Any:
    """As `open_invitations`, as a queryset without an order."""
    return _open(workspace).filter(expires_at__gt=timezone.now()).select_related("invited_by")


def give(member: Membership, integration_ids: Sequence[str], *, by: By) -> None:
    """Gives an Admin exactly these integrations; it counts where the workspace limits Admins.

    Raises Refused for one that is not there, and for a role that it means nothing to.
    """
    roles.require(by, Action.MEMBER_CHANGE)
    roles.require_giving(by, member.role)
    if integration_ids and member.role != Role.ADMIN:
        raise Refused("role", _("Only Admins are given integrations one by one."), "integrations")
    with transactions.write():
        wanted = list(Integration.objects.for_workspace(member.workspace).filter(pk__in=integration_ids))
        there = {str(one.pk) for one in wanted}
        for number, integration_id in enumerate(integration_ids):
            if integration_id not in there:
                raise Refused("unknown", _("There is no such integration."), f"integrations.{number}")
        held = IntegrationAccess.objects.filter(membership=member)  # all-tenants: of the member
        held.exclude(integration__in=wanted).delete()
        rows = [IntegrationAccess(integration=one, membership=member) for one in wanted]
        IntegrationAccess.objects.bulk_create(rows, ignore_conflicts=True)
        detail = {"integrations": sorted(one.name for one in wanted)}
        trail.record(Event.MEMBER_ACCESS_CHANGED, member, by=by, workspace=member.workspace, detail=detail)


def _open(workspace: Workspace) -> Any:
    return Invitation.objects.for_workspace(workspace).filter(accepted_at=None, withdrawn_at=None)


def _withdraw(invitation: Invitation, *, by: By) -> None:
    if _open(invitation.workspace).filter(pk=invitation.pk).update(withdrawn_at=timezone.now()):
        trail.record(Event.INVITATION_WITHDRAWN, invitation, by=by, workspace=invitation.workspace)


def _withdraw_made_by(member: Membership, *, but: frozenset[Role], by: By) -> None:
    """But for those to these roles. Else whoever lost a role would have it back from an invitation to
    another address of theirs."""
    made = opened(member.workspace).filter(invited_by=member.user).exclude(role__in=but)
    for invitation in made.order_by("pk"):
        _withdraw(invitation, by=by)


def _may_still_be_given(invitation: Invitation) -> bool:
    """Whether who made it may give its role now; locks their membership. Those of commands and API keys
    have nobody who could lose the power."""
    if invitation.invited_by_id is None:
        return True
    makers = Membership.objects.for_workspace(invitation.workspace).select_for_update()
    maker = makers.filter(user=invitation.invited_by_id).first()
    return maker is not None and roles.may_give(maker, invitation.role)


def _locked(member: Membership, *, by: By) -> tuple[Membership, By]:
    """The member, and who acts on them, as they are now.

    Locks all memberships of the workspace: two Owners who demote each other do so one after the other, and
    the second has lost the power. Raises Refused when one of them has left.
    """
    rows = Membership.objects.for_workspace(member.workspace).select_for_update(of=("self",)).order_by("pk")
    found = {row.pk: row for row in rows.select_related("user", "workspace")}
    if member.pk not in found:
        raise Refused("gone", _("This person is not a member any more."))
    if not isinstance(by, Membership):
        return found[member.pk], by
    if by.pk not in found:
        raise NotAllowed("role", _("You are not a member any more."))
    return found[member.pk], found[by.pk]


def _keep_an_owner(member: Membership, *, leaving: bool) -> None:
    owners = Membership.objects.for_workspace(member.workspace).filter(role=Role.OWNER)
    if leaving and member.role == Role.OWNER and not owners.exclude(pk=member.pk).exists():
        raise Refused("last_owner", _("A workspace always has an Owner. Make someone else Owner first."))


def _known_role(role: str) -> None:
    if role not in Role.values:
        raise Refused("role", _("Choose one of the roles."), "role")


def _free_slug(name: str) -> str:
    stem = slugify(name)[:50] or "workspace"
    taken = set(
        Workspace.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    )  # all-tenants: slugs are one space
    return next(slug for slug in _numbered(stem) if slug not in taken)


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}-{number}" for number in itertools.count(2))
