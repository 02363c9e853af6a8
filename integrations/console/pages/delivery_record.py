"""One delivery: everything about it, and what a person can do with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from integrations import roles
from integrations.console import delivery_words, layout, timeline
from integrations.console.access import integration_page
from integrations.console.forms.deliveries import EditForm, SkipForm
from integrations.console.forms.verb import VerbForm
from integrations.delivery import finding
from integrations.delivery.connector import Capability
from integrations.delivery.errands import connecting, drafts
from integrations.delivery.models import Delivery, Task
from integrations.delivery.turns import controls
from integrations.kit.errors import NotAllowed, Refused
from integrations.models import Integration, Membership
from integrations.roles import Action
from integrations.traffic.models import RequestLog

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TEMPLATES: dict[type[VerbForm], str] = {SkipForm: "delivery_skip", EditForm: "delivery_edit"}
CLOSED = gettext_lazy("This delivery has ended, or is being carried right now. Nothing was changed.")
BRAKED = gettext_lazy("The safety brake holds this delivery until somebody decides. Nothing was changed.")


@integration_page(Action.INTEGRATION_VIEW)
def delivery_record(
    request: HttpRequest, member: Membership, integration: Integration, *, delivery_id: UUID
) -> HttpResponse:
    delivery = finding.one(integration, delivery_id)
    context = {
        "steps": timeline.of_delivery(integration, delivery),
        "log": RequestLog.objects.for_integration(integration).filter(trace_id=delivery.trace_id).first(),
        "task": Task.objects.for_integration(integration).filter(delivery=delivery).first(),
        **_actions(member, integration, delivery),
    }
    return _render(request, member, delivery, template="delivery_record", context=context)


@require_POST
@integration_page(Action.DELIVERY_MANAGE)
def delivery_retry(
    request: HttpRequest, member: Membership, integration: Integration, *, delivery_id: UUID
) -> HttpResponse:
    delivery = finding.one(integration, delivery_id)
    if controls.retry([delivery], by=member):
        messages.success(request, _("Delivery %(n)d is tried again.") % {"n": delivery.number})
    else:
        messages.info(request, _closed(delivery))
    return _back(member, delivery)


@integration_page(Action.DELIVERY_MANAGE)
def delivery_skip(
    request: HttpRequest, member: Membership, integration: Integration, *, delivery_id: UUID
) -> HttpResponse:
    """Asks why; the reason is kept."""
    delivery = finding.one(integration, delivery_id)
    form = SkipForm(request.POST or None)

    def skip() -> str:
        if not controls.skip([delivery], reason=form.cleaned_data["reason"], by=member):
            raise Refused("closed", str(CLOSED))
        return _("Delivery %(n)d is skipped. What waits behind it goes on.") % {"n": delivery.number}

    return _asked(request, member, delivery, form=form, verb=skip)


@integration_page(Action.DELIVERY_MANAGE)
def delivery_edit(
    request: HttpRequest, member: Membership, integration: Integration, *, delivery_id: UUID
) -> HttpResponse:
    """What would be sent, to be changed and sent."""
    delivery = finding.one(integration, delivery_id)
    form = EditForm(request.POST or None, initial={"override": _draft(delivery)})

    def edit() -> str:
        controls.edit(delivery, form.cleaned_data["override"], by=member)
        return _("Delivery %(n)d goes out as you wrote it.") % {"n": delivery.number}

    return _asked(request, member, delivery, form=form, verb=edit)


@require_POST
@integration_page(Action.DELIVERY_MANAGE)
def delivery_hand_over(
    request: HttpRequest, member: Membership, integration: Integration, *, delivery_id: UUID
) -> HttpResponse:
    delivery = finding.one(integration, delivery_id)
    try:
        controls.hand_over(delivery, by=member)
    except NotAllowed:
        raise
    except Refused as refused:
        messages.info(request, _closed(delivery) if refused.code == "closed" else refused.message)
    else:
        words = _("Delivery %(n)d is a task now. It counts as delivered when the task is done, with proof.")
        messages.success(request, words % {"n": delivery.number})
    return _back(member, delivery)


def _asked(
    request: HttpRequest,
    member: Membership,
    delivery: Delivery,
    *,
    form: VerbForm,
    verb: Callable[[], str],
) -> HttpResponse:
    """The form on a page of its own; once it is right, the verb, and back to the delivery."""
    if not delivery_words.may_be_touched(delivery):
        messages.info(request, _closed(delivery))
        return _back(member, delivery)
    if request.method == "POST" and form.is_valid():
        try:
            words = verb()
        except NotAllowed:
            raise
        except Refused as refused:
            form.refuse(refused)
        else:
            messages.success(request, words)
            return _back(member, delivery)
    return _render(request, member, delivery, template=TEMPLATES[type(form)], context={"form": form})


def _render(
    request: HttpRequest, member: Membership, delivery: Delivery, *, template: str, context: dict[str, Any]
) -> HttpResponse:
    integration = delivery.integration
    names = finding.names(integration, [delivery])
    context |= {
        "delivery": delivery,
        "name": delivery.label or names.get(delivery.line) or delivery.group_name or str(delivery.line),
        "does": delivery_words.does(delivery),
        "state": delivery_words.state(delivery),
        "badge": delivery_words.badge(delivery),
        "is_braked": delivery_words.is_braked(delivery),
    }
    here = layout.of_integration(member, integration, "deliveries", deeper=True)
    status = 422 if request.method == "POST" else 200
    return render(request, f"console/{template}.html", here | context, status=status)


def _actions(member: Membership, integration: Integration, delivery: Delivery) -> dict[str, bool]:
    may_act = roles.may(member, Action.DELIVERY_MANAGE) and delivery_words.may_be_touched(delivery)
    connector = connecting.connector_of(integration)
    sends = connector is not None and Capability.ATTENDED not in connector.capabilities
    is_task = delivery.status == Delivery.Status.WITH_PERSON
    return {"may_act": may_act, "may_edit": may_act and sends, "may_hand_over": may_act and not is_task}


def _draft(delivery: Delivery) -> str:
    try:
        found = delivery.override or drafts.of(delivery)
    except Refused:
        found = {}
    return json.dumps(found, indent=2, ensure_ascii=False)


def _closed(delivery: Delivery) -> StrOrPromise:
    """Why nobody can act on it."""
    return BRAKED if delivery_words.is_braked(delivery) else CLOSED


def _back(member: Membership, delivery: Delivery) -> HttpResponse:
    return redirect("console:delivery-record", member.workspace.slug, delivery.integration_id, delivery.id)
