"""What a filter means for one resource."""

from __future__ import annotations

import pytest

from scim.core.filters import evaluate, parser
from scim.core.resource_types import USER
from scim.core.schema import Attribute, ResourceType, Schema, Type

ANN = {
    "id": "1",
    "schemas": [USER.schema.id],
    "userName": "Ann@Example.test",
    "externalId": "AbC",
    "active": True,
    "title": "",
    "name": {"familyName": "Straße"},
    "emails": [
        {"type": "work", "value": "ann@example.test", "primary": True},
        {"type": "home", "value": "ann@home.test"},
    ],
    "meta": {"created": "2026-01-31T12:00:00Z", "resourceType": "User"},
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "M1"}},
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('userName eq "ANN@example.TEST"', True),
        ('userName ne "ann@example.test"', False),
        ('userName sw "ann@"', True),
        ('userName ew ".TEST"', True),
        ('userName co "@ex"', True),
        ('userName co "%"', False),
        ('userName gt "ann"', True),
        ('userName lt "ann"', False),
        ('externalId eq "AbC"', True),
        ('externalId eq "abc"', False),
        ('name.familyName eq "STRASSE"', True),
        ("active eq true", True),
        ("active eq false", False),
        ("active ne false", True),
        ("title pr", False),
        ("name pr", True),
        ("emails pr", True),
        ("roles pr", False),
        ('nickName eq "x"', False),
        ('nickName ne "x"', True),
        ("nickName eq null", True),
        ('nickName lt "x"', False),
        ('not (nickName eq "x")', True),
        ('emails.type eq "home"', True),
        ('emails.type ne "home"', False),
        ('emails co "@home"', True),
        ('emails[type eq "work" and value co "home"]', False),
        ('emails[type eq "home" and value co "home"]', True),
        ('emails[primary eq true].value eq "ann@example.test"', True),
        ('emails[type eq "other"].value ne "x"', True),
        ('manager eq "M1"', True),
        ('manager eq "m1"', False),
        ('meta.created eq "2026-01-31T13:00:00+01:00"', True),
        ('meta.created gt "2026-01-31T11:59:59.999Z"', True),
        ('meta.created lt "2026-01-31T12:00:00"', False),
        ('meta.created le "2026-01-31T12:00:00"', True),
        ('schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"', True),
        ('id eq "1" and manager eq "M2"', False),
        ('id eq "2" or manager eq "M1" and active eq true', True),
    ],
)
def test_filter_meets_the_resource(text: str, expected: bool):
    assert evaluate.matches(parser.parse(text, USER), ANN) is expected


@pytest.mark.parametrize(
    ("held", "text", "expected"),
    [
        (2**53 + 1, f"n eq {2**53 + 1}", True),
        (2**53 + 1, f"n eq {2**53}", False),
        (2**53 + 1, f"n ne {2**53}", True),
        (2**53 + 1, f"n gt {2**53}", True),
        (2**63 - 1, f"n le {2**63 - 2}", False),
        (7, "n eq 7.0", True),
        (1.5, "n lt 2", True),
        (True, "n eq 1", False),
    ],
)
def test_numbers_are_compared_to_the_last_digit(held: float, text: str, expected: bool):
    schema = Schema(
        id="urn:x", name="X", description="", attributes=(Attribute(name="n", type=Type.DECIMAL),)
    )
    kind = ResourceType(name="X", description="", endpoint="/Xs", schema=schema, common=())

    assert evaluate.matches(parser.parse(text, kind), {"n": held}) is expected


def test_value_of_another_type_never_matches():
    held = {"userName": 5, "emails": ["text"], "name": "text"}

    assert not evaluate.matches(parser.parse('userName sw "5"', USER), held)
    assert not evaluate.matches(parser.parse('emails[type eq "work"] or name.givenName pr', USER), held)
