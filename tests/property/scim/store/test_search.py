"""What the database finds, in its order, is what the core finds by looking at everybody one by one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from integrations.models import Integration
from scim.core import resource, sorting
from scim.core.errors import Uniqueness
from scim.core.filters import evaluate, parser
from scim.core.resource_types import GROUP, USER
from scim.core.schema import ResourceType
from scim.models import ScimGroup, ScimUser
from scim.store import groups, listing, users
from scim.store.origin import Origin
from scim.store.shelf import Place, Wanted, Window
from tests import factories
from tests.property.scim.store import strategies

pytestmark = pytest.mark.django_db

# Each example fills a database; to shrink one that fails would take minutes.
EXAMPLES = settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
BASE = "https://gateway.example/scim/v2/x"


@dataclass
class Directory:
    """What one made-up integration holds; `names` are what filters may name."""

    integration: Integration
    names: dict[str, str]

    def everybody(self) -> list[dict[str, Any]]:
        rows = list(ScimUser.objects.for_integration(self.integration).present().order_by("pk"))
        return listing._users_as_json(
            rows, frozenset({"groups"}), integration=self.integration, base_url=BASE
        )

    def every_group(self) -> list[dict[str, Any]]:
        rows = list(ScimGroup.objects.for_integration(self.integration).present().order_by("pk"))
        return list(listing._groups_as_json(rows, frozenset({"members"}), base_url=BASE))


@contextlib.contextmanager
def directory(crowd: Sequence[dict[str, Any]], memberships: int) -> Iterator[Directory]:
    """The people, the last of several deleted, and two groups; all of it gone afterwards.

    `memberships`: a bit for each person and group.
    """
    with transaction.atomic():
        origin = Origin(factories.make_integration(factories.make_workspace()), "test", "trace")
        rows = [row for person in crowd if (row := made(origin, person))]
        teams = []
        for number, name in enumerate(("aB", "%b")):
            picked = [row for place, row in enumerate(rows) if memberships >> (2 * place + number) & 1]
            body = {
                "displayName": name,
                "externalId": ["", "a"][number],
                "members": [{"value": str(row.pk)} for row in picked],
            }
            teams.append(groups.create(origin, resource.read(body, GROUP)))
        if len(rows) > 2:
            users.delete(rows[-1], origin)
        first, second = rows[0], rows[len(rows) // 2]
        origin.integration.refresh_from_db()
        yield Directory(
            origin.integration,
            {
                "p0": str(first.pk),
                "P0": str(first.pk).upper(),
                "p1": str(second.pk),
                "g0": str(teams[0].pk),
                "g1": str(teams[1].pk),
                "t0": first.created_at.isoformat(),
                "t1": second.updated_at.isoformat(),
            },
        )
        transaction.set_rollback(True)


def made(origin: Origin, person: dict[str, Any]) -> ScimUser | None:
    with contextlib.suppress(Uniqueness):
        return users.create(origin, resource.read(person, USER)).row
    return None


def expected(
    shown: Sequence[dict[str, Any]], text: str, sort: sorting.Sort | None, kind: ResourceType
) -> list[str]:
    node = parser.parse(text, kind)
    kept = [one for one in shown if evaluate.matches(node, one)]
    if sort is not None:
        kept.sort(key=lambda one: sorting.key(sort, one), reverse=sort.is_descending)
    return [one["id"] for one in kept]


def check(
    pages: Callable[..., Any],
    here: Directory,
    shown: Sequence[dict[str, Any]],
    asked: tuple[str, str, str],
    kind: ResourceType,
) -> None:
    """One search by index, in parts and by cursor, against the core."""
    text, sort_by, order = asked
    text = text.format(**here.names)
    sort = sorting.parse(sort_by, order, kind) if sort_by else None
    wanted = Wanted(parser.parse(text, kind), sort)
    right = expected(shown, text, sort, kind)

    whole = pages(here.integration, wanted, Window(1, 100), base_url=BASE)
    assert ([str(row.pk) for row in whole.rows], whole.total) == (right, len(right)), text
    part = pages(here.integration, wanted, Window(2, 1), base_url=BASE)
    assert ([str(row.pk) for row in part.rows], part.total) == (right[1:2], len(right)), text
    walked: list[str] = []
    place: Place | None = Place(2)
    while place is not None:
        page = pages(here.integration, wanted, place, base_url=BASE)
        walked += [str(row.pk) for row in page.rows]
        place = page.behind
    assert walked == right, text


def searches(filters: st.SearchStrategy[str], sorts: st.SearchStrategy[str]) -> Any:
    return st.lists(st.tuples(filters, sorts, strategies.ORDERS), min_size=6, max_size=12)


@EXAMPLES
@given(
    strategies.CROWDS,
    st.integers(0, 2**10 - 1),
    searches(strategies.PEOPLE_FILTERS, strategies.PEOPLE_SORTS),
)
def test_people_are_found_as_the_core_finds_them(crowd, memberships, asked):
    with directory(crowd, memberships) as here:
        shown = here.everybody()
        for one in asked:
            check(listing.users, here, shown, one, USER)


@EXAMPLES
@given(
    strategies.CROWDS, st.integers(0, 2**10 - 1), searches(strategies.GROUP_FILTERS, strategies.GROUP_SORTS)
)
def test_groups_are_found_as_the_core_finds_them(crowd, memberships, asked):
    with directory(crowd, memberships) as here:
        shown = here.every_group()
        for one in asked:
            check(listing.groups, here, shown, one, GROUP)


@EXAMPLES
@given(strategies.CROWDS, st.lists(st.tuples(strategies.PEOPLE_SORTS, strategies.ORDERS), min_size=6))
def test_everybody_is_ordered_as_the_core_orders_them(crowd, asked):
    with directory(crowd, 3) as here:
        shown = here.everybody()
        for sort_by, order in asked:
            sort = sorting.parse(sort_by, order, USER) if sort_by else None
            page = listing.users(here.integration, Wanted(sort=sort), Window(1, 100), base_url=BASE)
            assert [str(row.pk) for row in page.rows] == expected(shown, "id pr", sort, USER)
            assert page.total == len(shown)
