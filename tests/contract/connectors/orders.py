"""Orders as connectors are told them, and contexts to carry them in."""

from __future__ import annotations

from typing import Any

from integrations.delivery.connector import Context, Entitlement, Intent, Order, Person
from integrations.kit import ids

WORKSPACE = "northwind"


def person(name: str = "ada", **more: Any) -> Person:
    email = f"{name}@northwind.example"
    facts: dict[str, Any] = {
        "id": f"id-{name}",
        "user_name": email,
        "attributes": {"user_name": email, "email": email, "display_name": name.title()},
        "entitlements": (Entitlement("editor", "Editor"),),
    }
    return Person(**{**facts, **more})


def order(intent: Intent = Intent.CREATE, who: Person | None = None, **more: Any) -> Order:
    facts: dict[str, Any] = {"intent": intent, "key": f"{ids.new()}.0", "sequence": 7}
    return Order(**{**facts, "person": who or person(), **more})


def context(settings: dict[str, Any], secrets: dict[str, str] | None = None, **more: Any) -> Context:
    return Context(settings, secrets or {}, integration_id="i-1", workspace=WORKSPACE, **more)
