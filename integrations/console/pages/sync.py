"""Sync: the app is read, and people decide about what is otherwise than it is wanted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from integrations import roles, sign_in
from integrations.console import layout, sync_words
from integrations.console.access import integration_page
from integrations.console.forms.sync import AccountsForm
from integrations.delivery.connector import Connector
from integrations.delivery.errands import connecting
from integrations.delivery.errands.orders import Way
from integrations.delivery.models import AppAccount, SyncRun
from integrations.delivery.syncing import listing, starting, traits, verbs
from integrations.delivery.syncing.listing import Show
from integrations.delivery.wishes import wanted
from integrations.delivery.wishes.wanted import KnownPerson
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership
from integrations.roles import Action

LONGEST_CURSOR = 100


@integration_page(Action.INTEGRATION_VIEW)
def sync(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """How the latest run stands, and one of the three lists."""
    counts = listing.counts(integration)
    show = _chosen(request.GET.get("show", ""), counts)
    page = listing.page(integration, show, request.GET.get("cursor", "")[:LONGEST_CURSOR])
    context = {
        "show": show,
        "lists": [_tab(request.path, each, counts, current=show) for each in Show],
        "rows": _rows(integration, page.rows),
        "next_url": _page_url(show, page.older),
        "previous_url": _page_url(show, page.newer),
        "is_live": integration.mode == Integration.Mode.LIVE,
        "was_read": bool(page.rows) or _was_read(integration),
        **_card(member, integration),
    }
    here = layout.of_integration(member, integration, layout.SYNC)
    return render(request, "console/sync.html", here | context)


@sign_in.asked_by_itself
@integration_page(Action.INTEGRATION_VIEW)
def sync_run(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """The card alone; it replaces itself, and the whole page once the run has ended."""
    shown = {**_card(member, integration), "integration": integration}
    response = render(request, "console/_sync_run.html", shown)
    if not shown["is_running"]:
        path = reverse("console:sync", args=[member.workspace.slug, integration.pk])
        response["HX-Location"] = json.dumps(
            {"path": path, "target": "#main", "select": "#main", "swap": "outerMorph"}
        )
    return response


@require_POST
@integration_page(Action.DELIVERY_MANAGE)
def sync_start(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    try:
        verbs.start(integration, by=member)
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("console:sync", member.workspace.slug, integration.pk)


@require_POST
@integration_page(Action.DELIVERY_MANAGE)
def sync_stop(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    run = listing.last_run(integration)
    try:
        if run is not None:
            verbs.stop(run, by=member)
    except NotAllowed:
        raise
    except Refused as refused:
        messages.info(request, refused.message)
    return redirect("console:sync", member.workspace.slug, integration.pk)


@require_POST
@integration_page(Action.DELIVERY_MANAGE)
def sync_selected(request: HttpRequest, member: Membership, integration: Integration) -> HttpResponse:
    """Brings the app in step, or takes over what it has: those that were ticked, or one."""
    form = AccountsForm(request.POST)
    do, numbers = form.asked() if form.is_valid() else ("", [])
    chosen = list(listing.accounts(integration).filter(pk__in=numbers)) if do else []
    if not chosen:
        messages.info(request, _("Choose at least one account first. Nothing was changed."))
        return redirect("console:sync", member.workspace.slug, integration.pk)
    act = {"bring": verbs.bring_in_step, "take": verbs.take_over}[do]
    try:
        _tell(request, do, act(chosen, by=member), asked=len(chosen))
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("console:sync", member.workspace.slug, integration.pk)


def known(integration: Integration, accounts: Sequence[AppAccount]) -> dict[UUID, KnownPerson]:
    """The people that these accounts have or may have."""
    lines = [pk for one in accounts for pk in (one.line, one.suggestion) if pk]
    return wanted.source().people(integration.pk, lines) if lines else {}


def name_of(person: KnownPerson | None) -> str:
    return str(person.data.get("displayName") or person.user_name) if person else ""


def way_of(integration: Integration) -> Way:
    """How people reach the app, for saying why one is suggested. One query."""
    return Way(connecting.of(integration), connecting.connector_of(integration) or Connector)


def reason(account: AppAccount, person: KnownPerson, way: Way) -> str:
    """Why they are suggested."""
    keys = traits.of_person(wanted.person(person, way.connection, way.connector))
    theirs = traits.of_account(account.user_name, account.email, account.display_name)
    return str(sync_words.REASONS[traits.strongest(keys, theirs)])


def _card(member: Membership, integration: Integration) -> dict[str, Any]:
    """What _sync_run.html takes besides the integration."""
    run = listing.last_run(integration)
    is_running = run is not None and run.state == SyncRun.State.RUNNING
    here = {"workspace": member.workspace.slug, "integration_id": integration.pk}
    may = roles.may(member, Action.DELIVERY_MANAGE)
    return {
        "card": sync_words.of(run),
        "is_running": is_running,
        "is_stopping": run is not None and run.stop_requested,
        "poll_url": reverse("console:sync-run", kwargs=here) if is_running else "",
        "poll_every": sync_words.poll_every(run) if run else "",
        "cannot": _cannot(integration),
        "may_manage": may,
        "workspace": member.workspace,
    }


def _was_read(integration: Integration) -> bool:
    """Whether a run has ended well: until then nothing is known of the app."""
    return SyncRun.objects.for_integration(integration).filter(state=SyncRun.State.DONE).exists()


def _cannot(integration: Integration) -> str:
    """Why no run may begin; "" where one may."""
    try:
        starting.lister(integration)
    except Refused as refused:
        return refused.message
    return ""


def _chosen(asked: str, counts: dict[str, int]) -> Show:
    """The list that was asked for, else the first that holds something."""
    if asked in Show.values:
        return Show(asked)
    return next((each for each in Show if counts[each]), Show.OUT_OF_STEP)


def _tab(path: str, show: Show, counts: dict[str, int], *, current: Show) -> dict[str, Any]:
    number = counts[show]
    return {
        "url": f"{path}?{urlencode({'show': show.value})}",
        "label": show.label,
        "current": "page" if show == current else "",
        "count": (number if number <= listing.COUNTED else f"{listing.COUNTED}+") or "",
    }


def _rows(integration: Integration, accounts: Sequence[AppAccount]) -> list[dict[str, Any]]:
    people, way = known(integration, accounts), way_of(integration)
    return [_row(one, people, way) for one in accounts]


def _row(account: AppAccount, people: dict[UUID, KnownPerson], way: Way) -> dict[str, Any]:
    line = account.line or account.suggestion
    person = people.get(line) if line else None
    return {
        "account": account,
        "name": name_of(person) or account.display_name or str(account),
        "person": person,
        "reason": reason(account, person, way) if person and account.line is None else "",
    }


def _page_url(show: Show, cursor: str) -> str:
    return f"?{urlencode({'show': show.value, 'cursor': cursor})}" if cursor else ""


def _tell(request: HttpRequest, do: str, done: int, *, asked: int) -> None:
    if do == "bring":
        words = ngettext("%(n)d delivery is on its way.", "%(n)d deliveries are on their way.", done)
    else:
        words = ngettext("What the app has was taken over for %(n)d account.",
                         "What the app has was taken over for %(n)d accounts.", done)  # fmt: skip
    if done:
        messages.success(request, words % {"n": done})
    if done < asked:
        late = ngettext("%(n)d was in step meanwhile.", "%(n)d were in step meanwhile.", asked - done)
        messages.info(request, late % {"n": asked - done})
