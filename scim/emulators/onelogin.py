"""OneLogin: whole records from the admin's template, old schema names, queries that end with an &."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote_plus

from scim.emulators.emulator import ENTERPRISE_SCHEMA, GroupEmulator, equals
from scim.emulators.people import Assigned, Person, Pushed
from scim.emulators.request import Json

# The names of drafts before RFC 7643, as the template has them.
OLD_CORE_SCHEMA = "urn:scim:schemas:core:2.0"
OLD_ENTERPRISE_SCHEMA = "urn:scim:schemas:extension:enterprise:2.0"


class OneLogin(GroupEmulator):
    idp = "onelogin"
    headers = {"Accept": "application/json", "Content-Type": "application/json"}

    def test_connection(self) -> None:
        self._get("/Users", "count=1&startIndex=1&")
        self._get("/ServiceProviderConfig")

    def create_person(self, person: Person) -> Assigned:
        found = self._find("/Users", _lookup("userName", person.user_name))
        if found is None:
            return Assigned(self._post("/Users", {**_record(person), "id": None}), person)
        self._put(f"/Users/{found}", _record(person))
        return Assigned(found, person)

    def update_person(self, known: Assigned, person: Person) -> Assigned:
        """Looks the person up under the name that the app knows."""
        found = self._find("/Users", _lookup("userName", known.person.user_name)) or known.id
        self._put(f"/Users/{found}", _record(person))
        return Assigned(found, person)

    def deactivate(self, known: Assigned) -> None:
        self._put(f"/Users/{known.id}", {**_record(known.person), "active": False})

    def push_group(self, name: str) -> Pushed:
        """The entitlements are refreshed first; a rule makes what is not among them."""
        entitlements = self._list("/Groups", "startIndex=1&count=100&")
        found = next((one.id for one in entitlements if one.display_name == name), None)
        body = {"schemas": [OLD_CORE_SCHEMA], "displayName": name}
        return Pushed(found or self._post("/Groups", body), name)

    def add_members(self, group: Pushed, members: Sequence[Assigned]) -> None:
        """One request a person."""
        for member in members:
            operation = {"op": "add", "path": "members", "value": [{"value": member.id}]}
            self._patch(f"/Groups/{group.id}", operation)

    def remove_member(self, group: Pushed, member: Assigned) -> None:
        self._patch(f"/Groups/{group.id}", {"op": "remove", "path": f'members[value eq "{member.id}"]'})


def _lookup(attribute: str, value: str) -> str:
    return f"filter={quote_plus(equals(attribute, value))}&"


def _record(person: Person) -> Json:
    return {
        "schemas": [OLD_CORE_SCHEMA, OLD_ENTERPRISE_SCHEMA],
        "userName": person.user_name,
        # OneLogin's user ids are numbers.
        "externalId": person.employee_number,
        "name": {
            "familyName": person.family_name,
            "givenName": person.given_name,
            "formatted": person.full_name,
        },
        "emails": [{"value": person.email, "type": "work", "primary": True}],
        "title": None,
        "active": True,
        # The template leaves attributes without a value in, as null.
        ENTERPRISE_SCHEMA: {"department": person.department, "manager": {"value": None}},
    }
