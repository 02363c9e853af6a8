"""Links that work once: the first Owner's start, and a sign-in for someone locked out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from integrations import joining, one_time_links, sign_in
from integrations.console.forms.joining import StartForm
from integrations.joining import Account
from integrations.kit.errors import Refused
from integrations.models import OneTimeLink

GONE = 410


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, key: str) -> HttpResponse:
    """The first Owner sets name, e-mail, password and workspace name. Looking uses nothing up."""
    if joining.has_owner() or one_time_links.find(OneTimeLink.Kind.START, key) is None:
        return render(request, "start/link_gone.html", {"has_owner": joining.has_owner()}, status=GONE)
    form = StartForm(request.POST or None)
    if request.method != "POST":
        return render(request, "start/start.html", {"form": form})
    if form.is_valid():
        given = form.cleaned_data
        account = Account(given["name"], given["email"], given["password"])
        try:
            member = joining.begin(key, account, given["workspace"])
        except Refused as refused:
            if refused.code == "link_used":  # by a second click on the same button
                return render(request, "start/link_gone.html", {"has_owner": True}, status=GONE)
            form.refuse(refused)
        else:
            sign_in.enter(request, member.user, method="start")
            return redirect("console:integrations", workspace=member.workspace.slug)
    return render(request, "start/start.html", {"form": form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, key: str) -> HttpResponse:
    """Signs in once, by a button: programs that follow links in mails use nothing up."""
    link = one_time_links.find(OneTimeLink.Kind.SIGN_IN, key)
    if link is None or link.user is None or not link.user.is_active:
        return render(request, "start/link_gone.html", {"has_owner": True}, status=GONE)
    if request.method != "POST":
        context = {"email": link.user.email, "has_password": link.user.has_usable_password()}
        return render(request, "start/sign_in_link.html", context)
    if not one_time_links.use(link):
        return render(request, "start/link_gone.html", {"has_owner": True}, status=GONE)
    if request.POST.get("then") == "password":
        return redirect(sign_in.new_password_path(link.user))
    sign_in.enter(request, link.user, method="link")
    return redirect("home" if link.user.has_usable_password() else "account_set_password")
