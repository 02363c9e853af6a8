"""What the app's SCIM can, as it says itself: read once in a while, and kept for all its orders."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from integrations.delivery.connectors.scim_push.client import Client, Reply, equals

Json = dict[str, Any]
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CONFIG, TYPES, SCHEMAS = "/ServiceProviderConfig", "/ResourceTypes", "/Schemas"
# Many apps leave one of them out, or do not show it.
NOT_SHOWN = frozenset({400, 403, 404, 405, 410, 501})
KEPT_S = 600.0
MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Service:
    """`attributes` are those of a User that can be written, in small letters, an extension's behind its URN
    and a colon; None where the app does not say."""

    patches: bool = True
    searches: bool = True
    sorts: bool = False
    has_groups: bool = True
    # How groups are found by a member; "" where the app cannot.
    member_filter: str = ""
    attributes: frozenset[str] | None = None

    def takes(self, attribute: str) -> bool:
        return self.attributes is None or attribute.lower() in self.attributes


_kept: dict[tuple[str, str], tuple[float, Service]] = {}


def of(client: Client, integration_id: str, base_url: str) -> Service:
    """As it was read within ten minutes, else read anew: four or five calls."""
    at, found = _kept.get((integration_id, base_url), (0.0, None))
    if found is None or time.monotonic() - at > KEPT_S:
        return renewed(client, integration_id, base_url)
    return found


def renewed(client: Client, integration_id: str, base_url: str) -> Service:
    found = read(client)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[integration_id, base_url] = (time.monotonic(), found)
    return found


def read(client: Client) -> Service:
    config, types, schemas = (client.get(path, bears=NOT_SHOWN) for path in (CONFIG, TYPES, SCHEMAS))
    endpoints = {str(one.get("endpoint", "")).strip("/").lower() for one in types.resources}
    has_groups = not endpoints or "groups" in endpoints
    searches = _says(config, "filter", default=True)
    return Service(
        patches=_says(config, "patch", default=True),
        searches=searches,
        sorts=_says(config, "sort", default=False),
        has_groups=has_groups,
        member_filter=_member_filter(client) if has_groups and searches else "",
        attributes=_attributes(types.resources, schemas.resources),
    )


def _member_filter(client: Client) -> str:
    """The spelling that the app understands. One that overlooks a filter finds groups of nobody."""
    for spelling in ("members", "members.value"):
        condition = equals(spelling, str(uuid.uuid4()))
        if client.search("/Groups", condition, count=1, excludedAttributes="members") == []:
            return spelling
    return ""


def _says(config: Reply, feature: str, *, default: bool) -> bool:
    found = config.body.get(feature)
    said = found.get("supported") if isinstance(found, dict) else None
    return said if isinstance(said, bool) else default


def _attributes(types: Iterable[Json], schemas: Iterable[Json]) -> frozenset[str] | None:
    by_id = {str(one.get("id", "")).lower(): one for one in schemas}
    core = by_id.get(USER.lower())
    if core is None:
        return None
    found = set(_writable(core))
    extension = by_id.get(ENTERPRISE.lower())
    if extension is not None and _extends(types):
        found |= {f"{ENTERPRISE.lower()}:{name}" for name in _writable(extension)}
    # Of every resource (RFC 7643 3.1), so that no schema names it.
    return frozenset(found | {"externalid"})


def _extends(types: Iterable[Json]) -> bool:
    """Whether people carry the Enterprise extension; true where the app does not say."""
    users = [one for one in types if str(one.get("endpoint", "")).strip("/").lower() == "users"]
    named = [part.get("schema") for one in users for part in one.get("schemaExtensions") or ()]
    return not users or ENTERPRISE in named


def _writable(schema: Json) -> list[str]:
    return [
        str(one.get("name", "")).lower()
        for one in schema.get("attributes") or ()
        if one.get("mutability") not in {"readOnly", "immutable"}
    ]
