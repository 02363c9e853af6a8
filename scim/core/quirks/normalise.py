"""One function for each departure from the standard that is understood; each reports what it met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scim.core.quirks.notes import Notes
from scim.core.quirks.quirk import Code

_OPERATIONS = frozenset({"add", "remove", "replace"})
_BOOLEAN_TEXTS = {"true": True, "false": False}


def operation_name(sent: str, notes: Notes) -> str | None:
    """`add`, `remove` or `replace` from any case; None for another word. Entra ID sends "Add"."""
    name = sent.lower()
    if name not in _OPERATIONS:
        return None
    if sent != name:
        notes.quirk(Code.OP_CASE, sent)
    return name


def boolean(sent: Any, at: str, notes: Notes) -> bool | None:
    """True or False from "True", "false", 1 and 0; None for anything else.

    Entra ID sends "False" as text, OneLogin's templates "false".
    """
    if isinstance(sent, bool):
        return sent
    value = _boolean(sent)
    if value is not None:
        shown = f'"{sent}"' if isinstance(sent, str) else sent
        notes.quirk(Code.BOOLEAN_FORM, f"{at} as {shown}")
    return value


def _boolean(sent: Any) -> bool | None:
    if isinstance(sent, str):
        return _BOOLEAN_TEXTS.get(sent.lower())
    return bool(sent) if isinstance(sent, int) and sent in (0, 1) else None


def a_list(sent: Any, at: str, notes: Notes) -> list[Any]:
    """A list, of one where a single value came. OneLogin sends `emails` as one object."""
    if isinstance(sent, list):
        return sent
    notes.quirk(Code.ONE_FOR_LIST, at)
    return [sent]


def an_object(sent: Any, at: str, notes: Notes) -> Any:
    """`{"value": sent}` for text, anything else as it came. Entra ID sends `manager` as a bare id."""
    if not isinstance(sent, str):
        return sent
    notes.quirk(Code.BARE_VALUE, at)
    return {"value": sent}


def the_only_one(sent: Any, at: str, notes: Notes) -> Any:
    """The entry of a list of one, None of an empty list; anything else as it came.

    Entra ID sends `manager` as a list of one object, others `active` as [false].
    """
    if not isinstance(sent, list) or len(sent) > 1:
        return sent
    if not sent:
        return None
    notes.quirk(Code.LIST_FOR_ONE, at)
    return sent[0]


def key(body: Mapping[str, Any], name: str, notes: Notes) -> Any:
    """The value of the key `name`, in any case where it is not there as written; None when absent."""
    if name in body:
        return body[name]
    for sent, value in body.items():
        if sent.lower() == name.lower():
            notes.quirk(Code.KEY_CASE, sent)
            return value
    return None


def schema_name(sent: str, known: str | None, notes: Notes) -> None:
    """Reports a schema name that is not the one it stands for (`known`), or stands for none (None).

    OneLogin sends names of SCIM 1, Entra ID a name of its own beside the group's.
    """
    if known is None:
        notes.quirk(Code.UNKNOWN_SCHEMA, sent)
    elif sent != known:
        notes.quirk(Code.OLD_SCHEMA, sent)
