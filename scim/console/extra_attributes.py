"""An integration's own attributes as the Mapping page shows, adds and removes them."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from django.utils.text import slugify

from integrations.models import Integration
from integrations.traffic.models import Contact
from scim.core.schema import Type

Json = dict[str, Any]
# What the standards name themselves is not an integration's to extend.
RESERVED = "urn:ietf:"
# What a definition may leave out.
ABSENT = {"description": "", "multiValued": False, "type": Type.STRING.value}


def rows(integration: Integration) -> list[Json]:
    """[{"schema", "name", "type", "multiValued", "description"}], in the order in which they were added."""
    return [
        {"schema": schema["id"], **ABSENT, **attribute}
        for schema in integration.extra_schemas
        for attribute in schema["attributes"]
    ]


def own_urn(integration: Integration) -> str:
    """The schema that a new attribute goes to unless another is chosen."""
    if integration.extra_schemas:
        urn: str = integration.extra_schemas[0]["id"]
        return urn
    return f"urn:cerby:params:scim:schemas:extension:{slugify(integration.name) or 'app'}:2.0:User"


def with_attribute(integration: Integration, urn: str, attribute: Json) -> list[Json]:
    """The definitions with one attribute more; neither form nor name is judged here."""
    definitions: list[Json] = deepcopy(integration.extra_schemas)
    for schema in definitions:
        if schema["id"].lower() == urn.lower():
            schema["attributes"].append(attribute)
            return definitions
    return [*definitions, {"id": urn, "attributes": [attribute]}]


def without_attribute(integration: Integration, urn: str, name: str) -> list[Json]:
    """The definitions without one attribute, and without a schema that has none left."""
    definitions: list[Json] = deepcopy(integration.extra_schemas)
    for schema in definitions:
        if schema["id"] == urn:
            schema["attributes"] = [each for each in schema["attributes"] if each["name"] != name]
    return [schema for schema in definitions if schema["attributes"]]


def set_aside(integration: Integration) -> list[Json]:
    """What came lately and is not known here, the latest first.

    [{"name", "type", "many", "at", "schema", "attribute"}]; `schema` is "" for what a click cannot keep.
    """
    contact = Contact.objects.for_integration(integration).first()
    known = {f"{row['schema']}:{row['name']}".lower() for row in rows(integration)}
    known |= {row["name"].lower() for row in rows(integration)}
    found = [each for each in (contact.set_aside if contact else []) if each["name"].lower() not in known]
    return [each | _place(integration, each) for each in found]


def _place(integration: Integration, each: Json) -> dict[str, str]:
    urn, _colon, attribute = each["name"].rpartition(":")
    is_keepable = each["type"] and not urn.lower().startswith(RESERVED)
    return {"schema": (urn or own_urn(integration)) if is_keepable else "", "attribute": attribute}
