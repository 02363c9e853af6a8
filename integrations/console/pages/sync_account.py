"""One account of the app: what it is, how it differs, and whose it is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from integrations import roles
from integrations.console import layout
from integrations.console.access import integration_page
from integrations.console.forms.sync import PersonForm
from integrations.console.pages import sync
from integrations.delivery.models import AppAccount
from integrations.delivery.syncing import listing, verbs
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership
from integrations.roles import Action


@integration_page(Action.INTEGRATION_VIEW)
def sync_account(
    request: HttpRequest, member: Membership, integration: Integration, *, account_id: int
) -> HttpResponse:
    return _shown(request, member, listing.one(integration, account_id))


@require_POST
@integration_page(Action.DELIVERY_MANAGE)
def sync_match(
    request: HttpRequest, member: Membership, integration: Integration, *, account_id: int
) -> HttpResponse:
    """The account is this person's: the one that was typed."""
    account = listing.one(integration, account_id)
    form = PersonForm(integration, request.POST)
    if form.is_valid():
        try:
            verbs.match(account, form.cleaned_data["person"], by=member)
        except NotAllowed:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, _("The account %(name)s is matched now.") % {"name": account})
            return redirect("console:sync", member.workspace.slug, integration.pk)
    return _shown(request, member, account, form=form)


@require_POST
@integration_page(Action.DELIVERY_MANAGE)
def sync_unmatch(
    request: HttpRequest, member: Membership, integration: Integration, *, account_id: int
) -> HttpResponse:
    """The account is nobody's here: a wrong match, or a suggestion that is none."""
    account = listing.one(integration, account_id)
    try:
        verbs.unmatch(account, by=member)
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        words = _("The account %(name)s is left alone. It is not matched or suggested by itself any more.")
        messages.success(request, words % {"name": account})
    return redirect("console:sync", member.workspace.slug, integration.pk)


def _shown(
    request: HttpRequest, member: Membership, account: AppAccount, *, form: PersonForm | None = None
) -> HttpResponse:
    integration = account.integration
    people = sync.known(integration, [account])
    owner = people.get(account.line) if account.line else None
    suggested = people.get(account.suggestion) if account.suggestion else None
    initial = {"person": suggested.user_name} if suggested else {}
    context: dict[str, Any] = {
        "account": account,
        "name": sync.name_of(owner) or account.display_name or str(account),
        "owner": owner,
        "suggested": suggested,
        "reason": sync.reason(account, suggested, sync.way_of(integration)) if suggested else "",
        "form": form or PersonForm(integration, initial=initial),
        "may_manage": roles.may(member, Action.DELIVERY_MANAGE),
        "is_listed": listing.out_of_step(integration).filter(pk=account.pk).exists(),
        "is_live": integration.mode == Integration.Mode.LIVE,
    }
    here = layout.of_integration(member, integration, layout.SYNC, deeper=True)
    status = 422 if form is not None else 200
    return render(request, "console/sync_account.html", here | context, status=status)
