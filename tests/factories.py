"""Makes what tests name, with sensible defaults."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from integrations import api_keys, catalog, tokens, workspaces
from integrations.delivery.connector import Step
from integrations.delivery.hands import tasks
from integrations.delivery.models import AppAccount, Delivery, Task, TaskFile
from integrations.models import ApiKey, Integration, IntegrationAccess, Membership, Role, User, Workspace
from integrations.roles import Operator

PASSWORD = "correct horse battery staple"
OPERATOR = Operator()
_numbers = itertools.count(1)


def make_user(
    email: str | None = None, *, name: str = "", staff: bool = False, password: str = PASSWORD
) -> User:
    email = email or f"person{next(_numbers)}@northwind.example"
    return User.objects.create_user(email, password, name=name, is_staff=staff)


def make_workspace(name: str = "Northwind") -> Workspace:
    """A workspace with one Owner."""
    return workspaces.create(name, make_user(), by=OPERATOR).workspace


def make_member(workspace: Workspace, role: Role = Role.ADMIN, email: str | None = None) -> Membership:
    return Membership.objects.create(workspace=workspace, user=make_user(email), role=role)


def make_integration(workspace: Workspace, name: str = "Hootsuite", **facts: str) -> Integration:
    facts.setdefault("sign_in_url", "https://app.hootsuite.example/login")
    return catalog.create(workspace, catalog.Facts(name=name, **facts), by=OPERATOR)


def make_token(integration: Integration, *, life: timedelta | None = tokens.DEFAULT_LIFE) -> tokens.Issued:
    return tokens.issue(integration, by=OPERATOR, terms=tokens.Terms(life=life))


def make_api_key(
    workspace: Workspace, role: str = ApiKey.Role.ADMIN, label: str = "Nightly export"
) -> api_keys.Made:
    return api_keys.make(workspace, api_keys.Terms(label=label, role=role), by=OPERATOR)


def make_delivery(integration: Integration, **fields: Any) -> Delivery:
    """One that waits for a person's line of its own."""
    usual = {"line": uuid4(), "label": "ada@northwind.example", "intent": "update", "trace_id": uuid4().hex}
    return Delivery.objects.create(integration=integration, **{**usual, "version": 1, **fields})


def make_account(integration: Integration, ref: str = "7", **fields: Any) -> AppAccount:
    """One that was found in the app, and that is nobody's here."""
    usual = {"user_name": f"user{ref}", "origin": AppAccount.Origin.FOUND, "shows_roles": True}
    return AppAccount.objects.create(integration=integration, ref=ref, **{**usual, **fields})


def give(integration: Integration, member: Membership) -> IntegrationAccess:
    return IntegrationAccess.objects.create(integration=integration, membership=member)


def make_task(
    integration: Integration,
    title: str = "Deactivate Payroll in Hootsuite",
    *,
    assignee: Membership | None = None,
    due_in: timedelta = timedelta(hours=6),
    line: UUID | None = None,
    intent: str = "deactivate",
    files: Sequence[str] = (),
) -> Task:
    """A task as the worker opens it, for a delivery that waits for it."""
    delivery = Delivery.objects.create(
        integration=integration,
        trace_id="0" * 32,
        line=line or uuid4(),
        label="payroll@northwind.example",
        intent=intent,
        status=Delivery.Status.WITH_PERSON,
        place=Delivery.Place.PARKED,
    )
    steps = [
        Step("Open Hootsuite.", "https://hootsuite.example/users", effect=False),
        Step("Deactivate them."),
    ]
    task = tasks.open_for(delivery, title, steps)
    task.due_at, task.assignee = timezone.now() + due_in, assignee
    task.save()
    for name in files:
        TaskFile.objects.create(
            task=task,
            name=name,
            content_type="text/plain",
            size_bytes=4,
            content=b"gone",
            added_by="somebody",
        )
    return task


def form_key() -> UUID:
    return uuid4()
