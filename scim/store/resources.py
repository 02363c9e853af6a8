"""Rows as SCIM resources: what an answer shows of a person or a group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from scim.core import resource
from scim.core.resource_types import GROUP, USER
from scim.core.schema import ResourceType
from scim.core.schemas.enterprise_user import ENTERPRISE_USER_SCHEMA
from scim.models import ScimGroup, ScimUser

Json = dict[str, Any]
ENTERPRISE = ENTERPRISE_USER_SCHEMA.id


def user(row: ScimUser, resource_type: ResourceType, base_url: str, *, groups: Sequence[Json] = ()) -> Json:
    """The person as a SCIM resource of the integration's type; `groups` are values of the groups attribute,
    `base_url` the SCIM base."""
    shown = _resource(row, resource_type, base_url)
    if groups:
        shown["groups"] = list(groups)
    return _with_manager_reference(shown, base_url)


def group(row: ScimGroup, base_url: str, members: Sequence[Json] | None = None) -> Json:
    """The group as a SCIM resource; `members` None where they were not read."""
    shown = _resource(row, GROUP, base_url)
    if members:
        shown["members"] = list(members)
    return shown


def location(resource_type: ResourceType, row_id: Any, base_url: str) -> str:
    return f"{base_url}{resource_type.endpoint}/{row_id}"


def version(row: ScimUser | ScimGroup) -> str:
    """A weak entity tag (RFC 7644 3.14)."""
    return f'W/"{row.version}"'


def _resource(row: ScimUser | ScimGroup, resource_type: ResourceType, base_url: str) -> Json:
    row_id = str(row.pk)
    return {
        "schemas": list(resource.schemas_of(row.data, resource_type)),
        "id": row_id,
        **row.data,
        "meta": {
            "resourceType": resource_type.name,
            "created": _instant(row.created_at),
            "lastModified": _instant(row.updated_at),
            "location": location(resource_type, row_id, base_url),
            "version": version(row),
        },
    }


def _with_manager_reference(shown: Json, base_url: str) -> Json:
    """manager.$ref follows from manager.value (RFC 7643 4.3), so it is made here and never kept. The value
    is the client's: any text."""
    manager = shown.get(ENTERPRISE, {}).get("manager")
    if manager and manager.get("value"):
        reference = {"$ref": location(USER, quote(manager["value"], safe=""), base_url)}
        shown[ENTERPRISE] = {**shown[ENTERPRISE], "manager": {**manager, **reference}}
    return shown


def _instant(moment: datetime) -> str:
    """With microseconds, so that a filter on it compares with what was shown."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{moment.isoformat(timespec='microseconds')[:-6]}Z"
