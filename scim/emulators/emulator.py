"""What every emulator can do, and the words of SCIM it does it with."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from scim.emulators.people import Assigned, Person, Pushed
from scim.emulators.request import Answer, Json, Request
from scim.emulators.session import Session, UnexpectedAnswer

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE_SCHEMA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]{1,200}")  # RFC 3986 2.3


@dataclass(frozen=True, slots=True)
class Found:
    """What an emulator looks at of a resource that a query found."""

    id: str
    display_name: str


class Emulator(ABC):
    """Behaves as one identity provider towards one integration. Every method raises EmulatorError.

    `test_person` is whom the connection test makes and removes, with a provider whose test does that.
    """

    idp: ClassVar[str]
    # Sent with every request, with and without a body; Authorization comes from the session.
    headers: ClassVar[Mapping[str, str]]

    def __init__(self, session: Session, test_person: Person) -> None:
        self.session = session
        self.test_person = test_person

    @abstractmethod
    def test_connection(self) -> None:
        """What its button for that sends."""

    @abstractmethod
    def create_person(self, person: Person) -> Assigned:
        """Assigns someone to the app; somebody the app has already is taken over."""

    @abstractmethod
    def update_person(self, known: Assigned, person: Person) -> Assigned:
        """Brings the app from what it knows to what the directory holds now."""

    @abstractmethod
    def deactivate(self, known: Assigned) -> None:
        """Takes the app away from someone."""

    # The verbs of SCIM, each with the status that the provider goes on with (RFC 7644 3.2)

    def _get(self, path: str, query: str = "") -> None:
        self.session.send(Request("GET", path, query, self.headers), 200)

    def _find(self, path: str, query: str) -> str | None:
        """The id of the first resource that a query finds."""
        return next((found.id for found in self._list(path, query)), None)

    def _list(self, path: str, query: str) -> list[Found]:
        """What a query finds, as far as its first page goes."""
        request = Request("GET", path, query, self.headers)
        answer = self.session.send(request, 200)
        resources = answer.body.get("Resources")
        found = resources if isinstance(resources, list) else []
        return [Found(_id(request, answer, one), str(one.get("displayName", ""))) for one in found]

    def _post(self, path: str, body: Json) -> str:
        """The new resource's id."""
        request = Request("POST", path, "", self.headers, body)
        answer = self.session.send(request, 201)
        return _id(request, answer, answer.body)

    def _put(self, path: str, body: Json) -> None:
        self.session.send(Request("PUT", path, "", self.headers, body), 200)

    def _patch(self, path: str, *operations: Json) -> None:
        body = {"schemas": [PATCH_SCHEMA], "Operations": list(operations)}
        self.session.send(Request("PATCH", path, "", self.headers, body), 200, 204)

    def _delete(self, path: str) -> None:
        self.session.send(Request("DELETE", path, "", self.headers), 204)


class GroupEmulator(Emulator):
    """An identity provider that pushes groups as well."""

    @abstractmethod
    def push_group(self, name: str) -> Pushed:
        """Makes the group in the app, without members; a group of that name there is taken over."""

    @abstractmethod
    def add_members(self, group: Pushed, members: Sequence[Assigned]) -> None:
        """Adds people who are assigned to the app."""

    @abstractmethod
    def remove_member(self, group: Pushed, member: Assigned) -> None:
        """Removes one and leaves the others."""


def equals(attribute: str, value: str) -> str:
    """A filter for one value (RFC 7644 3.4.2.2: values are written as in JSON), not yet quoted for a URL."""
    return f"{attribute} eq {json.dumps(value, ensure_ascii=False)}"


def _id(request: Request, answer: Answer, resource: object) -> str:
    """The resource's id, which goes into addresses and filters: it needs no quoting there, or is refused."""
    found = resource.get("id") if isinstance(resource, dict) else None
    if not isinstance(found, str) or not UNRESERVED.fullmatch(found):
        raise UnexpectedAnswer(request, answer.status, "the resource has no id that can be used.")
    return found
