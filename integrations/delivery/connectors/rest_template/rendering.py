"""Requests with everything filled in: values are encoded for the place where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from integrations.delivery.connector import Entitlement, Person
from integrations.delivery.connectors.rest_template.recipe import Recipe, Request
from integrations.delivery.connectors.rest_template.templates import MissingValue, Values
from integrations.delivery.wishes import mapping


class CannotRender(ValueError):
    """A value that the request needs is missing or cannot stand there; the message is for an admin's eyes."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A request as it is sent, without what says who we are."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def of_person(person: Person, *, is_active: bool = True) -> dict[str, Any]:
    """The values that templates may name of a person."""
    attributes = {f"person.attributes.{name}": value for name, value in person.attributes.items()}
    return {
        **attributes,
        "person.id": person.id,
        "person.user_name": person.attributes.get("user_name") or person.user_name,
        "person.email": person.attributes.get("email") or mapping.value(person.data, "emails.primary"),
        "person.external_id": person.attributes.get("external_id") or person.external_id,
        "person.active": is_active,
        "roles": [role.value for role in person.entitlements],
        "roles.each": [of_role(role) for role in person.entitlements],
    }


def of_role(role: Entitlement) -> dict[str, Any]:
    return {"role.value": role.value, "role.name": role.name}


def render(request: Request, recipe: Recipe, base_url: str, *, values: Values) -> Rendered:
    """Raises CannotRender."""
    try:
        url = base_url + _path(request, values) + _query(request, values)
        templates = {**recipe.headers, **request.headers}
        headers = {name: _header(name, one.text(values)) for name, one in templates.items()}
    except MissingValue as error:
        words = _("There is no value for %s, which the request needs.") % error.args[0]
        raise CannotRender(words) from error
    headers = {"Accept": "application/json", **headers}
    if request.body is None:
        return Rendered(request.method, url, headers)
    headers = {"Content-Type": request.body.media_type, **headers}
    return Rendered(request.method, url, headers, request.body.encoded(values))


def with_parameters(url: str, parameters: Mapping[str, str]) -> str:
    more = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in parameters.items())
    return f"{url}{'&' if '?' in url else '?'}{more}" if more else url


def _path(request: Request, values: Values) -> str:
    path = request.path.text(values, encode=_encoded)
    if {".", ".."} & set(path.split("/")):
        # Such a step would lead to another address.
        raise CannotRender(_("A value of . or .. cannot stand in a path."))
    return path


def _query(request: Request, values: Values) -> str:
    return with_parameters("", {name: template.text(values) for name, template in request.query.items()})


def _header(name: str, value: str) -> str:
    if not (value.isascii() and value.isprintable()):
        words = _("The value of the header %s has characters that a header cannot hold.")
        raise CannotRender(words % name)
    return value


def _encoded(value: str) -> str:
    return quote(value, safe="", errors="replace")
