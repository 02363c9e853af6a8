"""Microsoft Entra ID without its flag: capital operations, booleans as text, one operation an attribute."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from urllib.parse import quote_plus

from scim.emulators.emulator import ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA, GroupEmulator, equals
from scim.emulators.people import Assigned, Person, Pushed
from scim.emulators.request import Json

# Entra ID's own name for its groups, beside the standard's.
DIRECTORY_GROUP_SCHEMA = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"


class Entra(GroupEmulator):
    idp = "entra"
    # No User-Agent: Entra ID sends none.
    headers = {
        "Accept": "application/scim+json",
        "Content-Type": "application/scim+json; charset=utf-8",
    }

    def test_connection(self) -> None:
        """Asks for a person and a group that nobody has."""
        nobody = str(uuid.uuid4())
        self._find("/Users", _person_lookup(nobody))
        self._find("/Groups", _group_lookup(nobody))

    def create_person(self, person: Person) -> Assigned:
        found = self._find("/Users", _person_lookup(person.user_name))
        if found is None:
            return Assigned(self._post("/Users", _record(person)), person)
        self._patch(f"/Users/{found}", _replace("active", "True"))
        return Assigned(found, person)

    def update_person(self, known: Assigned, person: Person) -> Assigned:
        before, after = _attributes(known.person), _attributes(person)
        changed = [_replace(path, value) for path, value in after.items() if before[path] != value]
        if changed:
            self._patch(f"/Users/{known.id}", *changed)
        return Assigned(known.id, person)

    def deactivate(self, known: Assigned) -> None:
        self._patch(f"/Users/{known.id}", _replace("active", "False"))

    def push_group(self, name: str) -> Pushed:
        found = self._find("/Groups", _group_lookup(name))
        body = {
            "schemas": [GROUP_SCHEMA, DIRECTORY_GROUP_SCHEMA],
            "externalId": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
            "displayName": name,
            "meta": {"resourceType": "Group"},
        }
        return Pushed(found or self._post("/Groups", body), name)

    def add_members(self, group: Pushed, members: Sequence[Assigned]) -> None:
        """Several come in one request, and then without the $ref that a single one has."""
        value: list[Json] = [{"value": member.id} for member in members]
        if len(value) == 1:
            value = [{"$ref": None, **value[0]}]
        self._patch(f"/Groups/{group.id}", {"op": "Add", "path": "members", "value": value})

    def remove_member(self, group: Pushed, member: Assigned) -> None:
        value = [{"$ref": None, "value": member.id}]
        self._patch(f"/Groups/{group.id}", {"op": "Remove", "path": "members", "value": value})


def _person_lookup(user_name: str) -> str:
    return f"filter={quote_plus(equals('userName', user_name))}"


def _group_lookup(name: str) -> str:
    return f"excludedAttributes=members&filter={quote_plus(equals('displayName', name))}"


def _replace(path: str, value: str) -> Json:
    return {"op": "Replace", "path": path, "value": value}


def _attributes(person: Person) -> dict[str, str]:
    """What Entra ID keeps in step, by the path it writes to."""
    return {
        "displayName": person.display_name,
        'emails[type eq "work"].value': person.email,
        "name.givenName": person.given_name,
        "name.familyName": person.family_name,
        "externalId": person.mailbox,
        f"{ENTERPRISE_SCHEMA}:employeeNumber": person.employee_number,
    }


def _record(person: Person) -> Json:
    return {
        "schemas": [USER_SCHEMA, ENTERPRISE_SCHEMA],
        "externalId": person.mailbox,
        "userName": person.user_name,
        "active": True,
        "displayName": person.display_name,
        "emails": [{"primary": True, "type": "work", "value": person.email}],
        "meta": {"resourceType": "User"},
        "name": {
            "formatted": person.full_name,
            "familyName": person.family_name,
            "givenName": person.given_name,
        },
        "roles": [],
        ENTERPRISE_SCHEMA: {"employeeNumber": person.employee_number, "department": person.department},
    }
