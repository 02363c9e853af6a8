"""How much one PATCH may compare."""

from __future__ import annotations

from typing import Any

import pytest

from scim.core.errors import TooMany
from scim.core.patch import engine, request
from scim.core.patch.budget import MOST_COMPARISONS, Budget
from scim.core.resource_types import USER
from scim.core.schema import ResourceType
from scim.core.schemas import extra

ACME = "urn:example:params:scim:acme:2.0:User"
MINE = ResourceType(
    name=USER.name,
    description=USER.description,
    endpoint=USER.endpoint,
    schema=USER.schema,
    common=USER.common,
    extensions=extra.read([{"id": ACME, "attributes": [{"name": "skills", "multiValued": True}]}]),
)
EMAILS = [{"value": f"{number}@x.test"} for number in range(100)]
ADDRESSES = [{"locality": str(number)} for number in range(100)]
TERMS = " or ".join(['value eq "x"', "not (type pr)"] * 10)


class Counted(Budget):
    """Counts what is spent, and refuses nothing."""

    spent = 0

    def spend(self, comparisons: int) -> None:
        self.spent += comparisons


def _apply(data: dict[str, Any], operations: list[dict[str, Any]], budget: Budget | None = None) -> None:
    asked = request.parse({"Operations": operations}, MINE, budget=budget)
    engine.apply(data, asked, MINE)


@pytest.mark.parametrize(
    ("held", "operation", "comparisons"),
    [
        ({"emails": EMAILS}, {"op": "remove", "path": f"emails[{TERMS}]"}, 2_000),
        ({"emails": EMAILS}, {"op": "replace", "path": f"emails[{TERMS}].type", "value": "work"}, 2_000),
        ({"emails": EMAILS}, {"op": "replace", "path": "emails.type", "value": "work"}, 100),
        ({"emails": EMAILS}, {"op": "add", "path": "emails", "value": [{"value": "x"}]}, 100),
        ({"emails": EMAILS}, {"op": "add", "value": {"emails": [{"value": "x"}]}}, 100),
        ({"emails": EMAILS}, {"op": "replace", "path": "emails", "value": [{"value": "x"}]}, 0),
        ({"emails": EMAILS}, {"op": "remove", "path": "emails"}, 0),
        ({"emails": EMAILS}, {"op": "remove", "path": "emails", "value": EMAILS[:50]}, 100),
        (
            {"addresses": ADDRESSES},
            {
                "op": "remove",
                "path": "addresses",
                "value": [
                    {"type": "x"},
                    {"type": "y"},
                    {"region": "z", "type": "x"},
                    {"type": "x", "region": "y"},
                ],
            },
            200,
        ),
        ({ACME: {"skills": ["a", "b"]}}, {"op": "add", "path": ACME, "value": {"skills": ["c"]}}, 2),
        ({"title": "T"}, {"op": "replace", "path": "title", "value": "U"}, 0),
    ],
)
def test_each_value_of_a_list_counts_with_each_term(
    held: dict[str, Any], operation: dict[str, Any], comparisons: int
):
    budget = Counted()

    _apply(held, [operation], budget)

    assert budget.spent == comparisons


def test_a_patch_that_compares_too_much_is_refused_with_the_figure():
    nobody = " or ".join(['value eq "nobody"'] * 20)
    operation = {"op": "remove", "path": f"emails[{nobody}]"}

    with pytest.raises(TooMany, match="200000"):
        _apply({"emails": EMAILS}, [operation] * 101)


def test_each_patch_has_a_budget_of_its_own_up_to_the_limit():
    emails = [{"value": str(number)} for number in range(1_000)]
    operation = {"op": "add", "path": "emails", "value": emails[:1]}
    whole = [operation] * (MOST_COMPARISONS // len(emails))

    for _ in range(2):
        _apply({"emails": emails}, whole)
    with pytest.raises(TooMany):
        _apply({"emails": emails}, [*whole, operation])


def test_parts_of_a_bulk_share_a_budget():
    budget = Budget()
    budget.spend(MOST_COMPARISONS - 100)
    operation = {"op": "replace", "path": "emails.type", "value": "work"}

    _apply({"emails": EMAILS}, [operation], budget)
    with pytest.raises(TooMany):
        _apply({"emails": EMAILS}, [operation], budget)
