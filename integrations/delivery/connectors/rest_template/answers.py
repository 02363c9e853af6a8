"""What an app answers: JSON that may be anything, read without trust."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from integrations.delivery.connector import Account
from integrations.delivery.connectors.rest_template.recipe import Condition, Pointer, Reading, State
from integrations.kit import keepable

MOST_REF = 512
# As many as an answer may show of one account.
MOST_ROLES = 1000


class NotUnderstood(ValueError):
    """The answer is not as the recipe says; the message is for an admin's eyes."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `document` is its JSON, None where it has none. `problem`: why it could not be read."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    document: Any = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """An account as the app shows it. `is_active` and `roles` are None where the recipe does not read
    them."""

    ref: str
    user_name: str = ""
    email: str = ""
    external_id: str = ""
    is_active: bool | None = None
    is_deleted: bool = False
    roles: tuple[str, ...] | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, account: Account) -> Seen:
        """As it was listed; its roles are not among it."""
        return cls(
            ref=account.ref,
            user_name=account.user_name,
            email=account.email,
            external_id=account.external_id,
            attributes=account.attributes,
        )

    def account(self) -> Account:
        return Account(
            ref=self.ref,
            user_name=self.user_name,
            email=self.email,
            external_id=self.external_id,
            is_active=self.is_active is not False and not self.is_deleted,
            entitlements=self.roles,
            attributes=dict(self.attributes),
        )


def read_json(body: bytes) -> Any:
    """None for an empty body. What no database keeps is replaced in it. Raises NotUnderstood."""
    if not body.strip():
        return None
    try:
        return keepable.value(json.loads(body, parse_constant=_no_constant))
    except RecursionError:
        raise NotUnderstood(_("The app's answer is nested too deep.")) from None
    except ValueError:  # also what is not UTF-8, and a number of thousands of digits
        raise NotUnderstood(_("The app's answer is not JSON.")) from None


def at(document: Any, pointer: Pointer) -> Any:
    """The value there; None where there is none. A step `*` gives the list of what is in each entry."""
    found = document
    for number, step in enumerate(pointer):
        if step == "*":
            entries = found if isinstance(found, list) else []
            inside = [at(entry, pointer[number + 1 :]) for entry in entries]
            return [one for one in inside if one is not None]
        found = _step(found, step)
    return found


def text_at(document: Any, pointer: Pointer | None) -> str:
    """A text or a whole number there, as text; "" for everything else."""
    return as_text(at(document, pointer)) if pointer is not None else ""


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def holds(condition: Condition, reply: Reply) -> bool:
    """Whether the answer is as the condition says."""
    if condition.statuses and reply.status not in condition.statuses:
        return False
    if condition.at is None:
        return True
    found = at(reply.document, condition.at)
    return _among(found, condition.values) if condition.values is not None else found is not None


def items(document: Any, pointer: Pointer) -> list[Any]:
    """Raises NotUnderstood where there is no list."""
    found = at(document, pointer)
    if not isinstance(found, list):
        raise NotUnderstood(_("The app's answer has no list at %s.") % _shown(pointer))
    return found


def account(item: Any, reading: Reading) -> Seen:
    """Raises NotUnderstood where there is no id of an account, or something is of another kind."""
    ref = at(item, reading.ref)
    if isinstance(ref, bool) or not isinstance(ref, str | int) or not str(ref).strip():
        raise NotUnderstood(_("The app's answer has no id of the account at %s.") % _shown(reading.ref))
    if len(str(ref)) > MOST_REF:
        raise NotUnderstood(_("The id of the account is longer than %d characters.") % MOST_REF)
    fields = {name: at(item, one.at) for name, one in reading.fields.items()}
    return Seen(
        ref=str(ref),
        user_name=as_text(fields.pop("user_name", "")),
        email=as_text(fields.pop("email", "")),
        external_id=as_text(fields.pop("external_id", "")),
        is_active=_is(item, reading.active) if reading.active else None,
        is_deleted=bool(reading.deleted and _is(item, reading.deleted)),
        roles=roles(item, reading.roles) if reading.roles is not None else None,
        attributes={name: value for name, value in fields.items() if value is not None},
    )


def roles(item: Any, pointer: Pointer) -> tuple[str, ...]:
    """Raises NotUnderstood for what is no list of names."""
    found = at(item, pointer)
    entries = found if isinstance(found, list) else [] if found in (None, "") else [found]
    named = [one for one in entries if isinstance(one, str | int) and not isinstance(one, bool) and one != ""]
    if len(named) < len(entries) or len(named) > MOST_ROLES:
        raise NotUnderstood(_("The app's answer has no list of role names at %s.") % _shown(pointer))
    return tuple(dict.fromkeys(str(one) for one in named))


def _is(item: Any, state: State) -> bool:
    return _among(at(item, state.at), state.values)


def _among(value: Any, values: Sequence[Any]) -> bool:
    """True is not 1 here, as it is not in JSON."""
    return any(value == one and isinstance(value, bool) is isinstance(one, bool) for one in values)


def _step(found: Any, step: str) -> Any:
    if isinstance(found, dict):
        return found.get(step)
    if isinstance(found, list) and step.isascii() and step.isdecimal() and len(step) < 10:
        number = int(step)
        return found[number] if number < len(found) else None
    return None


def _shown(pointer: Pointer) -> str:
    return "/" + "/".join(pointer)


def _no_constant(word: str) -> Any:
    raise ValueError(word)
