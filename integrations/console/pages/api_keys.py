"""The dialogs of the workspace's API keys: make, revoke. Each is a page of its own without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from integrations import api_keys, sign_in
from integrations.console import dialogs
from integrations.console.access import member_page
from integrations.console.forms.api_keys import NewApiKeyForm
from integrations.console.forms.integrations import ConfirmForm
from integrations.console.pages import workspace
from integrations.kit.errors import Refused
from integrations.models import ApiKey, Membership
from integrations.roles import Action


@member_page(Action.API_KEY_MANAGE)
def api_key_new(request: HttpRequest, member: Membership) -> HttpResponse:
    """Make an API key: what it is for, what it may, how long it works."""
    form = NewApiKeyForm(member, request.POST or None, kept=request.GET)
    if request.method == "POST" and form.is_valid():
        return _shown_if_made(request, member, form)
    return _asked(request, member, form)


@member_page(Action.API_KEY_MANAGE)
def api_key_revoke(request: HttpRequest, member: Membership, api_key_id: UUID) -> HttpResponse:
    """Revoke an API key: what stops, and the key's label to type."""
    key = _find(member, api_key_id)
    form = ConfirmForm(key.label, request.POST or None)
    words = {"label": key.label, "name": key.shown_name}
    if not key.is_live(timezone.now()):
        text = _("%(label)s (%(name)s) stopped already: its requests are refused.") % words
        return dialogs.refuse(request, _context(member), heading=_("Nothing to revoke"), text=text)
    if request.method == "POST" and form.is_valid():
        api_keys.revoke(key, by=member)
        said = _("The API key %(label)s (%(name)s) is revoked. Its next request is refused.")
        messages.success(request, said % words)
        return dialogs.go(request, reverse("console:workspace", args=[member.workspace.slug]))
    more = {"form": form, "key": key, "post_url": request.path, "return_to": f"revoke-{key.pk}"}
    status = 422 if request.method == "POST" else 200
    return dialogs.show(request, "console/_api_key_revoke.html", _context(member) | more, status=status)


def _shown_if_made(request: HttpRequest, member: Membership, form: NewApiKeyForm) -> HttpResponse:
    """The answer to the POST that made it is the only place where a key is ever shown.

    A sign-in older than ten minutes is confirmed first: nothing was made then, and what was filled in is
    there again.
    """
    if not sign_in.is_fresh(request):
        return dialogs.confirm_first(request, f"{request.path}?{urlencode(form.chosen())}")
    try:
        made = api_keys.make(member.workspace, form.terms(), by=member)
    except Refused as refused:
        if refused.field:
            form.refuse(refused)
            return _asked(request, member, form)
        return dialogs.refuse(request, _context(member), heading=_("No key was made"), text=refused.message)
    return dialogs.show(request, "console/_api_key_shown.html", _context(member) | {"made": made})


def _asked(request: HttpRequest, member: Membership, form: NewApiKeyForm) -> HttpResponse:
    more = {"form": form, "post_url": request.path}
    status = 422 if request.method == "POST" else 200
    return dialogs.show(request, "console/_api_key_new.html", _context(member) | more, status=status)


def _context(member: Membership) -> dict[str, Any]:
    """The settings behind the dialog, and the way back to them."""
    return {
        **workspace.context(member),
        "page_template": "console/workspace.html",
        "leave_url": reverse("console:workspace", args=[member.workspace.slug]),
        "return_to": "make-api-key",
    }


def _find(member: Membership, api_key_id: UUID) -> ApiKey:
    rows = ApiKey.objects.for_workspace(member.workspace).select_related("workspace")
    found = rows.filter(pk=api_key_id).first()
    if found is None:
        raise Http404
    return found
