"""Schemas, resource types and their look-ups."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scim.core.resource_types import GROUP, RESOURCE_TYPES, SCHEMAS, USER
from scim.core.schema import Attribute, Mutability, ResourceType, Returned, Schema, Type, Uniqueness

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def _tree(attributes: tuple[Attribute, ...]) -> Iterator[Attribute]:
    for attribute in attributes:
        yield attribute
        yield from _tree(attribute.sub_attributes)


# RFC 7643 8.7.1; externalId is added as 3.1 allows.
_NAMES = {
    "User": "userName externalId name displayName nickName profileUrl title userType preferredLanguage"
    " locale timezone active password emails phoneNumbers ims photos addresses groups entitlements"
    " roles x509Certificates",
    "Group": "displayName externalId members",
    "EnterpriseUser": "employeeNumber costCenter organization division department manager",
}


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_schema_has_every_attribute_of_the_standard(schema: Schema):
    assert sorted(attribute.name for attribute in schema.attributes) == sorted(_NAMES[schema.name].split())


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_every_attribute_is_described_and_whole(schema: Schema):
    for attribute in _tree(schema.attributes):
        assert attribute.description.endswith("."), attribute.name
        assert attribute.is_complex == bool(attribute.sub_attributes), attribute.name
        assert (attribute.type is Type.REFERENCE) == bool(attribute.reference_types), attribute.name


@pytest.mark.parametrize(
    ("resource_type", "name", "trait", "value"),
    [
        (USER, "userName", "required", True),
        (USER, "userName", "case_exact", False),
        (USER, "userName", "uniqueness", Uniqueness.SERVER),
        (GROUP, "displayName", "uniqueness", Uniqueness.SERVER),
        (USER, "externalId", "case_exact", True),
        (USER, "id", "returned", Returned.ALWAYS),
        (USER, "id", "mutability", Mutability.READ_ONLY),
        (USER, "password", "mutability", Mutability.WRITE_ONLY),
        (USER, "password", "returned", Returned.NEVER),
        (USER, "groups", "mutability", Mutability.READ_ONLY),
        (USER, "emails", "multi_valued", True),
        (GROUP, "displayName", "required", True),
        (GROUP, "members", "by_reference", True),
        (USER, "emails", "by_reference", False),
    ],
)
def test_attribute_has_its_trait(resource_type: ResourceType, name: str, trait: str, value: object):
    attribute = resource_type.find(name.upper())

    assert attribute is not None
    assert getattr(attribute, trait) == value


def test_group_members_are_users_only():
    members = GROUP.find("members")
    kind, reference = (members and members.find(name) for name in ("type", "$REF"))

    assert kind is not None
    assert reference is not None
    assert kind.canonical_values == reference.reference_types == ("User",)


@pytest.mark.parametrize(
    ("resource_type", "name", "schema_id"),
    [
        (USER, "urn:ietf:params:scim:schemas:core:2.0:User", USER.schema.id),
        (USER, "URN:IETF:params:scim:schemas:core:2.0:user", USER.schema.id),
        (USER, "urn:ietf:params:scim:schemas:core:2.0User", USER.schema.id),
        (USER, "urn:scim:schemas:core:1.0", USER.schema.id),
        (GROUP, "urn:scim:schemas:core:2.0", GROUP.schema.id),
        (USER, "urn:scim:schemas:extension:enterprise:2.0", ENTERPRISE),
        (USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0User", ENTERPRISE),
        (USER, "urn:ietf:params:scim:schemas:core:2.0::User", None),
        (USER, "urn:ietf:params:scim:schemas:core:2.0:User:", None),
        (USER, ":" * 1_000 + USER.schema.id, None),
        (USER, USER.schema.id.replace(":", ""), None),
        (GROUP, ENTERPRISE, None),
        (USER, GROUP.schema.id, None),
        (USER, "", None),
    ],
)
def test_schema_name_is_recognised(resource_type: ResourceType, name: str, schema_id: str | None):
    assert resource_type.schema_id(name) == schema_id


def test_schema_is_shown_with_its_characteristics():
    shown = USER.schema.to_dict("https://gateway.test/scim/v2/1")
    user_name = shown["attributes"][0]
    emails = next(attribute for attribute in shown["attributes"] if attribute["name"] == "emails")

    assert shown["meta"]["location"] == f"https://gateway.test/scim/v2/1/Schemas/{USER.schema.id}"
    assert user_name == {
        "name": "userName",
        "type": "string",
        "multiValued": False,
        "description": user_name["description"],
        "required": True,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "server",
    }
    assert emails["subAttributes"][2]["canonicalValues"] == ["work", "home", "other"]


@pytest.mark.parametrize(
    ("resource_type", "extensions"), [(USER, [{"schema": ENTERPRISE, "required": False}]), (GROUP, [])]
)
def test_resource_type_is_shown_with_its_extensions(resource_type: ResourceType, extensions: list[dict]):
    shown = resource_type.to_dict("https://gateway.test/x")

    assert shown["id"] == resource_type.name
    assert shown["schema"] == resource_type.schema.id
    assert shown["schemaExtensions"] == extensions
    assert shown["meta"]["location"] == f"https://gateway.test/x/ResourceTypes/{resource_type.name}"


def test_each_resource_type_has_its_own_endpoint():
    assert [resource_type.endpoint for resource_type in RESOURCE_TYPES] == ["/Users", "/Groups"]
