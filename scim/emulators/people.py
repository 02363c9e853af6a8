"""The people and groups an emulator keeps in step, as its own directory knows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person of the directory. The display name is a field of its own: directories keep it so."""

    user_name: str
    email: str
    given_name: str
    family_name: str
    display_name: str
    middle_name: str = ""
    employee_number: str = ""
    department: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def mailbox(self) -> str:
        """The e-mail address up to its @."""
        return self.email.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Assigned:
    """A person the app knows, under the id that it gave."""

    id: str
    person: Person


@dataclass(frozen=True, slots=True)
class Pushed:
    """A group the app knows, under the id that it gave."""

    id: str
    name: str
