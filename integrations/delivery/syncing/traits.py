"""By what an account and a person are recognised as one: exact ways, and mere likeness."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from integrations.delivery.connector import Account, Person
from integrations.delivery.models import AppAccount
from integrations.delivery.wishes import mapping
from integrations.kit import keepable

LONGEST = 512
NAMES_SHOWN = ("display_name", "displayName", "name")


class Way(StrEnum):
    """The strongest first; the value is the column of AppAccount that holds the account's key."""

    NAME = "user_name_key"
    EMAIL = "email_key"
    DISPLAY_NAME = "display_name_key"
    LOCAL = "local_key"


# These match by themselves, one after the other; the rest only suggests.
EXACT = (Way.NAME, Way.EMAIL)
ALIKE = (Way.DISPLAY_NAME, Way.LOCAL)
Keys = Mapping[Way, frozenset[str]]


def of_person(person: Person) -> Keys:
    """What accounts of this person may be known by. Never the name alone: that only suggests."""
    mapped = person.attributes.get("user_name")
    names = _keys(person.user_name, mapped)
    emails = _keys(work_email(person), person.attributes.get("email"))
    return {
        Way.NAME: names,
        Way.EMAIL: emails,
        Way.DISPLAY_NAME: _keys(person.data.get("displayName"), person.attributes.get("display_name")),
        Way.LOCAL: frozenset(filter(None, map(_local, names | emails))),
    }


def of_account(user_name: str, email: str, display_name: str) -> dict[Way, str]:
    name, address = key(user_name), key(email)
    return {
        Way.NAME: name,
        Way.EMAIL: address,
        Way.DISPLAY_NAME: key(display_name),
        Way.LOCAL: _local(address) or _local(name),
    }


def strongest(person: Keys, account: Mapping[Way, str]) -> Way | None:
    """How an account and a person are known to be one, or may be; None where nothing speaks for it."""
    return next((way for way in Way if account[way] and account[way] in person[way]), None)


def work_email(person: Person) -> str:
    """The work address, else the primary or the first."""
    paths = ("emails.work", "emails.primary")
    found = (mapping.value(person.data, path) for path in paths)
    return str(next(filter(None, found), ""))


def shown_name(account: Account) -> str:
    found = (account.attributes.get(name) for name in NAMES_SHOWN)
    return clean(next((value for value in found if isinstance(value, str) and value), ""))


def put_keys(row: AppAccount) -> None:
    for way, found in of_account(row.user_name, row.email, row.display_name).items():
        setattr(row, way.value, found)


def clean(text: object) -> str:
    """An app's word as a database takes it, and a column holds it."""
    return keepable.text(str(text))[:LONGEST]


def key(text: object) -> str:
    return clean(text).strip().casefold()[:LONGEST]


def _keys(*texts: object) -> frozenset[str]:
    return frozenset(filter(None, (key(text) for text in texts if text)))


def _local(address: str) -> str:
    return address.partition("@")[0]
