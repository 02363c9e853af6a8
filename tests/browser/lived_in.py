"""An integration that has been in use, and the path of every page that shows it."""

from __future__ import annotations

import json
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from integrations import api_keys
from integrations.audit import trail
from integrations.audit.events import Event
from integrations.delivery import registry
from integrations.delivery.errands import connecting
from integrations.delivery.hands import tasks
from integrations.delivery.models import Attempt, Change, Delivery, Task
from integrations.kit import ids
from integrations.models import ApiKey, Integration, Membership, Role, Workspace
from integrations.traffic.models import RequestLog
from scim.models import ScimGroup, ScimUser
from tests import factories
from tests.browser import synced

# The schema of the integration's own attributes.
URN = "urn:acme:params:scim:hr:2.0:User"


def services(integration: Integration) -> str:
    """The path of its Connected services."""
    return f"/w/{integration.workspace.slug}/integrations/{integration.pk}/settings/connected-services/"


def fill(integration: Integration) -> None:
    """People, a group, changes, a refused request and refused tokens, sent as Okta sends them."""
    badge = {"name": "badge", "type": "string", "description": "The number on the card"}
    integration.extra_schemas = [{"id": URN, "attributes": [badge]}]
    integration.save()
    issued = factories.make_token(integration)
    client = Client(
        headers={"authorization": f"Bearer {issued.text}", "user-agent": "Okta SCIM Client 1.0.0"}
    )
    base = f"/scim/v2/{integration.pk}"

    def send(method: str, path: str, body: object = None) -> dict:
        content = json.dumps(body) if body is not None else ""
        answer = client.generic(method, base + path, content, content_type="application/scim+json")
        return json.loads(answer.content or b"{}")

    people = [send("POST", "/Users", person(name)) for name in ("brand.lead", "content.design", "payroll")]
    send(
        "PUT",
        f"/Users/{people[2]['id']}",
        {**person("payroll"), "favouriteColour": "red", "desk": {"row": 1}},
    )
    operation = {"op": "Replace", "path": "title", "value": "Senior <b>designer</b>"}
    send("PATCH", f"/Users/{people[1]['id']}", {"Operations": [operation]})
    members = [{"value": people[0]["id"]}, {"value": "nobody"}]
    send("POST", "/Groups", {"displayName": "Editors", "members": members})
    send("GET", "/Users?filter=nosuch%20eq%20%22x%22")
    client.get(f"{base}/Users", headers={"authorization": "Bearer wrong"})
    send("GET", "/Users?startIndex=1&count=2")
    integration.refresh_from_db()


