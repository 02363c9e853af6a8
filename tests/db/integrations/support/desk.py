"""What tests of Django admin look at, and how."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import reverse

from integrations.audit.events import Event
from integrations.audit.models import AuditEntry
from integrations.delivery.models import (
    AppAccount,
    AppConnection,
    Attempt,
    Change,
    Delivery,
    Lane,
    Planning,
    Task,
)
from integrations.models import (
    ApiKey,
    GatewayToken,
    Integration,
    Invitation,
    Membership,
    User,
    Workspace,
)
from integrations.traffic.models import Contact, RefusedToken, RequestLog
from scim.models import ScimGroup, ScimUser
from tests import factories

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
TRACE = "c" * 32
UNKNOWN = "01900000-0000-7000-8000-000000000000"
BODY = "canary-of-a-body"
CHANGE = {"event": "user.updated", "resource_type": "User", "version": 2, "actor": "Okta", "trace_id": TRACE}
VALUES = {"before": {"title": BODY}, "after": {"title": BODY}, "delta": [{"path": "title", "after": BODY}]}
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
OWN = {Workspace, Integration, GatewayToken, ApiKey, Membership, Invitation, User}
THEIRS = {AuditEntry, Change, Contact, RefusedToken, RequestLog, ScimGroup, ScimUser}
DELIVERING = {AppAccount, Attempt, Delivery, Lane, Planning, Task}


def delivered(integration: Integration, change: Change, owner: Membership) -> list:
    """One row of each kind that goes out; what people or secrets are is a canary."""
    AppConnection.objects.create(integration=integration, settings={"address": BODY}, secrets={"key": BODY})
    delivery = factories.make_delivery(
        integration,
        change=change,
        line=change.resource_id,
        trace_id=TRACE,
        override={"title": BODY},
        proof={"seen": {"title": BODY}, "digest": "d" * 64},
    )
    exchange = {"words": BODY, "status": 200, "ms": 3, "sent": BODY, "received": BODY}
    steps = [{"words": BODY, "detail": BODY, "done_at": "", "done_by": ""}]
    return [
        Lane.objects.create(integration=integration),
        Planning.objects.create(integration=integration, trace_id="0" * 32, by="Command line"),
        delivery,
        Attempt.objects.create(
            delivery=delivery, number=1, started_at=NOW, result="done", exchanges=[exchange]
        ),
        AppAccount.objects.create(
            integration=integration,
            line=change.resource_id,
            roles=[BODY],
            differences=[BODY],
            shown={"attributes": {"title": BODY}},
        ),
        Task.objects.create(
            integration=integration, delivery=delivery, due_at=NOW, steps=steps, note=BODY, assignee=owner
        ),
    ]


def make_request(integration: Integration, **fields) -> RequestLog:
    usual = {"method": "GET", "path": "/Users", "status": 200, "duration_ms": 4, "trace_id": TRACE}
    bodies = {"request_body": BODY, "response_body": BODY}
    return RequestLog.objects.create(**{"integration": integration, **usual, **bodies, **fields})


def address(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def look_up(desk, model, term):
    return desk.get(address(model, "changelist"), {"q": str(term)})


def found(answer) -> list:
    assert answer.status_code == 200, answer.status_code
    return list(answer.context_data["cl"].result_list)


def open_row(desk, row):
    return desk.get(address(type(row), "change", quote(row.pk)))


def term_for(model, rows) -> str:
    """What finds the fixture's row of a model: its own id, else its integration's."""
    found_by = admin.site._registry[model].search_fields
    if "delivery__id" in found_by:
        return str(rows[Delivery].id)
    return str(getattr(rows[model], "id", "") if "id" in found_by else rows[Integration].pk)


def pages(desk, model, rows) -> list[str]:
    """The list that shows the row, and the page of the row."""
    listed = look_up(desk, model, term_for(model, rows))
    assert found(listed) == [rows[model]]
    opened = open_row(desk, rows[model])
    assert opened.status_code == 200
    return [listed.content.decode(), opened.content.decode()]


def looks(workspace: Workspace) -> list[AuditEntry]:
    entries = AuditEntry.objects.for_workspace(workspace).filter(action=Event.SUPPORT_VIEWED)
    return list(entries.order_by("at", "id"))
