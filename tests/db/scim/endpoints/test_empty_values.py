"""Values that are empty texts: sent, kept, shown, and found as what they are."""

from __future__ import annotations

import pytest

from tests.db.scim import wire


@pytest.fixture
def ids(provider) -> dict[str, str]:
    """Three people, by name."""
    people: dict[str, wire.Json] = {
        "empty": {"externalId": "", "emails": [{"value": "", "type": "work"}, {"value": "a", "type": ""}]},
        "full": {"externalId": "1", "emails": [{"value": "a", "type": "work"}]},
        "bare": {"emails": [{"value": "b"}]},
    }
    return {
        provider.send("POST", "/Users", {"userName": name, **more})[1]["id"]: name
        for name, more in people.items()
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('externalId eq ""', {"empty"}),
        ('externalId ne ""', {"full", "bare"}),
        ("externalId pr", {"full"}),
        ('emails.value eq ""', {"empty"}),
        ('emails.value ne ""', {"full", "bare"}),
        ('emails[type eq "work"]', {"empty", "full"}),
        ('emails[value eq ""]', {"empty"}),
        ('emails[type eq "work" and value eq ""]', {"empty"}),
        ('emails[type eq ""]', {"empty"}),
        ('emails[type eq "" and value eq "b"]', set()),
        ('not (emails[type eq ""])', {"full", "bare"}),
    ],
)
def test_an_empty_text_is_a_value(provider, ids, text, expected):
    assert {ids[one] for one in wire.found(provider, text)} == expected
