"""authentik: creates without looking first, adopts a group on conflict, sends people whole."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote_plus

from scim.emulators.emulator import GROUP_SCHEMA, USER_SCHEMA, GroupEmulator, equals
from scim.emulators.people import Assigned, Person, Pushed
from scim.emulators.request import Json
from scim.emulators.session import UnexpectedAnswer


class Authentik(GroupEmulator):
    idp = "authentik"
    headers = {"Accept": "application/scim+json", "Content-Type": "application/scim+json"}

    def test_connection(self) -> None:
        self._get("/ServiceProviderConfig")

    def create_person(self, person: Person) -> Assigned:
        return Assigned(self._post("/Users", _record(person)), person)

    def update_person(self, known: Assigned, person: Person) -> Assigned:
        self._replace(known.id, person, active=True)
        return Assigned(known.id, person)

    def deactivate(self, known: Assigned) -> None:
        self._replace(known.id, known.person, active=False)

    def push_group(self, name: str) -> Pushed:
        body = {
            "schemas": [GROUP_SCHEMA],
            "displayName": name,
            "externalId": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
        }
        try:
            return Pushed(self._post("/Groups", body), name)
        except UnexpectedAnswer as refused:
            if refused.status != HTTPStatus.CONFLICT:
                raise
            found = self._find("/Groups", f"filter={quote_plus(equals('displayName', name))}")
            if found is None:
                raise
            return Pushed(found, name)

    def add_members(self, group: Pushed, members: Sequence[Assigned]) -> None:
        """One operation a person, all in one request."""
        self._patch(f"/Groups/{group.id}", *(_member("add", member) for member in members))

    def remove_member(self, group: Pushed, member: Assigned) -> None:
        self._patch(f"/Groups/{group.id}", _member("remove", member))

    def _replace(self, user_id: str, person: Person, *, active: bool) -> None:
        """Unlike a create, a change carries the name in one piece only."""
        name = {"formatted": person.full_name}
        self._put(f"/Users/{user_id}", {**_record(person), "id": user_id, "name": name, "active": active})


def _member(operation: str, member: Assigned) -> Json:
    return {"op": operation, "path": "members", "value": [{"value": member.id}]}


def _record(person: Person) -> Json:
    return {
        "schemas": [USER_SCHEMA],
        # A user name of authentik's own, not the e-mail address.
        "userName": person.mailbox.replace(".", "-"),
        "externalId": hashlib.sha256(person.user_name.encode()).hexdigest(),
        "name": {
            "formatted": person.full_name,
            "givenName": person.given_name,
            "familyName": person.family_name,
        },
        "displayName": person.display_name,
        "active": True,
        "emails": [{"value": person.email, "type": "other", "primary": True}],
    }
