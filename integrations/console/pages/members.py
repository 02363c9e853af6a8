"""Members and roles: who may use the console, and as what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from integrations import invitation_mail, roles, sign_in, workspaces
from integrations.console import dialogs, layout
from integrations.console.access import member_page
from integrations.console.forms.integrations import ConfirmForm
from integrations.console.forms.members import AccessForm, InviteForm, RoleForm
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Invitation, Membership, Role
from integrations.roles import Action


@member_page(Action.MEMBER_VIEW)
def members(request: HttpRequest, member: Membership) -> HttpResponse:
    return render(request, "console/members.html", _context(member))


@member_page(Action.MEMBER_INVITE)
def member_invite(request: HttpRequest, member: Membership) -> HttpResponse:
    """Invites by e-mail. Without mail the link is shown once, in this answer alone."""
    form = InviteForm(member, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not sign_in.is_fresh(request):
            return _confirm_first(request)
        try:
            invited = workspaces.invite(member.workspace, **form.cleaned_data, by=member)
        except NotAllowed:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            link = invitation_mail.send(invited.invitation, invited.key, by=member)
            if not link:
                messages.success(request, _("The invitation to %(email)s is on its way.") % form.cleaned_data)
                return redirect("console:members", member.workspace.slug)
            shown = {"link": link, "invitation": invited.invitation}
            return render(request, "console/member_invited.html", shown)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/member_invite.html", {"form": form}, status=status)


@member_page(Action.MEMBER_CHANGE)
def member_role(request: HttpRequest, member: Membership, member_id: UUID) -> HttpResponse:
    other = _find(member, member_id)
    roles.require_giving(member, other.role)
    form = RoleForm(member, request.POST or None, initial={"role": other.role})
    if request.method == "POST" and form.is_valid():
        if not sign_in.is_fresh(request):
            return _confirm_first(request)
        try:
            changed = workspaces.change_role(other, form.cleaned_data["role"], by=member)
        except NotAllowed:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            if changed.role != other.role:
                sign_in.end_sessions(changed.user, but=request)
            words = {"email": changed.user.email, "role": changed.get_role_display()}
            messages.success(request, _("%(email)s is %(role)s now.") % words)
            return redirect("console:members", member.workspace.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/member_role.html", {"form": form, "other": other}, status=status)


@member_page(None)
def member_remove(request: HttpRequest, member: Membership, member_id: UUID) -> HttpResponse:
    """Removes a member; for oneself this is leaving, which everybody may."""
    leaving = member_id == member.pk
    if not leaving:
        roles.require(member, Action.MEMBER_CHANGE)
    other = _find(member, member_id)
    if not leaving:
        roles.require_giving(member, other.role)
    form = ConfirmForm(other.user.email, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            workspaces.remove(other, by=member)
        except NotAllowed:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            sign_in.end_sessions(other.user, but=request)
            if leaving:
                messages.success(request, _("You have left %(name)s.") % {"name": member.workspace.name})
                return redirect("home")
            messages.success(request, _("%(email)s is not a member any more.") % {"email": other.user.email})
            return redirect("console:members", member.workspace.slug)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "other": other, "leaving": leaving, "back": _back(member)}
    return render(request, "console/member_remove.html", context, status=status)


@member_page(Action.MEMBER_CHANGE)
def member_access(request: HttpRequest, member: Membership, member_id: UUID) -> HttpResponse:
    """Which integrations an Admin sees, where the workspace limits Admins."""
    other = _find(member, member_id)
    roles.require_giving(member, other.role)
    every = Integration.objects.for_workspace(member.workspace).order_by("name", "id")
    choices = [(str(one.pk), one.name) for one in every]
    given = [str(pk) for pk in other.accesses.values_list("integration_id", flat=True)]
    form = AccessForm(choices, request.POST or None, initial={"integrations": given})
    if request.method == "POST" and form.is_valid():
        try:
            workspaces.give(other, form.cleaned_data["integrations"], by=member)
        except NotAllowed:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("console:members", member.workspace.slug)
    status = 422 if request.method == "POST" else 200
    return render(request, "console/member_access.html", {"form": form, "other": other}, status=status)


@require_POST
@member_page(Action.MEMBER_INVITE)
def invitation_withdraw(request: HttpRequest, member: Membership, invitation_id: UUID) -> HttpResponse:
    invitation = Invitation.objects.for_workspace(member.workspace).filter(pk=invitation_id).first()
    if invitation is None:
        raise Http404
    workspaces.withdraw(invitation, by=member)
    messages.success(request, _("The invitation to %(email)s is withdrawn.") % {"email": invitation.email})
    return redirect("console:members", member.workspace.slug)


def _confirm_first(request: HttpRequest) -> HttpResponse:
    """For a sign-in older than ten minutes: whoever joins by an invitation has a fresh one, so to invite
    oneself would lead around every other page that asks for it. What was typed is no part of an address."""
    messages.info(request, _("Nothing was changed yet. Confirm that it is you, then enter it again."))
    return dialogs.go(request, sign_in.confirm_url(request.path))


def _back(member: Membership) -> tuple[str, str]:
    """Where somebody goes who stays after all, and what it is called."""
    if roles.may(member, Action.MEMBER_VIEW):
        return reverse("console:members", args=[member.workspace.slug]), _("Members and roles")
    return layout.entry(member), _("Tasks")


def _find(member: Membership, member_id: UUID) -> Membership:
    found = Membership.objects.for_workspace(member.workspace).select_related("user", "workspace")
    other = found.filter(pk=member_id).first()
    if other is None:
        raise Http404
    return other


def _context(member: Membership) -> dict[str, Any]:
    rows = Membership.objects.for_workspace(member.workspace).select_related("user", "workspace")
    may_change = roles.may(member, Action.MEMBER_CHANGE)
    return {
        "me": member,
        "rows": [_row(member, other) for other in rows.order_by("user__email", "pk")],
        "invitations": workspaces.open_invitations(member.workspace),
        "may_invite": roles.may(member, Action.MEMBER_INVITE),
        "may_change": may_change,
        "matrix": [
            (roles.DESCRIPTIONS[action], [(role.label, role in able) for role in Role])
            for action, able in roles.TABLE.items()
        ],
        "roles": [role.label for role in Role],
    }


def _row(member: Membership, other: Membership) -> dict[str, Any]:
    here = {"workspace": member.workspace.slug, "member_id": other.pk}
    may = roles.may(member, Action.MEMBER_CHANGE) and roles.may_give(member, other.role)
    items: list[dict[str, Any]] = []
    if may:
        items.append(
            {"label": _("Change role"), "url": reverse("console:member-role", kwargs=here), "icon": "shield"}
        )
    if may and other.role == Role.ADMIN and member.workspace.admins_limited:
        items.append(
            {"label": _("Integrations"), "url": reverse("console:member-access", kwargs=here), "icon": "plug"}
        )
    if may or other.pk == member.pk:
        label = _("Leave") if other.pk == member.pk else _("Remove")
        items.append(
            {
                "label": label,
                "url": reverse("console:member-remove", kwargs=here),
                "icon": "trash",
                "danger": True,
            }
        )
    ids = {"menu_id": f"menu-{other.pk}", "described_by": f"member-{other.pk}"}
    return ids | {"member": other, "is_me": other.pk == member.pk, "items": items}
