"""The Entitlements tab."""

from __future__ import annotations

import re

import pytest

from tests.db.console import path


@pytest.fixture
def entitlements(integration):
    return path("people:entitlements", integration)


def test_no_entitlements_yet(as_owner, entitlements):
    assert "No entitlements yet" in as_owner.get(entitlements).content.decode()


def test_groups_are_listed_with_the_number_of_their_people(as_owner, provider, entitlements):
    people = [provider.person(name) for name in ("brand.lead", "payroll")]
    provider.group("Editors", *people)
    provider.group("Nobody's")
    provider.send("DELETE", f"/Users/{people[0]}")

    page = as_owner.get(entitlements).content.decode()

    rows = re.findall(r'row-link"[^>]*>([^<]+)</a>.*?data-label="People">(\d+)<', page, re.DOTALL)
    assert rows == [("Nobody&#x27;s", "0"), ("Editors", "1")]
    assert 'data-label="Type">Group<' in page


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        pytest.param("EDI", True, id="the beginning, any case"),
        pytest.param("%", False, id="a wildcard is a letter"),
        pytest.param("dit", False, id="not the middle"),
    ],
)
def test_a_search_narrows_the_list(as_owner, provider, entitlements, query, hit):
    provider.group("Editors")

    assert (">Editors</a>" in as_owner.get(entitlements, {"q": query}).content.decode()) is hit


def test_a_group_is_told_with_its_people_and_whom_it_waits_for(as_owner, provider):
    brand = provider.person("brand.lead")
    editors = provider.group("Editors", brand, "still-to-come")
    provider.send(
        "PATCH",
        f"/Groups/{editors}",
        {"Operations": [{"op": "remove", "path": f'members[value eq "{brand}"]'}]},
    )

    page = as_owner.get(path("people:entitlement", provider.integration, group_id=editors)).content.decode()

    assert "still-to-come" in page
    assert "Editors: 1 person removed<" in page
    assert path("people:user", provider.integration, user_id=brand) not in page


def test_the_people_of_a_large_group_are_paged(as_owner, provider):
    editors = provider.group("Editors", *[provider.person(f"p{number:02}") for number in range(51)])
    here = path("people:entitlement", provider.integration, group_id=editors)

    first = as_owner.get(here).content.decode()
    older = re.findall(r'href="(\?cursor=before[^"]+)"', first)[0]
    second = as_owner.get(here + older).content.decode()

    assert first.count('class="row-link"') == 50
    assert second.count('class="row-link"') == 1


def test_the_list_costs_the_same_for_one_and_for_many(as_owner, provider, entitlements, queries):
    person = provider.person("p0")
    provider.group("Group 0", person)
    few = queries(as_owner, entitlements)
    for number in range(1, 20):
        provider.group(f"Group {number}", person)

    assert queries(as_owner, entitlements) == few <= 12
