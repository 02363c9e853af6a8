"""Definitions of an integration's own attributes."""

from __future__ import annotations

from typing import Any

import pytest

from scim.core.errors import InvalidValue
from scim.core.schema import Mutability, Returned, Type
from scim.core.schemas import extra

URN = "urn:example:params:scim:acme:2.0:User"


def schema(*attributes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": URN, "attributes": list(attributes) or [{"name": "badge"}], **more}


def test_a_definition_is_read_whole():
    (read,) = extra.read(
        [
            schema(
                {"name": "badge", "description": "What they wear"},
                {"name": "floor", "type": "integer"},
                {"name": "desk", "type": "reference"},
                {"name": "skills", "multiValued": True},
                name="Acme",
                description="What Acme keeps",
            )
        ]
    )

    badge, floor, desk, skills = read.attributes
    assert (read.id, read.name, read.description) == (URN, "Acme", "What Acme keeps")
    assert (badge.type, badge.description, badge.case_exact) == (Type.STRING, "What they wear", False)
    assert (badge.mutability, badge.returned) == (Mutability.READ_WRITE, Returned.DEFAULT)
    assert (floor.type, floor.multi_valued) == (Type.INTEGER, False)
    assert (desk.reference_types, desk.case_exact) == (("external",), True)
    assert skills.multi_valued


def test_nothing_is_no_schema():
    assert extra.read([]) == ()


@pytest.mark.parametrize("kind", extra.TYPES)
def test_every_plain_type_can_be_had(kind):
    (read,) = extra.read([schema({"name": "a", "type": kind.value})])

    assert read.attributes[0].type is kind


@pytest.mark.parametrize(
    "urn",
    [
        "",
        "acme",
        "urn:",
        "urn:a:b",
        "urn:-x:y",
        "urn:example:a b",
        "urn:example:",
        "urn:example:" + "a" * 200,
        "é",
        None,
    ],
)
def test_a_name_that_is_no_urn_is_refused(urn):
    with pytest.raises(InvalidValue, match="URN"):
        extra.read([{"id": urn, "attributes": [{"name": "a"}]}])


@pytest.mark.parametrize(
    "urn", ["urn:ietf:params:scim:schemas:core:2.0:User", "URN:IETF:params:scim:schemas:CORE:3:X"]
)
def test_a_name_of_the_standard_is_refused(urn):
    with pytest.raises(InvalidValue):
        extra.read([{"id": urn, "attributes": [{"name": "a"}]}])


@pytest.mark.parametrize("name", ["", "1a", "a b", "a.b", "a:b", "$ref", "-a", "ä", "a" * 65, None, 7])
def test_an_attribute_with_a_name_that_is_none_is_refused(name):
    with pytest.raises(InvalidValue, match="name of an attribute"):
        extra.read([schema({"name": name})])


@pytest.mark.parametrize("kind", ["complex", "binary", "text", "STRING", "", 7])
def test_a_type_that_is_not_plain_is_refused(kind):
    with pytest.raises(InvalidValue, match="type of a is one of"):
        extra.read([schema({"name": "a", "type": kind})])


@pytest.mark.parametrize(
    "definitions",
    [
        pytest.param([schema(), schema()], id="a schema twice"),
        pytest.param([schema(), {**schema(), "id": URN.upper().replace("URN", "urn")}], id="in another case"),
        pytest.param([schema({"name": "a"}, {"name": "A"})], id="an attribute twice"),
        pytest.param([{"id": URN, "attributes": []}], id="no attributes"),
        pytest.param([{"id": URN}], id="attributes missing"),
        pytest.param([schema(*({"name": f"a{number}"} for number in range(101)))], id="101 attributes"),
        pytest.param([{**schema(), "id": f"{URN}{number}"} for number in range(6)], id="six schemas"),
    ],
)
def test_what_repeats_or_is_too_many_is_refused(definitions):
    with pytest.raises(InvalidValue) as refused:
        extra.read(definitions)

    assert refused.value.detail.endswith(".")


@pytest.mark.parametrize("urn", ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"])
def test_the_enterprise_extension_cannot_be_defined_anew(urn):
    with pytest.raises(InvalidValue):
        extra.read([{"id": urn, "attributes": [{"name": "badge"}]}])


@pytest.mark.parametrize(
    "definitions", [[7], ["x"], [None], [{"id": URN, "attributes": ["a"]}], [{"id": URN, "attributes": 7}]]
)
def test_what_is_no_definition_is_refused(definitions):
    with pytest.raises(InvalidValue):
        extra.read(definitions)
