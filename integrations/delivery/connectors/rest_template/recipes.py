"""Reads the description of an app's API, and says line by line what is wrong with it."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from integrations.delivery.connectors.rest_template import crosschecks, places, request_parts, templates
from integrations.delivery.connectors.rest_template.parts import SET_BY_US, Part, Problems, is_header
from integrations.delivery.connectors.rest_template.places import NotJson, Problem
from integrations.delivery.connectors.rest_template.recipe import (
    SECRETS,
    Auth,
    AuthKind,
    Field,
    Reading,
    Recipe,
    Request,
    Rights,
    RoleList,
    State,
)
from integrations.delivery.connectors.rest_template.templates import Template

FORMAT = 1
MOST_BYTES = 64 * 1024
NOTHING: frozenset[str] = frozenset()
# Requests about one account, with the methods they have when they name none.
OF_ACCOUNTS = {
    "get": "GET",
    "create": "POST",
    "update": "PATCH",
    "activate": "POST",
    "deactivate": "POST",
    "delete": "DELETE",
    "grant": "PUT",
    "revoke": "DELETE",
}
# In the order in which accounts are looked for.
FIND_BY = ("external_id", "user_name", "email")
_TOP = (
    *("format", "name", "base_url", "auth", "headers", "idempotency_header", "read", "kept_roles"),
    *("errors", "requests"),
)


class BadRecipe(ValueError):
    """`problems` are all that were found, in the order of their lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))


