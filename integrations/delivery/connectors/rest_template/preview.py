"""What a recipe would send for somebody, while it is being written. Nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from integrations.delivery.connector import Entitlement, Intent, Order, Person
from integrations.delivery.connectors.rest_template import access, paging, recipes, rendering, wording
from integrations.delivery.connectors.rest_template.access import Access
from integrations.delivery.connectors.rest_template.difference import Want
from integrations.delivery.connectors.rest_template.paging import Turn
from integrations.delivery.connectors.rest_template.recipe import Recipe, Request
from integrations.delivery.connectors.rest_template.rendering import CannotRender, Rendered

# Stands where the recipe or the settings name no base URL yet.
NO_ADDRESS = "https://app.example.com"
# The app's id of an account that is not known yet.
SOME_ACCOUNT = "1001"
SOME_ROLE = Entitlement("some-role", "Some role")
SAMPLE = Person(
    id="0192f1a0-0000-7000-8000-000000000001",
    user_name="ada.lovelace@example.com",
    external_id="00u1a2b3c4",
    attributes={
        "user_name": "ada.lovelace@example.com",
        "email": "ada.lovelace@example.com",
        "display_name": "Ada Lovelace",
        "given_name": "Ada",
        "family_name": "Lovelace",
        "title": "Analyst",
        "department": "Research",
    },
    entitlements=(SOME_ROLE,),
)


@dataclass(frozen=True, slots=True)
class Preview:
    """One request as it would be sent: `name` as in the recipe (`create`, `find.email`), `words` for people,
    `body` as indented JSON or "". Secrets stand as •••. Where `problem` is not empty the request cannot be
    made for this person, and the rest is empty."""

    name: str
    words: str
    method: str = ""
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    problem: str = ""


def preview(
    recipe_json: str, sample_person: Person = SAMPLE, *, settings: Mapping[str, Any] | None = None
) -> list[Preview]:
    """Every request of the recipe, in its order of use, filled in for this person. Nothing is sent, no
    secret is read.

    `recipe_json` is the text of the form's field `recipe`; `sample_person` a Person as orders carry them (of
    `wanted.person(...)`), or SAMPLE; `settings` are the form's other fields as far as they are filled in
    (`base_url`, `auth_kind`, `auth_user_name`, `auth_header`). Raises BadRecipe, whose `problems` each have
    line, place and words, and are sentences as `str`.
    """
    recipe = recipes.parse(recipe_json)
    where = access.of(settings or {}, recipe)
    where = Access(where.base_url or NO_ADDRESS, where.auth)
    role = next(iter(sample_person.entitlements), SOME_ROLE)
    more = {"account.ref": sample_person.ref or SOME_ACCOUNT, **rendering.of_role(role)}
    return [
        _preview(request, recipe, where, values={**_values(request, sample_person), **more})
        for request in _all(recipe)
    ]


def _values(request: Request, person: Person) -> Mapping[str, Any]:
    intent = Intent.DEACTIVATE if request.name == "deactivate" else Intent.UPDATE
    return Want.of(Order(intent, key="", sequence=0), person).values


def _all(recipe: Recipe) -> Iterator[Request]:
    yield from recipe.find.values()
    yield from recipe.requests.values()
    others = (recipe.roles_of, recipe.roles, recipe.rights)
    if recipe.listing:
        yield recipe.listing
    yield from (one.request for one in others if one is not None)


def _preview(request: Request, recipe: Recipe, where: Access, *, values: Mapping[str, Any]) -> Preview:
    words = wording.of_request(request.name)
    try:
        rendered = rendering.render(request, recipe, where.base_url, values=values)
    except CannotRender as error:
        return Preview(request.name, words, problem=str(error))
    parameters = paging.parameters(request.paging, Turn())
    return Preview(
        name=request.name,
        words=words,
        method=rendered.method,
        url=rendering.with_parameters(rendered.url, parameters),
        headers=_headers(rendered, recipe, where),
        body=json.dumps(json.loads(rendered.body), indent=2, ensure_ascii=False) if rendered.body else "",
    )


def _headers(rendered: Rendered, recipe: Recipe, where: Access) -> Mapping[str, str]:
    is_effect = rendered.method not in {"GET", "HEAD"}
    key = {recipe.key_header: access.HIDDEN} if recipe.key_header and is_effect else {}
    return {**rendered.headers, **key, **access.shown(where.auth)}
