"""Members of a group as clients send them: references that the store keeps as rows of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scim.core.errors import InvalidValue
from scim.core.quirks import normalise
from scim.core.quirks.notes import Notes
from scim.core.schemas.common import MAX_IDENTIFIER
from scim.core.wording import clip, kind_of, quote

MOST_IN_A_REQUEST = 50_000


@dataclass(frozen=True, slots=True)
class Member:
    """`value` is the id of the user, `display` what the client calls them ("" if it says nothing)."""

    value: str
    display: str = ""


def read(sent: Any, notes: Notes, *, sets_groups_aside: bool = False) -> tuple[Member, ...]:
    """The members in a list, an object or a bare id, each id once; InvalidValue for anything else.

    None and [] are no members. Nothing else is, or a slip in a `remove` would read as "remove all". A group
    among them is refused, or left out and noted.
    """
    if sent is None:
        return ()
    entries = normalise.a_list(sent, "members", notes)
    check_number(len(entries))
    members: dict[str, Member] = {}
    for entry in entries:
        if sets_groups_aside and _is_group(entry):
            notes.set_aside(f"members[{_named(entry)}]")
            continue
        member = _member(entry, notes)
        members[member.value] = member
    return tuple(members.values())


def check_number(number: int) -> None:
    """InvalidValue beyond what one request may name."""
    if number > MOST_IN_A_REQUEST:
        raise InvalidValue(
            f"The request names {number} members; {MOST_IN_A_REQUEST} are the limit.",
            remedy="Send them in several requests.",
        )


def _member(sent: Any, notes: Notes) -> Member:
    entry = normalise.an_object(sent, "members", notes)
    if not isinstance(entry, dict):
        raise InvalidValue(f'A member is an object with "value"; {kind_of(sent)} was sent.')
    folded = entry if "value" in entry else {key.lower(): item for key, item in entry.items()}
    # RFC 7643 4.2: `type` says what is referred to; "$ref" only repeats `value`. Entra ID sends "$ref": null.
    _check_type(folded.get("type"))
    display = folded.get("display")
    return Member(
        _identifier(folded.get("value")), clip(display, MAX_IDENTIFIER) if isinstance(display, str) else ""
    )


def _is_group(entry: Any) -> bool:
    kind = entry.get("type") if isinstance(entry, dict) else None
    return isinstance(kind, str) and kind.lower() == "group"


def _named(entry: dict[str, Any]) -> str:
    return clip(str(entry.get("display") or entry.get("value") or "Group"))


def _identifier(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        came = "blank text" if isinstance(value, str) else kind_of(value)
        raise InvalidValue(
            f'The "value" of a member is the id of a user as text; {came} was sent.',
            expected="value: the id of a user as text",
            received=f"value: {came}",
        )
    if len(value) > MAX_IDENTIFIER:
        raise InvalidValue(f'The "value" of a member is longer than {MAX_IDENTIFIER} characters.')
    return value


def _check_type(kind: Any) -> None:
    if kind is not None and not (isinstance(kind, str) and kind.lower() in ("user", "")):
        shown = quote(kind) if isinstance(kind, str) else kind_of(kind)
        raise InvalidValue(
            f"A member here is a User; {shown} was sent as its type.",
            remedy="Add the people of a nested group one by one, or let the integration leave groups out.",
        )
