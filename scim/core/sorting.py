"""Order of resources by one attribute (RFC 7644 3.4.2.3): the meaning that every store must share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scim.core import fitting, instants, paths
from scim.core.errors import InvalidPath, InvalidValue
from scim.core.paths import AttributePath
from scim.core.schema import Attribute, ResourceType, Returned, Type
from scim.core.wording import quote

_ORDERS = {"ascending": False, "descending": True}


@dataclass(frozen=True, slots=True)
class Sort:
    """By `path`, which ends at an attribute that is not complex."""

    path: AttributePath
    is_descending: bool = False

    @property
    def attribute(self) -> Attribute:
        return self.path.attribute


def parse(sort_by: str, sort_order: str, resource_type: ResourceType) -> Sort:
    """InvalidValue, with a sentence, for what cannot be sorted by."""
    order = sort_order.strip().lower() or "ascending"
    if order not in _ORDERS:
        raise InvalidValue(f"sortOrder is {quote(sort_order)}; ascending or descending was expected.")
    try:
        path = paths.resolve(sort_by.strip(), resource_type)
    except InvalidPath as error:
        raise InvalidValue(f"sortBy: {error.detail}", remedy=error.remedy) from error
    if any(step.returned is Returned.NEVER for step in path.steps):
        raise InvalidValue(f"{path} is never returned and cannot be sorted by.")
    if path.attribute.is_complex:
        value = path.attribute.find("value")
        if value is None:
            raise InvalidValue(f"{path} is complex and cannot be sorted by.", remedy="Name one of its parts.")
        path = path.down(value)
    return Sort(path, _ORDERS[order])


def key(sort: Sort, resource: Mapping[str, Any]) -> tuple[bool, Any]:
    """What to sort a resource by. One without a value comes last, and first in descending order.

    Of several values the primary one counts, else the first; what does not fit its attribute is none.
    """
    held: Any = resource
    for step in sort.path.steps:
        held = _chosen(fitting.held(step, held.get(step.name))) if isinstance(held, Mapping) else None
    return (True, "") if held is None or held == "" else (False, _comparable(sort.attribute, held))


def _chosen(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    primary = (entry for entry in value if isinstance(entry, dict) and entry.get("primary") is True)
    return next(primary, value[0] if value else None)


def _comparable(attribute: Attribute, value: Any) -> Any:
    if attribute.type is Type.DATE_TIME:
        return instants.parse(value)
    return attribute.fold(value)
