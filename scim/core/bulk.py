"""Reads a bulk request, and finds an order in which its references can be resolved (RFC 7644 3.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scim.core.errors import InvalidSyntax, InvalidValue, PayloadTooLarge
from scim.core.wording import kind_of, quote

REQUEST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
MOST_OPERATIONS = 1_000
_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PATH = re.compile(r"/+(Users|Groups)(?:/+([^/?#]+))?/*", re.IGNORECASE)
_PREFIX = "bulkId:"


@dataclass(frozen=True, slots=True)
class Operation:
    """One request of the bulk. `resource_id` is "" for a POST, and may be a reference such as bulkId:abc.

    `references`: the bulkIds that have to be known before this can be done.
    """

    method: str
    endpoint: str
    resource_id: str = ""
    bulk_id: str = ""
    version: str = ""
    data: dict[str, Any] | None = None
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """`fail_on_errors`: after so many failures the rest is not tried; None for no end."""

    operations: tuple[Operation, ...]
    fail_on_errors: int | None = None


def parse(body: dict[str, Any]) -> BulkRequest:
    """InvalidSyntax, InvalidValue or PayloadTooLarge for a bulk that cannot be begun: nothing is done."""
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
    """Positions of the operations, each after those that it refers to.

    Where they refer to each other in a circle, one comes before what it refers to.
    """
    makers = {op.bulk_id: position for position, op in enumerate(operations) if op.bulk_id}
    ordered: dict[int, None] = {}
    for start in range(len(operations)):
        path: list[int] = [start]
        while path:
            here = path[-1]
            needed = (makers[name] for name in operations[here].references if name in makers)
            waiting = next((one for one in needed if one not in ordered and one not in path), None)
            if waiting is None:
                ordered[path.pop()] = None
            else:
                path.append(waiting)
    return list(ordered)


def resolve(value: Any, known: Mapping[str, str]) -> Any:
    """The value with the ids of the resources that were made in the place of references to them."""
    if isinstance(value, str) and value.startswith(_PREFIX):
        return known.get(value.removeprefix(_PREFIX), value)
    if isinstance(value, dict):
        return {key: resolve(item, known) for key, item in value.items()}
    return [resolve(item, known) for item in value] if isinstance(value, list) else value


def without_references(value: Any) -> Any:
    """The value without what refers to resources that are not made yet; None where nothing is left."""
    if isinstance(value, str):
        return None if value.startswith(_PREFIX) else value
    if isinstance(value, dict):
        kept = {key: without_references(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None} or None
    if isinstance(value, list):
        return [item for item in map(without_references, value) if item is not None]
    return value


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(_PREFIX):
        yield value.removeprefix(_PREFIX)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _operation(entry: Any, number: int) -> Operation:
    if not isinstance(entry, dict):
        raise InvalidSyntax(f"Operation {number} is {kind_of(entry)}; an object was expected.")
    sent = {name.lower(): value for name, value in entry.items()}
    method = _text(sent, "method", number).upper()
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
    if not isinstance(value, str) or not value or len(value) > 512:
        raise InvalidSyntax(f"{name} of operation {number} is a text of 1 to 512 characters.")
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
