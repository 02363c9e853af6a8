"""The sample app with our connector before it, and orders for it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cerby_gateway import demo
from cerby_gateway.demo.sample_app import SampleApp
from integrations.delivery.connector import Context, Entitlement, Intent, Order, Person
from integrations.delivery.connectors.rest_template.connector import RestTemplate

TOKEN = "sample-token-4711"
RECIPE = (Path(demo.__file__).parent / "sample_app_recipe.json").read_text(encoding="utf-8")
ADA = Person(
    id="person-1",
    user_name="Ada@northwind.example",
    external_id="00u1",
    data={"displayName": "Ada Lovelace"},
    attributes={
        "user_name": "Ada@northwind.example",
        "email": "ada@northwind.example",
        "display_name": "Ada Lovelace",
        "department": "Research",
    },
    entitlements=(Entitlement("editor", "Editor"),),
)


def settings_for(app: SampleApp, recipe: str = RECIPE) -> dict[str, Any]:
    return {"base_url": app.url, "auth_kind": "", "recipe": recipe}


def connector(
    app: SampleApp,
    recipe: str = RECIPE,
    *,
    token: str = TOKEN,
    check: Callable[[], None] = lambda: None,
    **settings: Any,
) -> Any:
    """Any kind of outcome may come of it, so it is not typed."""
    values = {**settings_for(app, recipe), **settings}
    context = Context(settings=values, secrets={"secret": token}, check=check)
    return RestTemplate(context)


def order(intent: Intent, person: Person = ADA, *, key: str = "key-1", **more: Any) -> Order:
    return Order(intent=intent, key=key, sequence=1, person=person, **more)


def ada(*, roles: tuple[str, ...] = ("editor",), ref: str = "", **attributes: Any) -> Person:
    return dataclasses.replace(
        ADA,
        entitlements=tuple(Entitlement(one, one.title()) for one in roles),
        attributes={**ADA.attributes, **attributes},
        ref=ref,
    )


def edited(change: Callable[[dict[str, Any]], None]) -> str:
    """The recipe of the sample app, changed."""
    recipe = json.loads(RECIPE)
    change(recipe)
    return json.dumps(recipe)


def effects(app: SampleApp) -> list[str]:
    """What was asked of the app that changes something."""
    return [f"{call.method} {call.path.removeprefix('/api')}" for call in app.calls if call.method != "GET"]
