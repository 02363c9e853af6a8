"""Removal by listing."""

from __future__ import annotations

from scim.core.patch import listed
from scim.core.patch.budget import Budget
from scim.core.quirks.notes import Notes
from scim.core.schema import Attribute
from scim.core.values import Place


def test_plain_values_are_removed_without_regard_to_case():
    tags = Attribute(name="tags", multi_valued=True)

    assert listed.without(tags, ["Red", "Blue"], ["red"], place=Place("tags", Notes()), budget=Budget()) == [
        "Blue"
    ]


def test_exact_values_are_removed_exactly():
    tags = Attribute(name="tags", multi_valued=True, case_exact=True)

    assert listed.without(tags, ["Red", "Blue"], ["red"], place=Place("tags", Notes()), budget=Budget()) == [
        "Red",
        "Blue",
    ]
