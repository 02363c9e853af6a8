"""The accounts of the sample app: kept in memory, with the habits that real apps have."""

from __future__ import annotations

import base64
import itertools
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]

ACTIVE, SUSPENDED, DELETED = "active", "suspended", "deleted"
FIELDS = ("login", "email", "name", "external_id", "department", "title")
UNIQUE = ("login", "email")
ROLES = {"editor": "Editor", "viewer": "Viewer", "approver": "Approver"}
MOST_A_PAGE = 50


class Trouble(Exception):
    """The app says no: a status, a code for programs, a sentence for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(slots=True)
class SampleAccount:
    id: str
    login: str = ""
    email: str | None = None
    name: str | None = None
    external_id: str | None = None
    department: str | None = None
    title: str | None = None
    status: str = ACTIVE
    roles: list[str] = field(default_factory=list)


class SampleAccounts:
    """`roles` are the codes and titles of what people can hold; `seats` how many may be active at most."""

    def __init__(self, roles: Mapping[str, str], seats: int) -> None:
        self.roles = dict(roles)
        self.seats = seats
        self._accounts: dict[str, SampleAccount] = {}
        self._numbers = itertools.count(1001)
        self._lock = threading.RLock()

    def __iter__(self) -> Iterator[SampleAccount]:
        """All of them, deleted ones too, in the order in which they were made."""
        with self._lock:
            return iter(list(self._accounts.values()))

    def page(self, query: Mapping[str, str]) -> Json:
        """Those whose fields contain what is asked for, without case, a page at a time."""
        asked = {name: query[name].casefold() for name in FIELDS if name in query}
        found = [one for one in self if _matches(one, asked)]
        start = _start(query.get("cursor", ""))
        size = _size(query.get("limit", "20"))
        more = start + size < len(found)
        return {
            "data": [asdict(one) for one in found[start : start + size]],
            "next_cursor": _cursor(start + size) if more else None,
        }

    def get(self, ref: str) -> SampleAccount:
        found = self._accounts.get(ref)
        if found is None:
            raise Trouble(404, "no_such_account", "There is no such account.")
        return found

    def make(self, values: Json) -> SampleAccount:
        with self._lock:
            if not values.get("login"):
                raise Trouble(422, "invalid", "A login is needed.")
            self._check(values, but="")
            self._take_seat()
            made = SampleAccount(str(next(self._numbers)), **_known(values))
            self._accounts[made.id] = made
            return made

    def change(self, ref: str, values: Json) -> SampleAccount:
        with self._lock:
            found = self.get(ref)
            if found.status == DELETED:
                raise Trouble(409, "account_deleted", "The account is deleted; activate it first.")
            self._check(values, but=ref)
            for name, value in _known(values).items():
                setattr(found, name, value)
            return found

    def mark(self, ref: str, status: str) -> SampleAccount:
        """A deleted account is kept, with its e-mail address, and comes back when it is made active."""
        with self._lock:
            found = self.get(ref)
            if found.status == status:
                raise Trouble(409, f"already_{status}", f"The account is {status} already.")
            if status == ACTIVE:
                self._take_seat()
            found.status = status
            if status == DELETED:
                found.roles.clear()
            return found

    def grant(self, ref: str, role: str) -> None:
        with self._lock:
            found = self.get(ref)
            if role not in self.roles:
                raise Trouble(404, "no_such_role", f"There is no role {role}.")
            if role in found.roles:
                raise Trouble(409, "role_held", "The account has this role already.")
            found.roles.append(role)

    def revoke(self, ref: str, role: str) -> None:
        with self._lock:
            found = self.get(ref)
            if role not in found.roles:
                raise Trouble(404, "role_not_held", "The account does not have this role.")
            found.roles.remove(role)

    def _check(self, values: Json, *, but: str) -> None:
        for name, value in values.items():
            if name not in FIELDS or not isinstance(value, str | None):
                raise Trouble(422, "invalid", f"{name} is not understood.")
        for name in UNIQUE:
            wanted = str(values.get(name) or "").casefold()
            others = {str(getattr(one, name) or "").casefold() for one in self if one.id != but}
            if wanted and wanted in others:
                raise Trouble(422, f"{name}_taken", f"Another account has this {name}.")

    def _take_seat(self) -> None:
        if sum(one.status == ACTIVE for one in self) >= self.seats:
            raise Trouble(422, "no_seats", "Every seat of the plan is taken.")


def _known(values: Json) -> Json:
    return {name: values[name] for name in FIELDS if name in values}


def _matches(account: SampleAccount, asked: Mapping[str, str]) -> bool:
    return all(text in str(getattr(account, name) or "").casefold() for name, text in asked.items())


def _cursor(start: int) -> str:
    return base64.urlsafe_b64encode(f"from {start}".encode()).decode()


def _start(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("from ")) if cursor else 0
    except ValueError:
        raise Trouble(400, "bad_cursor", "This cursor is not ours.") from None


def _size(limit: str) -> int:
    if not limit.isdecimal() or not 1 <= int(limit[:9]) <= MOST_A_PAGE:
        raise Trouble(400, "bad_limit", f"limit goes from 1 to {MOST_A_PAGE}.")
    return int(limit)
