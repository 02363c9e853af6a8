"""Google Workspace: people only, whole records by PUT, state by a PATCH without a path."""

from __future__ import annotations

from urllib.parse import quote

from scim.emulators.emulator import USER_SCHEMA, Emulator, equals
from scim.emulators.people import Assigned, Person
from scim.emulators.request import Json


class Google(Emulator):
    idp = "google"
    headers = {
        "User-Agent": "Google-Auto-Provisioning",
        "Content-Type": "application/json",
        "Accept": "application/json",
    }

    def test_connection(self) -> None:
        self._get("/Users", "count=1")

    def create_person(self, person: Person) -> Assigned:
        lookup = f"filter={quote(equals('userName', person.user_name), safe='')}"
        found = self._find("/Users", lookup)
        if found is None:
            return Assigned(self._post("/Users", _record(person)), person)
        self._set_active(found, active=True)
        return Assigned(found, person)

    def update_person(self, known: Assigned, person: Person) -> Assigned:
        self._put(f"/Users/{known.id}", {**_record(person), "id": known.id})
        return Assigned(known.id, person)

    def deactivate(self, known: Assigned) -> None:
        self._set_active(known.id, active=False)

    def _set_active(self, user_id: str, *, active: bool) -> None:
        self._patch(f"/Users/{user_id}", {"op": "replace", "value": {"active": active}})


def _record(person: Person) -> Json:
    return {
        "schemas": [USER_SCHEMA],
        "userName": person.user_name,
        "name": {"givenName": person.given_name, "familyName": person.family_name},
        "displayName": person.display_name,
        "emails": [{"value": person.email, "type": "work", "primary": True}],
        "active": True,
    }
