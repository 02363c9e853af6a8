"""JumpCloud: a connection test that makes people, and one PATCH operation an attribute, in lower case."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from scim.emulators.emulator import GROUP_SCHEMA, USER_SCHEMA, GroupEmulator, equals
from scim.emulators.people import Assigned, Person, Pushed
from scim.emulators.request import Json

TEST_GROUP = "SCIM connection test"


class JumpCloud(GroupEmulator):
    idp = "jumpcloud"
    headers = {
        "Accept": "application/scim+json, application/json",
        "Content-Type": "application/scim+json",
    }

    def test_connection(self) -> None:
        """Makes, reads, deactivates and deletes a person, and a group besides."""
        tested = self.create_person(self.test_person)
        self._get(f"/Users/{tested.id}")
        self._put(f"/Users/{tested.id}", {**_record(self.test_person), "active": False, "id": tested.id})
        group = self._post("/Groups", _group(TEST_GROUP))
        self._patch(f"/Groups/{group}", _replace("displayName", f"{TEST_GROUP} 2"))
        self._delete(f"/Groups/{group}")
        self._delete(f"/Users/{tested.id}")

    def create_person(self, person: Person) -> Assigned:
        found = self._find("/Users", _lookup("userName", person.user_name))
        if found is None:
            return Assigned(self._post("/Users", _record(person)), person)
        self._set_active(found, active=True)
        return Assigned(found, person)

    def update_person(self, known: Assigned, person: Person) -> Assigned:
        before, after = _attributes(known.person), _attributes(person)
        changed = [_replace(path, value) for path, value in after.items() if before[path] != value]
        if changed:
            self._patch(f"/Users/{known.id}", *changed)
        return Assigned(known.id, person)

    def deactivate(self, known: Assigned) -> None:
        self._set_active(known.id, active=False)

    def push_group(self, name: str) -> Pushed:
        found = self._find("/Groups", _lookup("displayName", name))
        return Pushed(found or self._post("/Groups", _group(name)), name)

    def add_members(self, group: Pushed, members: Sequence[Assigned]) -> None:
        """One request a person."""
        for member in members:
            self._change_members(group, "add", member)

    def remove_member(self, group: Pushed, member: Assigned) -> None:
        self._change_members(group, "remove", member)

    def _set_active(self, user_id: str, *, active: bool) -> None:
        self._patch(f"/Users/{user_id}", {"op": "replace", "path": "active", "value": active})

    def _change_members(self, group: Pushed, operation: str, member: Assigned) -> None:
        value = [{"value": member.id}]
        self._patch(f"/Groups/{group.id}", {"op": operation, "path": "members", "value": value})


def _lookup(attribute: str, value: str) -> str:
    return f"filter={quote(equals(attribute, value), safe='')}"


def _replace(path: str, value: str) -> Json:
    return {"op": "replace", "path": path, "value": value}


def _attributes(person: Person) -> dict[str, str]:
    """What a change writes, by its path."""
    return {
        "name.givenName": person.given_name,
        "name.familyName": person.family_name,
        "displayName": person.display_name,
    }


def _record(person: Person) -> Json:
    return {
        "schemas": [USER_SCHEMA],
        "userName": person.user_name,
        "name": {"givenName": person.given_name, "familyName": person.family_name},
        "emails": [{"value": person.email, "type": "work", "primary": True}],
        "displayName": person.display_name,
        "active": True,
    }


def _group(name: str) -> Json:
    return {"schemas": [GROUP_SCHEMA], "displayName": name}
