"""The Entitlements tab."""

from __future__ import annotations

import re

import pytest

from scim.console import entitlements as pages
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


def test_a_large_group_is_counted_no_further_than_it_is_told(as_owner, provider, entitlements, monkeypatch):
    monkeypatch.setattr(pages, "COUNTED", 2)
    people = [provider.person(f"p{number}") for number in range(3)]
    provider.group("Two", *people[:2])
    provider.group("Three", *people)

    page = as_owner.get(entitlements).content.decode()

    assert re.findall(r'data-label="People">(\d\+?)<', page) == ["2+", "2"]


def test_the_total_is_the_one_that_is_kept(as_owner, integration, entitlements):
    integration.group_count = 4321
    integration.save()

    assert "4321 entitlements" in as_owner.get(entitlements).content.decode()


def test_whom_a_group_waits_for_is_a_problem_after_a_day(as_owner, provider, time_machine):
    time_machine.move_to("2026-11-24T10:00:00Z", tick=False)
    editors = provider.group("Editors", "early")
    time_machine.move_to("2026-11-25T09:59:00Z", tick=False)
    provider.send(
        "PATCH",
        f"/Groups/{editors}",
        {"Operations": [{"op": "add", "path": "members", "value": [{"value": "late"}]}]},
    )
    time_machine.move_to("2026-11-25T10:01:00Z", tick=False)
    here = path("people:entitlement", provider.integration, group_id=editors)

    page = as_owner.get(here).content.decode()

    assert "1 has been awaited for more than 24 hours" in page
    rows = re.findall(r"<code>(early|late)</code>.*?badge[^>]*>([^<]+)<", page, re.DOTALL)
    assert rows == [("early", "Still missing"), ("late", "Awaited")]


def test_a_groups_attributes_are_told_in_words_and_as_scim_shows_them(as_owner, provider):
    editors = provider.group("Editors")

    page = as_owner.get(path("people:entitlement", provider.integration, group_id=editors)).content.decode()

    assert re.search(r'<th scope="row">Display name</th>\s*<td[^>]*><span>Editors</span>', page)
    assert f"/Groups/{editors}" in page[page.index("<pre") : page.index("</pre>")]


def test_a_group_costs_the_same_whatever_its_size(as_owner, provider, queries):
    small = provider.group("Small", provider.person("p0"))
    large = provider.group("Large", *[provider.person(f"q{number}") for number in range(40)], *"abcdef")

    costs = {
        queries(as_owner, path("people:entitlement", provider.integration, group_id=group))
        for group in (small, large)
    }

    assert len(costs) == 1
    assert max(costs) <= 15