@functools.lru_cache(maxsize=64)
def parse(text: str) -> Recipe:
    """The recipe in a text of JSON. Raises BadRecipe."""
    if len(text.encode(errors="replace")) > MOST_BYTES:
        raise BadRecipe([Problem(1, "", _("It is longer than %d KiB.") % (MOST_BYTES // 1024))])
    try:
        document = places.read(text)
    except NotJson as error:
        raise BadRecipe([error.problem]) from error
    problems = Problems(document)
    if not isinstance(document.content, dict):
        raise BadRecipe([Problem(1, "", _("An object in braces belongs here."))])
    recipe = _recipe(Part(document.content, (), problems))
    if not problems.found:
        crosschecks.check(recipe, problems)
    if problems.found:
        raise BadRecipe(problems.found)
    return recipe


def is_address(url: str) -> bool:
    """Whether it can be the beginning of every address: no user name, no parameters."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return plain and parts.scheme in {"http", "https"} and bool(parts.hostname) and url.isprintable()


def may_carry_secret(header: str) -> bool:
    """Whether a header of this name may say who we are."""
    name = header.lower()
    return is_header(header) and (name == "authorization" or name not in SET_BY_US)


def _recipe(top: Part) -> Recipe:
    top.only(*_TOP)
    top.number("format", FORMAT, range(FORMAT, FORMAT + 1))
    top.text("name")
    top.need("read")
    top.need("requests")
    base_url = top.text("base_url").rstrip("/")
    if base_url and not is_address(base_url):
        top.complain("base_url", _("An address such as https://app.example.com/api belongs here."))
    key_header = top.text("idempotency_header")
    if key_header:
        top.check_header("idempotency_header", key_header)
    requests = top.part("requests")
    requests.only("find", "list", *OF_ACCOUNTS, "roles", "roles_of", "rights")
    return Recipe(
        read=_reading(top.part("read")),
        requests=_of_accounts(requests),
        find=_find(requests.part("find")),
        listing=_list(requests),
        roles=_role_list(requests, "roles", NOTHING),
        roles_of=_role_list(requests, "roles_of", templates.OF_ACCOUNT),
        rights=_rights(requests),
        base_url=base_url,
        auth=_auth(top.part("auth")),
        headers=top.part("headers").headers(NOTHING),
        errors=request_parts.errors(top),
        key_header=key_header,
        kept_roles=frozenset(str(one) for one in top.values("kept_roles"))
        if "kept_roles" in top
        else NOTHING,
    )


def _of_accounts(requests: Part) -> Mapping[str, Request]:
    found = {}
    for name, method in OF_ACCOUNTS.items():
        if name not in requests:
            continue
        if name == "get":
            known = request_parts.names_for(name)
            found[name] = request_parts.read(requests.part(name), name, known, "item")
        else:
            found[name] = request_parts.effect(requests.part(name), name, method=method)
    return found


def _find(part: Part) -> Mapping[str, Request]:
    part.only(*FIND_BY)
    given = {name: inner for name, inner in part.inside() if name in FIND_BY}
    return {
        name: request_parts.read(
            given[name], f"find.{name}", templates.OF_PERSON, "body", "form", "items", "item", "paging"
        )
        for name in FIND_BY
        if name in given
    }


def _list(requests: Part) -> Request | None:
    if "list" not in requests:
        return None
    return request_parts.read(requests.part("list"), "list", NOTHING, "body", "form", "items", "paging")


def _role_list(requests: Part, name: str, known: frozenset[str]) -> RoleList | None:
    if name not in requests:
        return None
    part = requests.part(name)
    request = request_parts.read(part, name, known, "items", "paging", "value", "name")
    return RoleList(request, part.pointer("value"), part.pointer("name", part.pointer("value")))


def _rights(requests: Part) -> Rights | None:
    if "rights" not in requests:
        return None
    part = requests.part("rights")
    part.need("at")
    part.need("needs")
    request = request_parts.read(part, "rights", NOTHING, "at", "needs")
    return Rights(request, part.pointer("at"), part.part("needs").texts())


def _auth(part: Part) -> Auth:
    part.only("kind", "secret", "user_name", "headers")
    kind = part.choice("kind", {one.value: one for one in AuthKind}, "none")
    secrets = {name: name for name in SECRETS}
    secret = part.choice("secret", secrets, SECRETS[0])
    given = part.part("headers")
    headers = {name: given.choice(name, secrets, SECRETS[0]) for name in given.value}
    for name in headers:
        if not may_carry_secret(name):
            given.complain(name, _("This header cannot carry a secret."))
    if kind is AuthKind.HEADER and not headers:
        part.complain("", _("“headers” says which header carries which secret."))
    if kind is AuthKind.BASIC:
        part.need("user_name")
    return Auth(kind, secret, part.text("user_name"), headers)


def _reading(part: Part) -> Reading:
    part.only("ref", *FIND_BY, "active", "deleted", "roles", "attributes")
    if part.is_there:
        part.need("ref")
    attributes = part.part("attributes")
    fields = {name: _field(part, name, f"person.{name}") for name in FIND_BY if name in part}
    for name in attributes.value:
        fields[name] = _field(attributes, name, f"person.attributes.{name}")
    return Reading(
        ref=part.pointer("ref"),
        fields=fields,
        active=_state(part, "active"),
        deleted=_state(part, "deleted"),
        roles=part.pointer("roles") if "roles" in part else None,
    )


def _field(part: Part, name: str, usual: str) -> Field:
    """A place, or {"at": place, "shall_be": template}."""
    if not isinstance(part.value[name], dict):
        return Field(part.pointer(name), _usual(part, name, usual))
    inner = part.part(name)
    inner.only("at", "shall_be")
    inner.need("at")
    if "shall_be" in inner:
        return Field(inner.pointer("at"), inner.template("shall_be", templates.OF_PERSON))
    return Field(inner.pointer("at"), _usual(part, name, usual))


def _usual(part: Part, name: str, usual: str) -> Template:
    return replace(part, value={name: f"{{{{ {usual} }}}}"}).template(name, templates.OF_PERSON)


def _state(part: Part, name: str) -> State | None:
    if name not in part:
        return None
    inner = part.part(name)
    inner.only("at", "is")
    inner.need("at")
    inner.need("is")
    return State(inner.pointer("at"), inner.values("is"))
