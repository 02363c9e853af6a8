"""The Users tab."""

from __future__ import annotations

import re

import pytest

from tests.db.console import path


@pytest.fixture
def users(integration):
    return path("people:users", integration)


def names(html: str) -> list[str]:
    return re.findall(r'<a class="row-link"[^>]*>([^<]+)</a>', html)


def test_nobody_yet(as_owner, users):
    assert "Nobody yet" in as_owner.get(users).content.decode()


def test_people_are_listed_with_what_is_known(as_owner, provider, users):
    brand = provider.person("brand.lead", externalId="00u1", active=False)
    provider.person("payroll")
    provider.group("Editors", brand)

    page = as_owner.get(users).content.decode()

    assert names(page) == ["Payroll", "Brand.Lead"]
    row = page[page.index("Brand.Lead") :]
    assert "Active at Okta" in page
    assert re.search(r'data-label="Active">No<', row)
    assert "00u1" in row
    assert re.search(r'data-label="Groups">1<', row)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("BRAND", ["Brand.Lead"], id="userName, any case"),
        pytest.param("second@", ["Payroll"], id="e-mail"),
        pytest.param("pay", ["Payroll"], id="name"),
        pytest.param("00u1", ["Brand.Lead"], id="externalId"),
        pytest.param("%", [], id="a wildcard is a letter"),
        pytest.param("lead", [], id="not the middle"),
    ],
)
def test_a_search_looks_at_the_beginning(as_owner, provider, users, query, found):
    provider.person("brand.lead", externalId="00u1")
    provider.person("payroll", emails=[{"value": "Second@northwind.example"}])

    page = as_owner.get(users, {"q": query}).content.decode()

    assert names(page) == found
    assert ("Nobody found" in page) is (not found)


def test_a_person_is_told_with_attributes_groups_and_changes(as_owner, provider):
    brand = provider.person("brand.lead", title="<i>Lead</i>")
    provider.group("Editors", brand)
    provider.send(
        "PATCH", f"/Users/{brand}", {"Operations": [{"op": "replace", "path": "active", "value": False}]}
    )

    page = as_owner.get(path("people:user", provider.integration, user_id=brand)).content.decode()

    assert "&lt;i&gt;Lead&lt;/i&gt;" in page
    assert "<i>Lead" not in page
    assert ">Editors</a>" in page
    assert page.index("brand.lead@northwind.example deactivated<") < page.index("northwind.example added<")


def test_a_deleted_person_leaves_the_list_and_keeps_the_history(as_owner, provider, users):
    brand = provider.person("brand.lead")
    provider.send("DELETE", f"/Users/{brand}")

    assert names(as_owner.get(users).content.decode()) == []
    page = as_owner.get(path("people:user", provider.integration, user_id=brand)).content.decode()
    assert "brand.lead@northwind.example deleted<" in page


def test_a_test_person_is_marked(as_owner, provider, users):
    provider.integration.test_user_name = "probe@northwind.example"
    provider.integration.save()
    provider.person("probe")

    assert "Test only" in as_owner.get(users).content.decode()


def test_the_list_is_paged(as_owner, provider, users):
    for number in range(51):
        provider.person(f"p{number:02}")

    first = as_owner.get(users).content.decode()
    older = re.findall(r'href="(\?q=&amp;state=&amp;cursor=before[^"]+)"', first)[0].replace("&amp;", "&")
    second = as_owner.get(users + older).content.decode()

    assert len(names(first)) == 50
    assert names(second) == ["P00"]


def test_the_list_costs_the_same_for_one_and_for_many(as_owner, provider, users, queries):
    first = provider.person("p0")
    provider.group("Editors", first)
    few = queries(as_owner, users)
    for number in range(1, 20):
        provider.group(f"Group {number}", provider.person(f"p{number}"))

    assert queries(as_owner, users) == few <= 12
