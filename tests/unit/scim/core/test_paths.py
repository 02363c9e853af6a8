"""Attribute paths resolved against a resource type."""

from __future__ import annotations

import contextlib

import pytest

from scim.core import paths
from scim.core.errors import InvalidPath
from scim.core.resource_types import GROUP, USER
from scim.core.schema import Attribute, ResourceType, Schema
from scim.core.schemas import extra

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("userName", "userName"),
        ("USERNAME", "userName"),
        ("name.givenName", "name.givenName"),
        ("emails.value", "emails.value"),
        ("meta.lastModified", "meta.lastModified"),
        ("id", "id"),
        ("externalid", "externalId"),
        ("schemas", "schemas"),
        ("groups.$ref", "groups.$ref"),
        (f"{CORE}:userName", "userName"),
        (f"{CORE}:name.familyName", "name.familyName"),
        (ENTERPRISE, ENTERPRISE),
        (f"{ENTERPRISE}:department", f"{ENTERPRISE}:department"),
        (f"{ENTERPRISE.upper()}:MANAGER.VALUE", f"{ENTERPRISE}:manager.value"),
        ("urn:scim:schemas:extension:enterprise:1.0:department", f"{ENTERPRISE}:department"),
        (f"{ENTERPRISE.removesuffix(':User')}User:department", f"{ENTERPRISE}:department"),
    ],
)
def test_path_is_resolved_to_its_canonical_text(text: str, canonical: str):
    path = paths.resolve(text, USER)

    assert str(path) == canonical
    assert paths.resolve(str(path), USER) == path
    assert not path.is_lifted


@pytest.mark.parametrize(("text", "canonical"), [("manager", "manager"), ("Manager.Value", "manager.value")])
def test_extension_attribute_is_found_without_its_urn(text: str, canonical: str):
    path = paths.resolve(text, USER)

    assert str(path) == f"{ENTERPRISE}:{canonical}"
    assert path.is_lifted


@pytest.mark.parametrize(
    ("text", "resource_type"),
    [
        ("", USER),
        (".", USER),
        ("nosuch", USER),
        ("userName.value", USER),
        ("name.nosuch", USER),
        ("name.", USER),
        ("name..givenName", USER),
        (CORE, USER),
        (f"{CORE}:", USER),
        (f"{CORE}:department", USER),
        (f"{ENTERPRISE}:userName", USER),
        (f"{CORE}::userName", USER),
        (":" * 1_000 + f"{CORE}:userName", USER),
        (f"{'urn:' * 250}{CORE}:userName", USER),
        (f"{ENTERPRISE}:", USER),
        ("urn:example:unknown:userName", USER),
        ("members", USER),
        ("userName", GROUP),
        ("manager", GROUP),
    ],
)
def test_unknown_path_is_refused_by_name(text: str, resource_type: ResourceType):
    with pytest.raises(InvalidPath) as refusal:
        paths.resolve(text, resource_type)

    assert f"is not an attribute of {resource_type.name}" in refusal.value.detail


@pytest.mark.parametrize(
    ("length", "is_known"), [(paths.LONGEST_NAME, True), (paths.LONGEST_NAME + 1, False)]
)
def test_a_name_beyond_the_limit_is_not_looked_up(length: int, is_known: bool):
    schema = Schema(
        id=f"urn:{'x' * (length - len('urn::badge'))}",
        name="Long",
        description="Long",
        attributes=(Attribute(name="badge"),),
    )
    kind = ResourceType(name="Long", description="Long", endpoint="/Longs", schema=schema, common=())
    name = f"{schema.id}:badge"

    assert len(name) == length
    with contextlib.nullcontext() if is_known else pytest.raises(InvalidPath):
        assert paths.resolve(name, kind).attribute.name == "badge"


def test_the_longest_name_that_an_integration_can_define_is_looked_up():
    urn, name = "urn:x" + "y" * 27 + ":" + "z" * (200 - 33), "n" * 64
    (schema,) = extra.read([{"id": urn, "attributes": [{"name": name}]}])
    kind = ResourceType(name="Long", description="Long", endpoint="/Longs", schema=schema, common=())

    assert paths.resolve(f"{urn}:{name}", kind).attribute.name == name


def test_long_path_is_cut_in_the_sentence():
    with pytest.raises(InvalidPath) as refusal:
        paths.resolve("x" * 5_000, USER)

    assert len(refusal.value.detail) < 120
