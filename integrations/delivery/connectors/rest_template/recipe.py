"""A recipe as it is used: what to send for each intent, and how to read what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from integrations.delivery.connector import Kind
from integrations.delivery.connectors.rest_template.bodies import Body
from integrations.delivery.connectors.rest_template.templates import Template

# Steps into JSON; "*" is each entry of a list.
Pointer = tuple[str, ...]


SECRETS = ("secret", "second_secret")
FIRST_SECRET = SECRETS[0]


class AuthKind(StrEnum):
    BEARER = "bearer"
    BASIC = "basic"
    HEADER = "header"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Auth:
    """How the app knows us; `headers` are {name of a header: name of a secret}, for HEADER alone."""

    kind: AuthKind = AuthKind.NONE
    secret: str = FIRST_SECRET
    user_name: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the secrets that it needs."""
        if self.kind is AuthKind.HEADER:
            return tuple(dict.fromkeys(self.headers.values()))
        return () if self.kind is AuthKind.NONE else (self.secret,)


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds for an answer of one of these statuses (none: of any), and with one of these values at a place
    (None: with anything there)."""

    statuses: frozenset[int] = frozenset()
    at: Pointer | None = None
    values: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """What an answer means that says no. `reason_at`: where the app's own sentence lies."""

    when: Condition
    kind: Kind
    reason: str = ""
    reason_at: Pointer | None = None
    fix: str = ""


class PagingKind(StrEnum):
    PAGE = "page"
    OFFSET = "offset"
    CURSOR = "cursor"
    LINK = "link"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Paging:
    """How the next page is asked for; `next` is where a cursor lies in the answer."""

    kind: PagingKind = PagingKind.NONE
    parameter: str = ""
    size_parameter: str = ""
    size: int = 100
    first: int = 1
    next: Pointer = ()
    most_pages: int = 1000


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `item` and `items` are where the account, or the list, lies in its answer."""

    name: str
    method: str
    path: Template
    query: Mapping[str, Template] = field(default_factory=dict)
    headers: Mapping[str, Template] = field(default_factory=dict)
    body: Body | None = None
    success: frozenset[int] = frozenset()
    already: tuple[Condition, ...] = ()
    not_found: tuple[Condition, ...] = ()
    errors: tuple[ErrorRule, ...] = ()
    item: Pointer = ()
    items: Pointer = ()
    paging: Paging = Paging()

    @property
    def sends(self) -> frozenset[str]:
        """The names of the values that its body sends."""
        return self.body.names if self.body else frozenset()


@dataclass(frozen=True, slots=True)
class Field:
    """A value of an account: where it lies, and what it shall be."""

    at: Pointer
    shall_be: Template


@dataclass(frozen=True, slots=True)
class State:
    """Something an account is, when one of these values lies there."""

    at: Pointer
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Where the parts of an account lie; `fields` has user_name, email, external_id, and attributes by their
    names."""

    ref: Pointer
    fields: Mapping[str, Field] = field(default_factory=dict)
    active: State | None = None
    deleted: State | None = None
    roles: Pointer | None = None


@dataclass(frozen=True, slots=True)
class RoleList:
    """The request for the roles of the app, or of one account, and where value and name lie in each."""

    request: Request
    value: Pointer
    name: Pointer


@dataclass(frozen=True, slots=True)
class Rights:
    """The request that tells what the credential may do; `needs` is {right: what it is for}."""

    request: Request
    at: Pointer
    needs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Recipe:
    """`find` has a request by each of external_id, user_name and email, as far as the app can search;
    `requests` all others that are about one account, by name."""

    read: Reading
    requests: Mapping[str, Request]
    find: Mapping[str, Request] = field(default_factory=dict)
    listing: Request | None = None
    roles: RoleList | None = None
    roles_of: RoleList | None = None
    rights: Rights | None = None
    base_url: str = ""
    auth: Auth = Auth()
    headers: Mapping[str, Template] = field(default_factory=dict)
    errors: tuple[ErrorRule, ...] = ()
    key_header: str = ""
    kept_roles: frozenset[str] = frozenset()

    def get(self, name: str) -> Request | None:
        return self.requests.get(name)

    @property
    def reads_roles(self) -> bool:
        return self.read.roles is not None or self.roles_of is not None
