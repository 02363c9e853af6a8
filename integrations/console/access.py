"""Who may open a page: a member of the workspace whose role allows it, for an integration that is theirs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from integrations import catalog, roles, sign_in
from integrations.console import errors
from integrations.kit.errors import NotAllowed
from integrations.models import Membership, User
from integrations.roles import Action

View = Callable[..., HttpResponse]


def member_page(action: Action | None) -> Callable[[View], View]:
    """The view is called as `view(request, member, **rest of the address)`; None: every member may open it.

    Strangers are led to sign-in, people without a role here get 404, those whose role does not allow it a 403
    that names the roles which do.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, workspace: str, **rest: Any) -> HttpResponse:
            if not isinstance(request.user, User):
                return _to_sign_in(request)
            member = _membership(request, request.user, workspace)
            request.member = member  # type: ignore[attr-defined]  # where the layout finds it
            try:
                if action is not None:
                    roles.require(member, action)
                return view(request, member, **rest)
            except NotAllowed as refused:
                return errors.not_allowed(request, member, refused)

        return opened

    return decorate


def integration_page(action: Action) -> Callable[[View], View]:
    """As `member_page`, with the integration of the address: `view(request, member, integration, **rest)`."""

    def decorate(view: View) -> View:
        @member_page(action)
        @wraps(view)
        def opened(
            request: HttpRequest, member: Membership, integration_id: UUID, **rest: Any
        ) -> HttpResponse:
            return view(request, member, catalog.find(member, integration_id), **rest)

        return opened

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """A page leads to sign-in and back; a fragment tells the browser to go there.

    After a form that was sent the person is told that nothing was done, and comes back to its page.
    """
    sent = request.method not in {"GET", "HEAD"}
    if sent:
        messages.warning(request, _("Your sign-in had ended, so nothing was changed. Sign in and try again."))
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        back = request.htmx.current_url_abs_path or reverse("home")  # type: ignore[attr-defined]
        response = HttpResponseClientRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")
        response.status_code = 401
        return response
    return redirect_to_login(_came_from(request) if sent else request.get_full_path())


def _came_from(request: HttpRequest) -> str:
    """The path of the page of ours that the form stood on, else the way in."""
    parts = urlsplit(request.headers.get("Referer", ""))
    if parts.netloc != request.get_host():
        return reverse("home")
    return sign_in.local_path(parts._replace(scheme="", netloc="").geturl())


def _membership(request: HttpRequest, user: User, slug: str) -> Membership:
    # all-tenants: one's own
    found = Membership.objects.filter(user=user, workspace__slug=slug)
    member = found.select_related("workspace", "user").first()
    if member is None:
        raise Http404
    if request.session.get("workspace") != slug:
        request.session["workspace"] = slug
    return member
