"""The form of the file: which names it has, and what may stand where."""

from __future__ import annotations

from typing import Any

from integrations import idps
from integrations.delivery.models import AppConnection
from integrations.models import Integration

Json = dict[str, Any]
FORMAT = 1
PRODUCT = "cerby-gateway"
# Fields of an integration, and of its connection, as the models name them.
FACTS = ("name", "app", "sign_in_url", "idp", "test_user_name", "rehire", "nested_groups")
MEANING = (
    *("roles", "role_choice", "default_role", "attributes", "on_deactivate", "on_delete"),
    *("delete_after_days", "width", "brake_people", "brake_percent"),
)
VALUES = (*FACTS, "archived", "extra_attributes", "connector", *MEANING)


def _text(most: int) -> Json:
    return {"type": "string", "maxLength": most}


def _number(most: int, least: int = 0) -> Json:
    return {"type": "integer", "minimum": least, "maximum": most}


def _closed(properties: Json, *optional: str) -> Json:
    """An object with these names and no others."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


# What is missing in them, and what their names may be, says whoever knows schemas.
_ATTRIBUTE = _closed(
    {"name": _text(64), "type": _text(20), "multiValued": {"type": "boolean"}, "description": _text(300)},
    *("name", "type", "multiValued", "description"),
)
_EXTRA = _closed(
    {
        "id": _text(200),
        "name": _text(80),
        "description": _text(300),
        "attributes": {"type": "array", "items": _ATTRIBUTE},
    },
    *("id", "name", "description", "attributes"),
)
_RULE = _closed({"group": _text(512), "value": _text(200), "name": _text(200)}, "name")
_CONNECTOR = _closed(
    {
        "kind": _text(40),
        # Read by the connector's own form.
        "settings": {"type": "object"},
        "secrets": {"type": "array", "items": _text(80)},
    }
)
_INTEGRATION = _closed(
    {
        "id": {"type": "string", "maxLength": 36, "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
        "digest": _text(64),
        "name": {**_text(80), "minLength": 1},
        "app": _text(80),
        "sign_in_url": _text(2000),
        "idp": {"enum": ["", *(value for value, _label in idps.CHOICES)]},
        "test_user_name": _text(512),
        "rehire": {"enum": Integration.Rehire.values},
        "nested_groups": {"enum": Integration.NestedGroups.values},
        "archived": {"type": "boolean"},
        "extra_attributes": {"type": "array", "items": _EXTRA},
        "connector": _CONNECTOR,
        "roles": {"type": "array", "items": _RULE, "maxItems": 1_000},
        "role_choice": {"enum": AppConnection.RoleChoice.values},
        "default_role": _text(200),
        "attributes": {"type": "object", "additionalProperties": _text(512)},
        "on_deactivate": {"enum": AppConnection.Leaving.values},
        "on_delete": {"enum": AppConnection.Leaving.values},
        "delete_after_days": _number(3650),
        "width": _number(64, least=1),
        "brake_people": _number(1_000_000),
        "brake_percent": _number(100),
    },
    "id",
    "digest",
)
SCHEMA = _closed(
    {
        "format": {"const": FORMAT},
        "product": {"const": PRODUCT},
        "workspace": _text(60),
        "integrations": {"type": "array", "items": _INTEGRATION, "maxItems": 10_000},
    }
)
