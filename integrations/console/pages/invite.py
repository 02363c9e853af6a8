"""An invitation's link: a new account for its e-mail address, or the account that is there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from integrations import joining, sign_in, workspaces
from integrations.console import layout
from integrations.console.forms.joining import AccountForm
from integrations.kit.errors import Refused
from integrations.models import Invitation, User


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, key: str) -> HttpResponse:
    invitation = workspaces.find_invitation(key)
    if invitation is None:
        return render(request, "start/invitation_gone.html", status=410)
    account = joining.find_account(invitation.email)
    if account is None:
        return _as_new(request, invitation)
    if request.user != account:
        way = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
        return render(request, "start/invitation_other.html", {"invitation": invitation, "sign_in": way})
    return _as_known(request, invitation, account)


def _as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = AccountForm(request.POST or None)
    context = {"form": form, "invitation": invitation}
    if request.method != "POST":
        return render(request, "start/invitation_new.html", context)
    if form.is_valid():
        try:
            member = joining.join(
                invitation, name=form.cleaned_data["name"], password=form.cleaned_data["password"]
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            sign_in.enter(request, member.user, method="invitation")
            return redirect(layout.entry(member))
    return render(request, "start/invitation_new.html", context, status=422)


def _as_known(request: HttpRequest, invitation: Invitation, account: User) -> HttpResponse:
    if request.method != "POST":
        return render(request, "start/invitation_known.html", {"invitation": invitation})
    try:
        member = workspaces.accept(invitation, account)
    except Refused:
        return render(request, "start/invitation_gone.html", status=410)
    return redirect(layout.entry(member))
