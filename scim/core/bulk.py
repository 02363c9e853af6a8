"""Reads a bulk request, and finds an order in which its references can be resolved (RFC 7644 3.7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scim.core.errors import BadRequest, InvalidSyntax, InvalidValue, PayloadTooLarge, ScimError
from scim.core.wording import kind_of, quote

REQUEST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
MOST_OPERATIONS = 1_000
LONGEST_TEXT = 512
_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PATH = re.compile(r"/+(Users|Groups)(?:/+([^/?#]+))?/*", re.IGNORECASE)
_PREFIX = "bulkId:"
# In the path of a PATCH operation: members[value eq "bulkId:abc"].
_IN_PATH = re.compile(r'"bulkId:([^"\\]+)"')


@dataclass(frozen=True, slots=True)
class Operation:
    """One request of the bulk. `resource_id` is "" for a POST, and may be a reference such as bulkId:abc.

    `references`: the bulkIds that have to be known before this can be done. `fault`: why it cannot be tried,
    though its fellows can.
    """

    method: str
    endpoint: str
    resource_id: str = ""
    bulk_id: str = ""
    version: str = ""
    data: dict[str, Any] | None = None
    references: tuple[str, ...] = ()
    fault: ScimError | None = None


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """`fail_on_errors`: after so many failures the rest is not tried; None for no end."""

    operations: tuple[Operation, ...]
    fail_on_errors: int | None = None


def parse(body: dict[str, Any]) -> BulkRequest:
    """InvalidSyntax, InvalidValue or PayloadTooLarge for a bulk that cannot be begun: nothing is done.

    What is wrong with one operation is its own fault (RFC 7644 3.7: as many changes as possible).
    """
    sent = {name.lower(): value for name, value in body.items()}
    schemas = sent.get("schemas")
    if not isinstance(schemas, list) or REQUEST_SCHEMA not in schemas:
        raise InvalidSyntax("The body is no bulk request.", remedy=f'Send "schemas": ["{REQUEST_SCHEMA}"].')
    entries = sent.get("operations")
    if not isinstance(entries, list) or not entries:
        raise InvalidSyntax("A bulk request takes a list of one or more Operations.")
    if len(entries) > MOST_OPERATIONS:
        raise PayloadTooLarge(
            f"The bulk request has {len(entries)} operations; {MOST_OPERATIONS} are the limit.",
            remedy="Send it in parts.",
        )
    operations = tuple(_operation(entry, number) for number, entry in enumerate(entries, 1))
    _check_bulk_ids(operations)
    return BulkRequest(operations, _fail_on_errors(sent.get("failonerrors")))


def order(operations: Sequence[Operation]) -> list[int]:
    """Positions of the operations as they were sent, but each after those that it refers to.

    One that refers to what comes later waits until that was sent. Where they refer to each other in a circle,
    one comes before what it refers to.
    """
    makers = {op.bulk_id: position for position, op in enumerate(operations) if op.bulk_id}
    needs = [[makers[name] for name in op.references if name in makers] for op in operations]
    turns = _turns(needs)
    return in_turn(needs, sorted(range(len(needs)), key=lambda position: (turns[position], position)))


def in_turn(needs: Sequence[Iterable[int]], starts: Iterable[int]) -> list[int]:
    """The positions from `starts` on, each after those that it needs, but where it waits for itself.

    Each need is looked at once: a circle of 1,000 operations may have a million of them.
    """
    left = [iter(needed) for needed in needs]
    begun: set[int] = set()
    ordered: list[int] = []
    for start in starts:
        path = [start] if start not in begun else []
        begun.add(start)
        while path:
            waiting = next((one for one in left[path[-1]] if one not in begun), None)
            if waiting is None:
                ordered.append(path.pop())
            else:
                begun.add(waiting)
                path.append(waiting)
    return ordered


def _turns(needs: Sequence[Sequence[int]]) -> list[int]:
    """For each operation the last of all that it waits for, itself among them."""
    waiting: list[list[int]] = [[] for _ in needs]
    for position, needed in enumerate(needs):
        for one in needed:
            waiting[one].append(position)
    turns: dict[int, int] = {}
    for last in reversed(range(len(needs))):
        reached = [last]
        while reached:
            position = reached.pop()
            if position not in turns:
                turns[position] = last
                reached += waiting[position]
    return [turns[position] for position in range(len(needs))]


def resolve(value: Any, known: Mapping[str, str]) -> Any:
    """The value with the ids of the resources that were made in the place of references to them."""
    if isinstance(value, str) and value.startswith(_PREFIX):
        return known.get(value.removeprefix(_PREFIX), value)
    if isinstance(value, dict):
        return {key: _resolved(key, item, known) for key, item in value.items()}
    return [resolve(item, known) for item in value] if isinstance(value, list) else value


def _resolved(key: str, item: Any, known: Mapping[str, str]) -> Any:
    if not _is_path(key, item):
        return resolve(item, known)
    return _IN_PATH.sub(lambda found: f'"{known[found[1]]}"' if found[1] in known else found[0], item)


def without_references(value: Any) -> Any:
    """The value without what refers to resources that are not made yet; None where nothing is left.

    Of a list, an entry that holds a reference is left out whole.
    """
    if isinstance(value, str):
        return None if value.startswith(_PREFIX) else value
    if isinstance(value, dict):
        kept = {key: without_references(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None} or None
    if isinstance(value, list):
        return [item for item in value if not _refers(item)]
    return value


def references_alone(value: dict[str, Any]) -> dict[str, Any]:
    """What `without_references` leaves out of an object."""
    return {key: part for key, item in value.items() if (part := _reference(item)) is not None}


def _reference(value: Any) -> Any:
    if isinstance(value, dict):
        return references_alone(value) or None
    if isinstance(value, list):
        return [item for item in value if _refers(item)] or None
    return value if _refers(value) else None


def _refers(value: Any) -> bool:
    return next(_references(value), None) is not None


def _is_path(key: str, value: Any) -> bool:
    return isinstance(value, str) and key.lower() == "path"


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(_PREFIX):
        yield value.removeprefix(_PREFIX)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _IN_PATH.findall(item) if _is_path(key, item) else _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _operation(entry: Any, number: int) -> Operation:
    if not isinstance(entry, dict):
        raise InvalidSyntax(f"Operation {number} is {kind_of(entry)}; an object was expected.")
    sent = {name.lower(): value for name, value in entry.items()}
    method = _text(sent, "method", number).upper()
    try:
        return _read(sent, method, number)
    except BadRequest as fault:
        named = sent.get("bulkid")
        bulk_id = named if isinstance(named, str) and len(named) <= LONGEST_TEXT else ""
        return Operation(method, "", bulk_id=bulk_id, fault=fault)


def _read(sent: dict[str, Any], method: str, number: int) -> Operation:
    if method not in _METHODS:
        raise InvalidSyntax(f"The method of operation {number} is {quote(method)}; {_named()} was expected.")
    match = _PATH.fullmatch(_text(sent, "path", number))
    if match is None or (method == "POST") is bool(match[2]):
        where = "/Users or /Groups" if method == "POST" else "/Users/<id> or /Groups/<id>"
        raise InvalidValue(f"The path of operation {number}, a {method}, is {where}.")
    bulk_id, data = _text(sent, "bulkId", number, needed=method == "POST"), sent.get("data")
    if method != "DELETE" and not isinstance(data, dict):
        raise InvalidSyntax(f"Operation {number}, a {method}, takes an object as its data.")
    return Operation(
        method=method,
        endpoint=match[1].lower(),
        resource_id=match[2] or "",
        bulk_id=bulk_id,
        version=_text(sent, "version", number, needed=False),
        data=data if method != "DELETE" else None,
        references=tuple(dict.fromkeys(_references([data, match[2]]))),
    )


def _named() -> str:
    return "POST, PUT, PATCH or DELETE"


def _text(sent: dict[str, Any], name: str, number: int, *, needed: bool = True) -> str:
    value = sent.get(name.lower())
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or not value or len(value) > LONGEST_TEXT:
        raise InvalidSyntax(f"{name} of operation {number} is a text of 1 to {LONGEST_TEXT} characters.")
    return value


def _check_bulk_ids(operations: Sequence[Operation]) -> None:
    names = [operation.bulk_id for operation in operations if operation.bulk_id]
    if len(set(names)) != len(names):
        raise InvalidValue("A bulkId is used twice.")


def _fail_on_errors(sent: Any) -> int | None:
    if sent is None:
        return None
    if isinstance(sent, bool) or not isinstance(sent, int) or sent < 1:
        raise InvalidValue("failOnErrors is a whole number from 1 on.")
    return sent
