"""Attributes that every resource has (RFC 7643 3.1), and parts that multi-valued attributes share (2.4)."""

from __future__ import annotations

from scim.core.schema import Attribute, Mutability, Returned, Type, Uniqueness

MAX_IDENTIFIER = 512
# What an index of every database takes: text that is looked up, folded and in UTF-8.
MAX_KEY_BYTES = 2_400

SCHEMAS = Attribute(
    name="schemas",
    description="The URIs of the schemas whose attributes are present.",
    type=Type.REFERENCE,
    multi_valued=True,
    required=True,
    case_exact=True,
    # RFC 7643 3 lets a client send it; here it always follows from the attributes that are present.
    mutability=Mutability.READ_ONLY,
    returned=Returned.ALWAYS,
    reference_types=("uri",),
)

ID = Attribute(
    name="id",
    description="A unique identifier for the resource, issued by the service provider.",
    case_exact=True,
    mutability=Mutability.READ_ONLY,
    returned=Returned.ALWAYS,
    uniqueness=Uniqueness.SERVER,
)

META = Attribute(
    name="meta",
    description="Metadata about the resource, kept by the service provider.",
    type=Type.COMPLEX,
    mutability=Mutability.READ_ONLY,
    sub_attributes=(
        Attribute(
            name="resourceType",
            description="The name of the resource type of the resource.",
            case_exact=True,
            mutability=Mutability.READ_ONLY,
        ),
        Attribute(
            name="created",
            description="When the resource was added to the service provider.",
            type=Type.DATE_TIME,
            mutability=Mutability.READ_ONLY,
        ),
        Attribute(
            name="lastModified",
            description="When the resource was last changed at the service provider.",
            type=Type.DATE_TIME,
            mutability=Mutability.READ_ONLY,
        ),
        Attribute(
            name="location",
            description="The URI of the resource.",
            type=Type.REFERENCE,
            case_exact=True,
            mutability=Mutability.READ_ONLY,
            reference_types=("uri",),
        ),
        Attribute(
            name="version",
            description="The version of the resource; the same as the ETag header of its answer.",
            case_exact=True,
            mutability=Mutability.READ_ONLY,
        ),
    ),
)

COMMON = (SCHEMAS, ID, META)

# RFC 7643 3.1 allows a schema to list common attributes; some clients offer for mapping only what is listed.
EXTERNAL_ID = Attribute(
    name="externalId",
    description="An identifier for the resource as defined by the provisioning client.",
    case_exact=True,
    max_length=MAX_IDENTIFIER,
    max_key_bytes=MAX_KEY_BYTES,
)


def value_of(description: str, *, kind: Type = Type.STRING, case_exact: bool = False) -> Attribute:
    """The `value` of a multi-valued attribute."""
    return Attribute(name="value", description=description, type=kind, case_exact=case_exact)


def key_of(description: str) -> Attribute:
    """The `value` of a multi-valued attribute that is looked up by it."""
    return Attribute(
        name="value", description=description, max_length=MAX_IDENTIFIER, max_key_bytes=MAX_KEY_BYTES
    )


def plural(value: Attribute, *types: str) -> tuple[Attribute, ...]:
    """The default sub-attributes of a multi-valued attribute around its `value` (RFC 7643 2.4)."""
    return (
        value,
        Attribute(name="display", description="A human-readable name, primarily used for display purposes."),
        Attribute(
            name="type",
            description="A label indicating the attribute's function.",
            canonical_values=types,
            max_length=MAX_IDENTIFIER,
            max_key_bytes=MAX_KEY_BYTES,
        ),
        Attribute(
            name="primary",
            description="Whether this is the preferred value; true appears at most once.",
            type=Type.BOOLEAN,
        ),
    )
