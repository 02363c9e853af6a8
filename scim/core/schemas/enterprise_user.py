"""The enterprise extension of a User (RFC 7643 4.3 and 8.7.1)."""

from __future__ import annotations

from scim.core.schema import Attribute, Mutability, Schema, Type

_MANAGER = Attribute(
    name="manager",
    description="The User's manager.",
    type=Type.COMPLEX,
    sub_attributes=(
        Attribute(
            name="value",
            description="The id of the SCIM resource representing the User's manager.",
            case_exact=True,
        ),
        Attribute(
            name="$ref",
            description="The URI of the SCIM resource representing the User's manager.",
            type=Type.REFERENCE,
            case_exact=True,
            # The RFC's sample has readWrite. It follows from `value`; a client's copy would go stale with it.
            mutability=Mutability.READ_ONLY,
            reference_types=("User",),
        ),
        Attribute(
            name="displayName",
            description="The displayName of the User's manager.",
            mutability=Mutability.READ_ONLY,
        ),
    ),
)

ENTERPRISE_USER_SCHEMA = Schema(
    id="urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    name="EnterpriseUser",
    description="Enterprise User",
    attributes=(
        Attribute(
            name="employeeNumber",
            description="Numeric or alphanumeric identifier assigned to a person by the organization.",
        ),
        Attribute(name="costCenter", description="Identifies the name of a cost center."),
        Attribute(name="organization", description="Identifies the name of an organization."),
        Attribute(name="division", description="Identifies the name of a division."),
        Attribute(name="department", description="Identifies the name of a department."),
        _MANAGER,
    ),
    # SCIM 1 and drafts of SCIM 2 as OneLogin's templates still send them.
    old_names=(
        "urn:scim:schemas:extension:enterprise:1.0",
        "urn:scim:schemas:extension:enterprise:2.0",
        "urn:scim:schemas:extension:enterprise:1.0:User",
        "urn:scim:schemas:extension:enterprise:2.0:User",
    ),
)
