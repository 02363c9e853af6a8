"""The resource types served here, and their schemas (RFC 7643 6 and 7)."""

from __future__ import annotations

from dataclasses import replace

from scim.core.schema import ResourceType
from scim.core.schemas.common import COMMON
from scim.core.schemas.enterprise_user import ENTERPRISE_USER_SCHEMA
from scim.core.schemas.group import GROUP_SCHEMA
from scim.core.schemas.user import USER_SCHEMA

USER = ResourceType(
    name="User",
    description="User Account",
    endpoint="/Users",
    schema=USER_SCHEMA,
    common=COMMON,
    extensions=(ENTERPRISE_USER_SCHEMA,),
)

GROUP = ResourceType(
    name="Group",
    description="Group",
    endpoint="/Groups",
    schema=GROUP_SCHEMA,
    common=COMMON,
)
# The same, but a group among the members is left out instead of refused.
GROUP_OF_PEOPLE = replace(GROUP, sets_groups_aside=True)

RESOURCE_TYPES = (USER, GROUP)
SCHEMAS = (USER_SCHEMA, GROUP_SCHEMA, ENTERPRISE_USER_SCHEMA)