def crowd(integration: Integration, number: int = 120) -> None:
    """So many people, requests, tasks, audit entries and integrations that every list has a second page."""
    now = timezone.now()
    people, logs = [], []
    for each in range(number):
        email = f"somebody.with.a.long.name.{each}@northwind.example"
        people.append(
            ScimUser(
                id=ids.new(),
                integration=integration,
                user_name=email,
                user_name_key=email,
                display_name=f"Somebody With A Long Name {each}",
                external_id=f"00u{each:017}",
                data={"userName": email},
            )
        )
        logs.append(
            RequestLog(
                id=ids.new(),
                integration=integration,
                at=now - timedelta(seconds=each),
                trace_id=f"{each:032x}",
                method="GET",
                path=f"/Users/{ids.new()}",
                query=f'filter=userName eq "{email}"',
                status=200,
                duration_ms=each,
                idp="okta",
                resource_label=email,
            )
        )
        trail.record(
            Event.INTEGRATION_CREATED, integration, by=factories.OPERATOR, workspace=integration.workspace
        )
    for each in range(number // 2):
        factories.make_task(
            integration, f"Deactivate Somebody With A Long Name {each} in an app of many words"
        )
    ScimUser.objects.bulk_create(people)
    RequestLog.objects.bulk_create(logs)
    fill_keys(integration.workspace)
    for each in range(30):
        factories.make_integration(integration.workspace, f"An app of many words {each}")


def fill_keys(workspace: Workspace) -> None:
    """As many API keys as may work at once, save those of `pages`, and more that have ended."""
    now = timezone.now()
    ApiKey.objects.bulk_create(
        ApiKey(
            workspace=workspace,
            public_id=f"{each:012}",
            label=f"A program with a long name {each}",
            role=ApiKey.Role.ADMIN,
            created_by="somebody.with.a.long.name@northwind.example",
            last_used_at=now,
            last_used_ip="2001:db8:85a3:8d3:1319:8a2e:370:7348",
            revoked_at=now if each >= api_keys.MOST_LIVE - 2 else None,
        )
        for each in range(2 * api_keys.MOST_LIVE)
    )


def person(name: str) -> dict[str, object]:
    email = f"{name}@northwind.example"
    shown = name.replace(".", " ").capitalize()
    return {
        "userName": email,
        "displayName": shown,
        "active": True,
        "emails": [{"value": email, "type": "work"}],
    }


def tasks_of(integration: Integration, boss: Membership) -> tuple[Task, Task]:
    """One that is open and half done, and one that is done, with a file; of them a list."""
    factories.make_task(integration, "Give Brand lead an account", due_in=timedelta(hours=-2))
    factories.make_task(integration, "Rename Content design", assignee=boss, due_in=timedelta(days=3))
    open_one = factories.make_task(integration, assignee=boss, due_in=timedelta(minutes=80))
    open_one = tasks.tick(open_one, 0, done=True, by=boss)
    done = factories.make_task(integration, "Remove Payroll", assignee=boss, files=["list.txt"])
    done.state, done.done_at, done.done_by = Task.State.DONE, timezone.now(), boss.user.email
    done.note = "Gone from the list."
    done.save()
    return open_one, done


def deliveries_of(integration: Integration) -> Delivery:
    """One that failed after some tries, and others in every state; the integration delivers by tasks."""
    settings = {"app_url": "https://hootsuite.example/users", "instructions": "Ask Kim for a licence."}
    connecting.change(integration, "manual", settings, by=factories.OPERATOR)
    connecting.test(integration, by=factories.OPERATOR)
    rules = [
        {"group": "Editors", "value": "editor", "name": "editor"},
        {"group": "Approvers", "value": "approver", "name": "approver"},
    ]
    connecting.set_meaning(integration, {"roles": rules}, by=factories.OPERATOR)
    integration.mode = Integration.Mode.LIVE
    integration.save()
    for status in Delivery.Status.values:
        ended = status in {"delivered", "superseded", "skipped", "cancelled"}
        factories.make_delivery(
            integration,
            status=status,
            place=None if ended else 3,
            ended_at=timezone.now() if ended else None,
            label="somebody.with.quite.a.long.name@marketing.northwind.example",
            problem="" if status == "delivered" else "The app answered 503: try again later.",
        )
    change = Change.objects.for_integration(integration).filter(event="user.updated").latest("pk")
    dead = factories.make_delivery(
        integration,
        change=change,
        trace_id=change.trace_id,
        line=change.resource_id,
        label=change.resource_label,
        status=Delivery.Status.DEAD,
        place=3,
        attempts=2,
        problem="Hootsuite says: “No seats left on this plan.”",
        remedy="Buy a seat, then retry.",
    )
    for number, result in ((1, "retry"), (2, "failed")):
        Attempt.objects.create(
            delivery=dead,
            number=number,
            started_at=timezone.now(),
            ms=2100,
            result=result,
            words="Hootsuite says: “No seats left on this plan.”",
            exchanges=[
                {
                    "words": "PATCH /api/members/42",
                    "status": 409,
                    "ms": 2004,
                    "sent": '{"title":"Senior <b>designer</b>"}',
                    "received": '{"error":"no_seats"}',
                }
            ],
        )
    return dead


def pages(integration: Integration, boss: Membership) -> dict[str, str]:
    """The path of each page by its name."""
    workspace = f"/w/{boss.workspace.slug}"
    here = f"{workspace}/integrations/{integration.pk}"
    user = ScimUser.objects.for_integration(integration).get(user_name_key__startswith="content")
    group = ScimGroup.objects.for_integration(integration).get()
    refused = RequestLog.objects.for_integration(integration).get(status=400)
    changed = RequestLog.objects.for_integration(integration).get(method="PATCH")
    other = factories.make_member(integration.workspace, Role.ADMIN, "admin@northwind.example")
    token = integration.tokens.get()
    task, done = tasks_of(integration, boss)
    dead = deliveries_of(integration)
    key = factories.make_api_key(boss.workspace).key
    api_keys.note_use(key, at=timezone.now(), ip="192.0.2.44", user_agent="curl/8.0")
    ended = factories.make_api_key(
        boss.workspace, label="An export of which nobody knows what it was for"
    ).key
    api_keys.revoke(ended, by=boss)
    delivery = f"{here}/settings/delivery"
    return {
        "sign-in": "/sign-in/",
        "reset": "/sign-in/reset/",
        "confirm": "/sign-in/confirm/",
        "password": "/account/password/",
        "sessions": "/account/sessions/",
        "integrations": f"{workspace}/integrations/",
        "nothing-found": f"{workspace}/integrations/?q=salesfroce",
        "integration-new": f"{workspace}/integrations/new/",
        "general": f"{here}/settings/general/",
        "connected-services": services(integration),
        **{f"setup-{idp}": f"{services(integration)}setup/{idp}/" for idp in ("okta", "onelogin")},
        "token-new": f"{services(integration)}tokens/new/",
        "token-revoke": f"{services(integration)}tokens/{token.pk}/revoke/",
        "delivery": f"{delivery}/",
        "delivery-connectors": f"{delivery}/connectors/",
        "delivery-connector": f"{delivery}/connector/",
        **{f"delivery-connector-{kind}": f"{delivery}/connector/?kind={kind}" for kind in registry.OURS},
        "delivery-plan": f"{delivery}/plan/?user_name=content",
        "delivery-plan-nobody": f"{delivery}/plan/?user_name=nobody-here",
        "delivery-on": f"{delivery}/on/",
        "delivery-off": f"{delivery}/off/",
        "delivery-replan": f"{delivery}/everybody/",
        "delivery-roles": f"{delivery}/roles/",
        "delivery-attributes": f"{delivery}/attributes/",
        "delivery-policies": f"{delivery}/policies/",
        "deliveries": f"{here}/deliveries/",
        "deliveries-found": f"{here}/deliveries/?q=content&state=dead",
        "deliveries-not-found": f"{here}/deliveries/?q=nobody-here",
        "deliveries-replay": f"{here}/deliveries/replay/?since=2026-01-01T00:00",
        "delivery-record": f"{here}/deliveries/{dead.id}/",
        "delivery-skip": f"{here}/deliveries/{dead.id}/skip/",
        "mapping": f"{here}/settings/mapping/",
        "mapping-remove": f"{here}/settings/mapping/remove/?schema={URN}&name=badge",
        "users": f"{here}/users/",
        "users-found": f"{here}/users/?q=s&state=active",
        "users-not-found": f"{here}/users/?q=nobody-here",
        "user": f"{here}/users/{user.pk}/",
        "entitlements": f"{here}/entitlements/",
        "entitlement": f"{here}/entitlements/{group.pk}/",
        "activity": f"{here}/activity/",
        "activity-found": f"{here}/activity/?q=Users&result=accepted&quirk=op-case",
        "activity-refused": f"{here}/activity/{refused.pk}/",
        "activity-changed": f"{here}/activity/{changed.pk}/",
        "tasks": f"{workspace}/tasks/",
        "tasks-overdue": f"{workspace}/tasks/?show=overdue",
        "tasks-open": f"{workspace}/tasks/?show=open",
        "task": f"{workspace}/tasks/{task.pk}/",
        "task-done": f"{workspace}/tasks/{done.pk}/",
        "members": f"{workspace}/members/",
        "member-invite": f"{workspace}/members/invite/",
        "member-role": f"{workspace}/members/{other.pk}/role/",
        "member-remove": f"{workspace}/members/{other.pk}/remove/",
        **synced.pages(boss),
        "audit": f"{workspace}/audit/",
        "workspace": f"{workspace}/settings/",
        "api-key-new": f"{workspace}/settings/api-keys/new/",
        "help-reach": f"{workspace}/help/reach/",
        "not-found": f"{workspace}/nowhere/",
    }
