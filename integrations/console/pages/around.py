"""The pages around the workspaces: the way in, the theme, the Bookmark URL."""

from __future__ import annotations

from uuid import UUID

from allauth.account import views as account
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations import addresses, joining, sign_in
from integrations.console import layout
from integrations.kit.errors import Refused
from integrations.models import Integration, Membership

THEMES = {"light", "dark"}
YEAR_S = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """On to the person's workspace: the one seen last, else the first by name."""
    if not request.user.is_authenticated:
        return redirect("account_login") if joining.has_owner() else render(request, "start/nobody_yet.html")
    mine = Membership.objects.filter(user=request.user).select_related("workspace")  # all-tenants: one's own
    members = {each.workspace.slug: each for each in mine.order_by("workspace__name", "pk")}
    if not members:
        return (
            redirect("admin:index") if request.user.is_staff else render(request, "start/no_workspace.html")
        )
    last = members.get(request.session.get("workspace", ""))
    return redirect(layout.entry(last or next(iter(members.values()))))


def forgot_password(request: HttpRequest) -> HttpResponse:
    """A link by mail, or where there is none, whom to ask."""
    if settings.MAIL_CONFIGURED:
        answer: HttpResponse = account.password_reset(request)
        return answer
    return render(request, "start/no_mail.html")


def confirm(request: HttpRequest) -> HttpResponse:
    """Asks for the password again; an account without one says how it gets one."""
    if _has_no_password(request):
        return render(request, "start/no_password.html")
    answer: HttpResponse = account.reauthenticate(request)
    return answer


def set_password(request: HttpRequest) -> HttpResponse:
    """The first password, for whoever signed in just now: an open browser that was left behind gives none."""
    if _has_no_password(request) and not sign_in.is_fresh(request):
        return render(request, "start/no_password.html")
    answer: HttpResponse = account.password_set(request)
    return answer


def _has_no_password(request: HttpRequest) -> bool:
    return request.user.is_authenticated and not request.user.has_usable_password()


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keeps the choice of theme in a cookie and goes back to where it was made."""
    response = HttpResponseRedirect(sign_in.local_path(request.POST.get("next", "")))
    choice = request.POST.get("theme", "")
    if choice in THEMES:
        response.set_cookie(
            "theme", choice, max_age=YEAR_S, samesite="Lax", secure=settings.BEHIND_TLS, httponly=True
        )
    else:
        response.delete_cookie("theme")
    return response


@csrf_exempt  # of what is sent nothing is read, and nothing is changed
@require_http_methods(["GET", "HEAD", "POST"])
def bookmark(request: HttpRequest, integration_id: UUID) -> HttpResponse:
    """Sends the browser on to the app's stored sign-in page; nothing in the request changes where it
    leads. Okta comes by POST, with a SAML answer, where its app is one of SAML."""
    found = Integration.objects.filter(pk=integration_id, archived_at=None)  # all-tenants: the id is public
    address = _kept(found.values_list("sign_in_url", flat=True).first() or "")
    if not address:
        return render(request, "start/no_bookmark.html", status=404)
    # RFC 9110 15.4.4: after 303 the browser goes on by GET, and sends nothing along.
    response = HttpResponse(status=303 if request.method == "POST" else 302, headers={"Location": address})
    response["Referrer-Policy"] = "no-referrer"
    return response


def _kept(address: str) -> str:
    """As it would be taken today; "" where it would not be."""
    try:
        return addresses.sign_in_url(address)
    except Refused:
        return ""
