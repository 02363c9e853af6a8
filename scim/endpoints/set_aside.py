"""What was set aside of a body, described so that an admin can keep it from then on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from integrations.traffic.entries import SetAside
from scim.core.schema import Type

Json = dict[str, Any]
MOST = 50
LONGEST = 200


def described(names: Iterable[str], body: Json | None) -> tuple[SetAside, ...]:
    """Each attribute by name and type, those of a whole unknown extension one by one; at most 50."""
    places = list(_places(body or {}))
    found = [each for name in dict.fromkeys(names) for each in _opened(name, _sent(name, places))]
    return tuple(found[:MOST])


def _places(body: Json) -> Iterator[Json]:
    """The objects that hold attributes: the resource, or the values of a PATCH without paths."""
    yield body
    for name, operations in body.items():
        if name.lower() == "operations" and isinstance(operations, list):
            for operation in operations:
                if isinstance(operation, dict):
                    yield from (value for value in operation.values() if isinstance(value, dict))


def _sent(name: str, places: Iterable[Json]) -> Any:
    """The value that came under a name, which may begin with the URN of the object that holds it."""
    holder, _colon, part = name.rpartition(":")
    for place in places:
        if name in place:
            return place[name]
        inner = place.get(holder)
        if isinstance(inner, dict) and part in inner:
            return inner[part]
    return None


def _opened(name: str, value: Any) -> list[SetAside]:
    if isinstance(value, dict) and name.lower().startswith("urn:"):
        return [_described(f"{name}:{part}", item) for part, item in value.items()]
    return [_described(name, value)]


def _described(name: str, value: Any) -> SetAside:
    many = isinstance(value, list)
    one = value[0] if isinstance(value, list) and value else value
    type_ = "" if "." in name.rpartition(":")[2] else _type(one)
    return SetAside(name[:LONGEST], type_, many)


def _type(value: Any) -> str:
    """The SCIM type of a single value; "" for none and for an object."""
    match value:
        case bool():
            return Type.BOOLEAN.value
        case str():
            return Type.STRING.value
        case int():
            return Type.INTEGER.value
        case float():
            return Type.DECIMAL.value
    return ""
