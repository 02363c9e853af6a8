"""The core schema of a Group (RFC 7643 4.2 and 8.7.1)."""

from __future__ import annotations

from scim.core.schema import Attribute, Mutability, Schema, Type, Uniqueness
from scim.core.schemas.common import EXTERNAL_ID, MAX_IDENTIFIER, MAX_KEY_BYTES

MEMBERS = Attribute(
    name="members",
    description="A list of members of the Group.",
    type=Type.COMPLEX,
    multi_valued=True,
    by_reference=True,
    sub_attributes=(
        Attribute(
            name="value",
            description="The identifier of the member of this Group.",
            case_exact=True,
            mutability=Mutability.IMMUTABLE,
        ),
        Attribute(
            name="$ref",
            description="The URI of the resource that is a member of this Group.",
            type=Type.REFERENCE,
            case_exact=True,
            mutability=Mutability.IMMUTABLE,
            reference_types=("User",),
        ),
        Attribute(
            name="display",
            description="A human-readable name of the member.",
            mutability=Mutability.IMMUTABLE,
        ),
        Attribute(
            name="type",
            description="A label indicating the type of resource.",
            mutability=Mutability.IMMUTABLE,
            canonical_values=("User",),
        ),
    ),
)

GROUP_SCHEMA = Schema(
    id="urn:ietf:params:scim:schemas:core:2.0:Group",
    name="Group",
    description="Group",
    attributes=(
        Attribute(
            name="displayName",
            description="A human-readable name for the Group.",
            required=True,
            uniqueness=Uniqueness.SERVER,
            max_length=MAX_IDENTIFIER,
            max_key_bytes=MAX_KEY_BYTES,
        ),
        EXTERNAL_ID,
        MEMBERS,
    ),
    # SCIM 1 and drafts of SCIM 2 as OneLogin's templates still send them.
    old_names=(
        "urn:scim:schemas:core:1.0",
        "urn:scim:schemas:core:2.0",
        "urn:scim:schemas:core:1.0:Group",
        "urn:scim:schemas:core:2.0:Group",
    ),
)
