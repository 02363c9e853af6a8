"""The people of the recorded traffic."""

from __future__ import annotations

from dataclasses import replace

from scim.emulators.people import Person

TOKEN = "a-token"
ONE = Person(
    user_name="person.one@example.test",
    email="person.one@example.test",
    given_name="Given-1",
    family_name="Family-1",
    display_name="Given-1 Family-1",
    employee_number="100001",
    department="Department-1",
)
TWO = replace(ONE, user_name="person.two@example.test")
TESTER = replace(ONE, user_name="scim-test@example.test", email="scim-test@example.test")
