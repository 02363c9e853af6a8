"""The core schema of a User (RFC 7643 4.1 and 8.7.1)."""

from __future__ import annotations

from scim.core.schema import Attribute, Mutability, Returned, Schema, Type, Uniqueness
from scim.core.schemas.common import EXTERNAL_ID, MAX_IDENTIFIER, MAX_KEY_BYTES, key_of, plural, value_of

_USER_NAME = Attribute(
    name="userName",
    description="Unique identifier for the User, typically used by the user to sign in.",
    required=True,
    uniqueness=Uniqueness.SERVER,
    max_length=MAX_IDENTIFIER,
    max_key_bytes=MAX_KEY_BYTES,
)

_NAME = Attribute(
    name="name",
    description="The components of the user's real name.",
    type=Type.COMPLEX,
    sub_attributes=(
        Attribute(
            name="formatted",
            description="The full name, with middle names, titles and suffixes, formatted for display.",
        ),
        Attribute(name="familyName", description="The family name of the User, or last name."),
        Attribute(name="givenName", description="The given name of the User, or first name."),
        Attribute(name="middleName", description="The middle name(s) of the User."),
        Attribute(
            name="honorificPrefix", description="The honorific prefix(es) of the User, or title, as in Ms."
        ),
        Attribute(
            name="honorificSuffix", description="The honorific suffix(es) of the User, or suffix, as in III."
        ),
    ),
)

_SINGLE_VALUED = (
    Attribute(
        name="displayName",
        description="The name of the User, suitable for display to end-users.",
    ),
    Attribute(
        name="nickName",
        description="The casual way to address the user in real life, such as Bob instead of Robert.",
    ),
    Attribute(
        name="profileUrl",
        description="A URL of a page representing the User's online profile.",
        type=Type.REFERENCE,
        case_exact=True,
        reference_types=("external",),
    ),
    Attribute(name="title", description="The user's title, such as Vice President."),
    Attribute(
        name="userType",
        description="The relationship between the organization and the user, such as Contractor or Employee.",
    ),
    Attribute(
        name="preferredLanguage",
        description="The User's preferred written or spoken language, as in an Accept-Language header.",
    ),
    Attribute(
        name="locale",
        description="The User's default location for localizing items such as currency and date format.",
    ),
    Attribute(
        name="timezone",
        description="The User's time zone in the format of the Olson database, such as America/Los_Angeles.",
    ),
    Attribute(
        name="active",
        description="A Boolean value indicating the User's administrative status.",
        type=Type.BOOLEAN,
    ),
    Attribute(
        name="password",
        description="The User's cleartext password. It is accepted and discarded, never stored.",
        case_exact=True,
        mutability=Mutability.WRITE_ONLY,
        returned=Returned.NEVER,
    ),
)

_ADDRESSES = Attribute(
    name="addresses",
    description="Physical mailing addresses for this User.",
    type=Type.COMPLEX,
    multi_valued=True,
    sub_attributes=(
        Attribute(
            name="formatted",
            description="The full mailing address, formatted for display or use with a mailing label.",
        ),
        Attribute(name="streetAddress", description="The full street address, which may hold newlines."),
        Attribute(name="locality", description="The city or locality."),
        Attribute(name="region", description="The state or region."),
        Attribute(name="postalCode", description="The zip code or postal code."),
        Attribute(name="country", description="The country name, in ISO 3166-1 alpha-2 form."),
        Attribute(
            name="type",
            description="A label indicating the attribute's function.",
            canonical_values=("work", "home", "other"),
        ),
        Attribute(
            name="primary",
            description="Whether this is the preferred address; true appears at most once.",
            type=Type.BOOLEAN,
        ),
    ),
)

_GROUPS = Attribute(
    name="groups",
    description="The groups to which the user belongs. Changes are made at the Group resource.",
    type=Type.COMPLEX,
    multi_valued=True,
    mutability=Mutability.READ_ONLY,
    sub_attributes=(
        Attribute(
            name="value",
            description="The identifier of the User's group.",
            case_exact=True,
            mutability=Mutability.READ_ONLY,
        ),
        Attribute(
            name="$ref",
            description="The URI of the Group resource to which the user belongs.",
            type=Type.REFERENCE,
            case_exact=True,
            mutability=Mutability.READ_ONLY,
            reference_types=("Group",),
        ),
        Attribute(
            name="display",
            description="A human-readable name of the group.",
            mutability=Mutability.READ_ONLY,
        ),
        Attribute(
            name="type",
            description="A label indicating the attribute's function.",
            mutability=Mutability.READ_ONLY,
            canonical_values=("direct", "indirect"),
        ),
    ),
)


def _many(name: str, description: str, sub_attributes: tuple[Attribute, ...]) -> Attribute:
    return Attribute(
        name=name,
        description=description,
        type=Type.COMPLEX,
        multi_valued=True,
        sub_attributes=sub_attributes,
    )


_MULTI_VALUED = (
    _many(
        "emails",
        "Email addresses for the user.",
        plural(key_of("An email address for the user."), "work", "home", "other"),
    ),
    _many(
        "phoneNumbers",
        "Phone numbers for the User.",
        plural(value_of("A phone number of the User."), "work", "home", "mobile", "fax", "pager", "other"),
    ),
    _many(
        "ims",
        "Instant messaging addresses for the User.",
        plural(
            value_of("An instant messaging address of the User."),
            *("aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
        ),
    ),
    _many(
        "photos",
        "URLs of photos of the User.",
        plural(
            Attribute(
                name="value",
                description="The URL of a photo of the User.",
                type=Type.REFERENCE,
                case_exact=True,
                reference_types=("external",),
            ),
            *("photo", "thumbnail"),
        ),
    ),
    _ADDRESSES,
    _GROUPS,
    _many(
        "entitlements",
        "A list of entitlements for the User that represent a thing the User has.",
        plural(value_of("The value of an entitlement.")),
    ),
    _many(
        "roles",
        "A list of roles for the User that collectively represent who the User is.",
        plural(value_of("The value of a role.")),
    ),
    _many(
        "x509Certificates",
        "A list of certificates issued to the User.",
        plural(value_of("The value of an X.509 certificate, in base64.", kind=Type.BINARY, case_exact=True)),
    ),
)

USER_SCHEMA = Schema(
    id="urn:ietf:params:scim:schemas:core:2.0:User",
    name="User",
    description="User Account",
    attributes=(_USER_NAME, EXTERNAL_ID, _NAME, *_SINGLE_VALUED, *_MULTI_VALUED),
    # SCIM 1 and drafts of SCIM 2 as OneLogin's templates still send them.
    old_names=(
        "urn:scim:schemas:core:1.0",
        "urn:scim:schemas:core:2.0",
        "urn:scim:schemas:core:1.0:User",
        "urn:scim:schemas:core:2.0:User",
    ),
)
