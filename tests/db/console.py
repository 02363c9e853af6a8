"""Addresses of console pages, and an identity provider that sends to the gateway."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from integrations.models import Integration
from integrations.tokens import Issued
from tests import factories


def path(name: str, integration: Integration, **more: object) -> str:
    here = {"workspace": integration.workspace.slug, "integration_id": integration.pk}
    return reverse(name, kwargs={**here, **more})


@dataclass
class Provider:
    """An IdP with a token; `send` answers (status, body)."""

    integration: Integration
    issued: Issued
    agent: str = "Okta SCIM Client 1.0.0"
    client: Client = field(default_factory=Client)

    def send(
        self, method: str, resource: str, body: Any = None, token: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        answer = self.client.generic(
            method,
            f"/scim/v2/{self.integration.pk}{resource}",
            json.dumps(body) if body is not None else "",
            content_type="application/scim+json",
            headers={"authorization": f"Bearer {token or self.issued.text}", "user-agent": self.agent},
        )
        return answer.status_code, json.loads(answer.content or b"{}")

    def person(self, name: str, **more: Any) -> str:
        """Creates one; returns its id."""
        email = f"{name}@northwind.example"
        values = {"userName": email, "displayName": name.title(), "emails": [{"value": email}], **more}
        return self.send("POST", "/Users", values)[1]["id"]

    def group(self, name: str, *members: str) -> str:
        values = {"displayName": name, "members": [{"value": member} for member in members]}
        return self.send("POST", "/Groups", values)[1]["id"]


def provider(integration: Integration, issued: Issued | None = None) -> Provider:
    return Provider(integration, issued or factories.make_token(integration))
