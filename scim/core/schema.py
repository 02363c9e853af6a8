"""What a SCIM schema is made of: attributes, schemas and resource types, with look-ups that ignore case."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MAX_TEXT = 8_192

SCHEMA_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
RESOURCE_TYPE_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"


class Type(StrEnum):
    """RFC 7643 2.3."""

    STRING = "string"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE_TIME = "dateTime"
    REFERENCE = "reference"
    BINARY = "binary"
    COMPLEX = "complex"


class Mutability(StrEnum):
    """RFC 7643 7, `mutability`."""

    READ_ONLY = "readOnly"
    READ_WRITE = "readWrite"
    IMMUTABLE = "immutable"
    WRITE_ONLY = "writeOnly"


class Returned(StrEnum):
    """RFC 7643 7, `returned`."""

    ALWAYS = "always"
    NEVER = "never"
    DEFAULT = "default"
    REQUEST = "request"


class Uniqueness(StrEnum):
    """RFC 7643 7, `uniqueness`."""

    NONE = "none"
    SERVER = "server"
    GLOBAL = "global"


_SHOWN = frozenset({Returned.ALWAYS, Returned.DEFAULT})
_TEXT_TYPES = frozenset({Type.STRING, Type.REFERENCE, Type.BINARY})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Attribute:
    """One attribute (RFC 7643 7).

    `by_reference`: its values are rows of their own, outside the data. `max_key_bytes`: it is looked up by an
    index, which takes so many bytes of folded UTF-8. `shows_all_parts`: none of its parts is hidden until
    asked for, so that a value can be shown whole.
    """

    name: str
    description: str = ""
    type: Type = Type.STRING
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: Mutability = Mutability.READ_WRITE
    returned: Returned = Returned.DEFAULT
    uniqueness: Uniqueness = Uniqueness.NONE
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    sub_attributes: tuple[Attribute, ...] = ()
    max_length: int = MAX_TEXT
    max_key_bytes: int | None = None
    by_reference: bool = False
    shows_all_parts: bool = field(init=False, repr=False)
    _by_name: dict[str, Attribute] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shows_all = all(sub.shows_all_parts and sub.returned in _SHOWN for sub in self.sub_attributes)
        object.__setattr__(self, "shows_all_parts", shows_all)
        object.__setattr__(self, "_by_name", {sub.name.lower(): sub for sub in self.sub_attributes})

    def find(self, name: str) -> Attribute | None:
        """The sub-attribute of that name in any case (RFC 7643 2.1)."""
        return self._by_name.get(name.lower())

    def fold(self, value: Any) -> Any:
        """The value as it is compared: text without case unless caseExact (RFC 7643 2.2)."""
        return value.casefold() if isinstance(value, str) and not self.case_exact else value

    @property
    def is_complex(self) -> bool:
        return self.type is Type.COMPLEX

    @property
    def is_text(self) -> bool:
        return self.type in _TEXT_TYPES

    @property
    def is_extension(self) -> bool:
        """True for the attribute that holds an extension: its name is the extension's URN (RFC 7643 3.3)."""
        return ":" in self.name

    @property
    def is_kept(self) -> bool:
        """False for what is never stored though it may be sent: readOnly is ignored, a password dropped."""
        return self.mutability not in (Mutability.READ_ONLY, Mutability.WRITE_ONLY)

    def to_dict(self) -> dict[str, Any]:
        """As /Schemas shows it (RFC 7643 7)."""
        shown: dict[str, Any] = {
            "name": self.name,
            "type": self.type.value,
            "multiValued": self.multi_valued,
            "description": self.description,
            "required": self.required,
            "mutability": self.mutability.value,
            "returned": self.returned.value,
            "uniqueness": self.uniqueness.value,
        }
        if self.is_text:
            shown["caseExact"] = self.case_exact
        if self.canonical_values:
            shown["canonicalValues"] = list(self.canonical_values)
        if self.reference_types:
            shown["referenceTypes"] = list(self.reference_types)
        if self.is_complex:
            shown["subAttributes"] = [sub.to_dict() for sub in self.sub_attributes]
        return shown


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Schema:
    """A named set of attributes (RFC 7643 7). `old_names`: what drafts and SCIM 1 called it."""

    id: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]
    old_names: tuple[str, ...] = ()

    def to_dict(self, base_url: str) -> dict[str, Any]:
        """As /Schemas shows it; `base_url` is the SCIM base without a trailing slash."""
        return {
            "schemas": [SCHEMA_SCHEMA],
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "attributes": [attribute.to_dict() for attribute in self.attributes],
            "meta": {"resourceType": "Schema", "location": f"{base_url}/Schemas/{self.id}"},
        }


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ResourceType:
    """What one endpoint serves (RFC 7643 6).

    `root` is the whole resource seen as one complex attribute, `holders` the attributes that hold the
    extensions, `required` what a client must give. `sets_groups_aside`: a group among its members is left
    out.
    """

    name: str
    description: str
    endpoint: str
    schema: Schema
    common: tuple[Attribute, ...]
    extensions: tuple[Schema, ...] = ()
    sets_groups_aside: bool = False
    root: Attribute = field(init=False, repr=False)
    holders: tuple[Attribute, ...] = field(init=False, repr=False)
    required: tuple[Attribute, ...] = field(init=False, repr=False)
    _schema_ids: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        holders = tuple(_holder(extension) for extension in self.extensions)
        required = tuple(attribute for attribute in self.schema.attributes if attribute.required)
        everything = (*self.common, *self.schema.attributes, *holders)
        root = Attribute(name="", type=Type.COMPLEX, sub_attributes=everything)
        object.__setattr__(self, "root", root)
        object.__setattr__(self, "holders", holders)
        object.__setattr__(self, "required", required)
        object.__setattr__(self, "_schema_ids", _schema_ids((self.schema, *self.extensions)))

    def find(self, name: str) -> Attribute | None:
        """A core or common attribute by its name, or an extension by its URN; case is ignored."""
        return self.root.find(name)

    def schema_id(self, name: str) -> str | None:
        """The schema meant by a name, also in another case, without its last colon, or of an older SCIM."""
        return self._schema_ids.get(name.lower())

    def to_dict(self, base_url: str) -> dict[str, Any]:
        """As /ResourceTypes shows it; `base_url` is the SCIM base without a trailing slash."""
        return {
            "schemas": [RESOURCE_TYPE_SCHEMA],
            "id": self.name,
            "name": self.name,
            "description": self.description,
            "endpoint": self.endpoint,
            "schema": self.schema.id,
            "schemaExtensions": [
                {"schema": extension.id, "required": False} for extension in self.extensions
            ],
            "meta": {"resourceType": "ResourceType", "location": f"{base_url}/ResourceTypes/{self.name}"},
        }


def _holder(extension: Schema) -> Attribute:
    return Attribute(
        name=extension.id,
        description=extension.description,
        type=Type.COMPLEX,
        sub_attributes=extension.attributes,
    )


def _schema_ids(schemas: tuple[Schema, ...]) -> dict[str, str]:
    names = {name.lower(): schema.id for schema in schemas for name in (schema.id, *schema.old_names)}
    # Entra ID sends urn:ietf:params:scim:schemas:extension:enterprise:2.0User.
    return {"".join(name.rsplit(":", 1)): schema_id for name, schema_id in names.items()} | names
