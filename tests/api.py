"""The management API as a script calls it."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from integrations import api_keys, workspaces
from integrations.models import ApiKey, Integration, Role, Workspace
from integrations.tokens import Issued
from integrations.traffic.models import RequestLog
from tests import factories
from tests.db import console

BASE = "/api/v1/"
PROBLEM = "application/problem+json"


class Api:
    """Calls with one key; `read` is the JSON of the last answer, whose status is as expected."""

    def __init__(
        self, workspace: Workspace, role: str = ApiKey.Role.SUPER_ADMIN, label: str = "pipeline"
    ) -> None:
        made = api_keys.make(workspace, api_keys.Terms(label=label, role=role), by=factories.OPERATOR)
        self.key, self.text = made.key, made.text
        self.client = Client()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {self.text}"}
        sent |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        content = body if isinstance(body, (bytes, str)) else json.dumps(body) if body is not None else ""
        return self.client.generic(
            method, path if path.startswith("/") else BASE + path, content, "application/json", **sent
        )

    def get(self, path: str, expect: int = 200, **headers: str) -> Any:
        return read(self.call("GET", path, **headers), expect)

    def post(self, path: str, body: Any = None, expect: int = 200, **headers: str) -> Any:
        return read(self.call("POST", path, body, **headers), expect)

    def patch(self, path: str, body: Any, expect: int = 200, **headers: str) -> Any:
        return read(self.call("PATCH", path, body, **headers), expect)

    def put(self, path: str, body: Any, expect: int = 200, **headers: str) -> Any:
        return read(self.call("PUT", path, body, **headers), expect)

    def delete(self, path: str, expect: int = 204) -> Any:
        return read(self.call("DELETE", path), expect)


def read(response: Any, expect: int) -> Any:
    assert response.status_code == expect, response.content.decode()
    if not response.content:
        return None
    found = json.loads(response.content)
    if expect >= 400:
        assert response["Content-Type"] == PROBLEM
        assert found["status"] == expect
        assert found["code"]
        assert found["detail"]
        assert found["trace_id"] == response["X-Request-Id"]
    return found


def lived_in(integration: Integration, issued: Issued) -> dict[str, str]:
    """Fills a workspace; the ids of what its addresses can name, by the names that they have there."""
    sender = console.provider(integration, issued)
    user = sender.person("lead")
    group = sender.group("Editors", user)
    task = factories.make_task(integration)
    workspace = integration.workspace
    terms = {"email": "new@northwind.example", "role": Role.ADMIN}
    invitation = workspaces.invite(workspace, **terms, by=factories.OPERATOR).invitation
    found = {
        "integration_id": integration.pk,
        "token_id": issued.token.pk,
        "request_id": RequestLog.objects.for_integration(integration).earliest("pk").pk,
        "delivery_id": factories.make_delivery(integration, status="dead", place=3).id,
        "user_id": user,
        "group_id": group,
        "member_id": factories.make_member(workspace, Role.ADMIN).pk,
        "invitation_id": invitation.pk,
        "task_id": task.pk,
    }
    return {name: str(value) for name, value in found.items()}
