"""Okta, as a catalogue app provisions: whole records by PUT, state and groups by PATCH."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from urllib.parse import quote

from scim.emulators.emulator import GROUP_SCHEMA, USER_SCHEMA, GroupEmulator, equals
from scim.emulators.people import Assigned, Person, Pushed
from scim.emulators.request import Json


class Okta(GroupEmulator):
    idp = "okta"
    headers = {
        "User-Agent": "Okta SCIM Client 1.0.0",
        "Accept": "application/scim+json",
        "Accept-Charset": "utf-8",
        "Content-Type": "application/scim+json; charset=utf-8",
    }

    def test_connection(self) -> None:
        self._get("/Users", "startIndex=1&count=2")
        self._get("/Groups", "startIndex=1&count=100")

    def create_person(self, person: Person) -> Assigned:
        found = self._find("/Users", _lookup("userName", person.user_name))
        if found is not None:
            return self.update_person(Assigned(found, person), person)
        # Okta makes a password up for every app; it is not the person's own.
        body = {**_record(person), "password": secrets.token_urlsafe(12)}
        return Assigned(self._post("/Users", body), person)

    def update_person(self, known: Assigned, person: Person) -> Assigned:
        self._get(f"/Users/{known.id}")
        body = {**_record(person), "id": known.id, "meta": {"resourceType": "User"}}
        self._put(f"/Users/{known.id}", body)
        return Assigned(known.id, person)

    def deactivate(self, known: Assigned) -> None:
        self._patch(f"/Users/{known.id}", {"op": "replace", "value": {"active": False}})

    def push_group(self, name: str) -> Pushed:
        found = self._find("/Groups", _lookup("displayName", name))
        body = {"schemas": [GROUP_SCHEMA], "displayName": name, "members": []}
        return Pushed(found or self._post("/Groups", body), name)

    def add_members(self, group: Pushed, members: Sequence[Assigned]) -> None:
        value = [{"value": member.id, "display": member.person.user_name} for member in members]
        self._change_members(group, {"op": "add", "path": "members", "value": value})

    def remove_member(self, group: Pushed, member: Assigned) -> None:
        self._change_members(group, {"op": "remove", "path": f'members[value eq "{member.id}"]'})

    def _change_members(self, group: Pushed, operation: Json) -> None:
        # Okta sends the name with every change of members, changed or not.
        named = {"op": "replace", "value": {"id": group.id, "displayName": group.name}}
        self._patch(f"/Groups/{group.id}", named)
        self._patch(f"/Groups/{group.id}", operation)


def _lookup(attribute: str, value: str) -> str:
    return f"filter={quote(equals(attribute, value), safe='')}&startIndex=1&count=100"


def _record(person: Person) -> Json:
    name = {"givenName": person.given_name, "familyName": person.family_name}
    if person.middle_name:
        name["middleName"] = person.middle_name
    return {
        "schemas": [USER_SCHEMA],
        "userName": person.user_name,
        "name": name,
        "emails": [{"primary": True, "value": person.email, "type": "work"}],
        "displayName": person.display_name,
        "locale": "en-US",
        # Okta's user ids: 20 characters that begin with 00u.
        "externalId": f"00u{hashlib.sha256(person.user_name.encode()).hexdigest()[:17]}",
        "active": True,
        "groups": [],
    }
