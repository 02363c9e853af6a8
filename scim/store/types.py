"""The resource types of one integration: the standard's, and a User with the attributes it has added."""

from __future__ import annotations

import functools
import json

from integrations.models import Integration
from scim.core.resource_types import GROUP, GROUP_OF_PEOPLE, USER
from scim.core.schema import ResourceType
from scim.core.schemas import extra


def user(integration: Integration) -> ResourceType:
    # Compared by identity and cached by content: what is made of a type is remembered with it.
    return _extended(json.dumps(integration.extra_schemas)) if integration.extra_schemas else USER


def group(integration: Integration) -> ResourceType:
    is_refused = integration.nested_groups == Integration.NestedGroups.REFUSE
    return GROUP if is_refused else GROUP_OF_PEOPLE


@functools.lru_cache(maxsize=256)
def _extended(definitions: str) -> ResourceType:
    return ResourceType(
        name=USER.name,
        description=USER.description,
        endpoint=USER.endpoint,
        schema=USER.schema,
        common=USER.common,
        extensions=(*USER.extensions, *extra.read(json.loads(definitions))),
    )
