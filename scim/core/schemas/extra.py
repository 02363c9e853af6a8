"""Attributes that one integration has beyond the standard's, as an extension of its User (RFC 7643 3.3)."""

from __future__ import annotations

import re
from typing import Any

from scim.core.errors import InvalidValue
from scim.core.schema import Attribute, Schema, Type

MOST_SCHEMAS = 5
MOST_ATTRIBUTES = 100
# RFC 8141, as far as schema names need it: urn, a namespace, and parts joined by colons.
_URN = re.compile(r"urn:[A-Za-z0-9][A-Za-z0-9-]{1,31}(?::[A-Za-z0-9._-]+)+")
# RFC 7643 2.1, ATTRNAME.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
# RFC 7643 10: names of the standard's own schemas, the enterprise extension among them.
_STANDARD = "urn:ietf:params:scim:"
TYPES = (Type.STRING, Type.BOOLEAN, Type.INTEGER, Type.DECIMAL, Type.DATE_TIME, Type.REFERENCE)


def read(definitions: list[Any]) -> tuple[Schema, ...]:
    """Schemas from [{"id", "attributes": [{"name", "type", "multiValued", "description"}]}].

    InvalidValue, with a sentence, for what cannot be one.
    """
    if len(definitions) > MOST_SCHEMAS:
        raise InvalidValue(f"An integration takes at most {MOST_SCHEMAS} schemas of its own.")
    schemas = tuple(_schema(definition) for definition in definitions)
    if len({schema.id.lower() for schema in schemas}) != len(schemas):
        raise InvalidValue("A schema is given twice.")
    return schemas


def _schema(definition: Any) -> Schema:
    if not isinstance(definition, dict) or not isinstance(definition.get("attributes", []), list):
        raise InvalidValue("A schema is an object with an id and a list of attributes.")
    urn = str(definition.get("id", ""))
    if not _URN.fullmatch(urn) or len(urn) > 200:
        raise InvalidValue("The name of a schema is a URN such as urn:example:params:scim:acme:2.0:User.")
    if urn.lower().startswith(_STANDARD):
        raise InvalidValue("The name belongs to the standard itself.")
    attributes = tuple(_attribute(entry) for entry in definition.get("attributes", []))
    if not 0 < len(attributes) <= MOST_ATTRIBUTES:
        raise InvalidValue(f"A schema has 1 to {MOST_ATTRIBUTES} attributes.")
    if len({attribute.name.lower() for attribute in attributes}) != len(attributes):
        raise InvalidValue("An attribute is given twice.")
    return Schema(
        id=urn,
        name=str(definition.get("name") or urn.rsplit(":", 1)[-1])[:80],
        description=str(definition.get("description", ""))[:300],
        attributes=attributes,
    )


def _attribute(entry: Any) -> Attribute:
    if not isinstance(entry, dict):
        raise InvalidValue("An attribute is an object with a name and a type.")
    name, kind = entry.get("name"), str(entry.get("type", Type.STRING))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidValue("The name of an attribute has letters, digits, - and _, and begins with a letter.")
    if kind not in TYPES:
        raise InvalidValue(f"The type of {name} is one of: {', '.join(TYPES)}.")
    return Attribute(
        name=name,
        type=Type(kind),
        description=str(entry.get("description", ""))[:300],
        multi_valued=entry.get("multiValued") is True,
        reference_types=("external",) if kind == Type.REFERENCE else (),
        case_exact=kind == Type.REFERENCE,
    )
