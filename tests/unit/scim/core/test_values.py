"""Types of the schema that no attribute of User or Group has, but an extension may."""

from __future__ import annotations

from typing import Any

import pytest

from scim.core import values
from scim.core.errors import InvalidValue
from scim.core.quirks.notes import Notes
from scim.core.schema import Attribute, Type
from scim.core.values import Place


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        (Type.INTEGER, 5),
        (Type.DECIMAL, 5),
        (Type.DECIMAL, 2.5),
        (Type.DATE_TIME, "2026-01-31T12:00:00Z"),
        (Type.REFERENCE, "https://x.test/"),
        (Type.BINARY, "YQ=="),
    ],
)
def test_value_of_its_type_is_kept(kind: Type, sent: Any):
    assert values.read(Attribute(name="a", type=kind), sent, Place("a", Notes())) == sent


@pytest.mark.parametrize(
    ("kind", "sent", "expected"),
    [
        (Type.INTEGER, 2.5, "a whole number"),
        (Type.INTEGER, True, "a whole number"),
        (Type.DECIMAL, "2", "a number"),
        (Type.DECIMAL, False, "a number"),
        (Type.DATE_TIME, "tomorrow", "a date and time"),
        (Type.DATE_TIME, "2026-01-31", "a date and time"),
        (Type.REFERENCE, 5, "text"),
    ],
)
def test_value_of_another_type_is_refused(kind: Type, sent: Any, expected: str):
    with pytest.raises(InvalidValue, match=f"a takes {expected}"):
        values.read(Attribute(name="a", type=kind), sent, Place("a", Notes()))
