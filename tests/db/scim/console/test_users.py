"""The Users tab."""

from __future__ import annotations

import re

import pytest

from integrations.delivery.errands import connecting
from integrations.delivery.models import AppAccount, Delivery
from integrations.models import Integration
from scim.console import finding
from tests import factories
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


@pytest.fixture
def with_account(provider, integration):
    """A person with an account in an app that people look after, and what was sent for them."""
    brand = provider.person("brand.lead")
    connecting.change(integration, "manual", {}, by=factories.OPERATOR)
    integration.mode = Integration.Mode.LIVE
    integration.save()
    AppAccount.objects.create(
        integration=integration, line=brand, user_name="b.lead", roles=["Editors", "Approvers"]
    )
    return brand


def test_people_are_listed_with_their_account_and_how_far_they_are(as_owner, with_account, users):
    page = as_owner.get(users).content.decode()

    for label, value in {"Username in app": "b.lead", "App access": "Editors, Approvers"}.items():
        assert re.search(rf'data-label="{label}"><span[^>]*>{value}</span>', page)
    assert re.search(r'data-state="ok">Onboarded<', page)


def test_a_person_says_where_they_stand_and_why(as_owner, integration, with_account):
    factories.make_task(integration, line=with_account)

    page = as_owner.get(path("people:user", integration, user_id=with_account)).content.decode()

    assert page.count("Delete ongoing") == 2
    assert "It waits for a person who does it by hand." in page
    assert "b.lead" in page


def test_a_group_says_where_its_people_stand(as_owner, provider, integration, with_account):
    group = provider.group("Editors", with_account)
    Delivery.objects.for_integration(integration).update(status="dead", place=3)

    page = as_owner.get(path("people:entitlement", integration, group_id=group)).content.decode()

    assert "Update failed" in page


def test_the_list_costs_the_same_for_one_and_for_many_who_are_delivered(
    as_owner, provider, integration, with_account, users, queries
):
    few = queries(as_owner, users)
    for number in range(20):
        factories.make_task(integration, line=provider.person(f"p{number}"))

    assert queries(as_owner, users) == few <= 18


def stuck(integration, line, status: str) -> Delivery:
    return factories.make_delivery(integration, line=line, status=status, place=Delivery.Place.PARKED)


def test_who_has_not_arrived_is_found_the_latest_first_and_once(
    as_owner, provider, integration, with_account, users
):
    people = {name: provider.person(name) for name in ("dead", "held", "asked", "going", "gone")}
    Delivery.objects.for_integration(integration).update(status="delivered", place=None)
    stuck(integration, people["held"], "held")
    stuck(integration, people["dead"], "dead")
    stuck(integration, people["asked"], "with_person")
    stuck(integration, people["held"], "dead")
    factories.make_delivery(integration, line=people["going"], status="retrying", place=1)
    stuck(integration, people["gone"], "dead")
    provider.send("DELETE", f"/Users/{people['gone']}")
    stuck(integration, provider.group("Editors"), "dead")

    page = as_owner.get(users, {"state": "not-arrived"}).content.decode()

    assert names(page) == ["Held", "Asked", "Dead"]
    assert names(as_owner.get(users, {"state": "not-arrived", "q": "de"}).content.decode()) == ["Dead"]
    assert names(as_owner.get(users, {"state": "not-arrived", "q": "go"}).content.decode()) == []


def test_pages_of_those_who_have_not_arrived_lead_on_and_back(integration, provider):
    people = [provider.person(f"p{number}") for number in range(7)]
    for number, person in enumerate(people):
        stuck(integration, person, ("dead", "held", "with_person")[number % 3])
    for size in (2, 3, 7):
        seen, cursor = [], ""
        while True:
            page = finding.not_arrived(integration, cursor, size=size)
            seen.append([row.user_name.split("@")[0] for row in page.rows])
            if not page.older:
                break
            cursor = page.older
        back = []
        while page.newer:
            page = finding.not_arrived(integration, page.newer, size=size)
            back.append([row.user_name.split("@")[0] for row in page.rows])

        assert [name for rows in seen for name in rows] == [f"p{number}" for number in reversed(range(7))]
        assert back == seen[-2::-1]


def test_everybody_has_arrived(as_owner, with_account, users):
    page = as_owner.get(users, {"state": "not-arrived"}).content.decode()

    assert "Everybody has arrived" in page
    assert "Not arrived</option>" in page


def test_nobody_is_asked_for_who_has_not_arrived_while_nothing_is_delivered(as_owner, provider, users):
    provider.person("brand.lead")

    assert "Not arrived" not in as_owner.get(users).content.decode()


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


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("active", ["Payroll"]),
        ("inactive", ["Brand.Lead"]),
        ("test", ["Probe"]),
        ("", ["Probe", "Payroll", "Brand.Lead"]),
    ],
)
def test_a_state_narrows_the_list(as_owner, provider, users, state, found):
    provider.integration.test_user_name = "probe@northwind.example"
    provider.integration.save()
    provider.person("brand.lead", active=False)
    provider.person("payroll")
    provider.person("probe")

    assert names(as_owner.get(users, {"state": state}).content.decode()) == found


def test_a_state_without_people_says_so(as_owner, provider, users):
    provider.person("payroll")

    assert "Nobody found" in as_owner.get(users, {"state": "inactive"}).content.decode()


def test_the_totals_are_those_that_are_kept(as_owner, integration, users, django_assert_max_num_queries):
    integration.people_count, integration.test_people_count = 1_234_567, 2
    integration.save()

    with django_assert_max_num_queries(13) as captured:
        page = as_owner.get(users).content.decode()

    assert "1234567 people, 2 test only" in page
    counting = [each["sql"] for each in captured.captured_queries if "COUNT" in each["sql"]]
    assert [sql for sql in counting if 'FROM "scim_scimuser"' in sql] == []


def test_a_search_that_finds_nobody_in_time_can_go_on(as_owner, provider, users, monkeypatch):
    monkeypatch.setattr(finding, "STEPS", (1,))
    provider.person("pay1")
    provider.person("pay2", active=False)

    page = as_owner.get(users, {"q": "pay", "state": "inactive"}).content.decode()

    assert "Nobody among the first names" in page
    while not names(page):
        (further,) = re.findall(r'href="([^"]+)">Look further', page)
        page = as_owner.get(users + further.replace("&amp;", "&")).content.decode()
    assert names(page) == ["Pay2"]


def test_a_nul_in_the_query_is_no_fault(as_owner, users):
    assert as_owner.get(users, {"q": "a\0", "cursor": "after:\0", "state": "\0"}).status_code == 200


def test_a_persons_attributes_are_told_in_words_and_as_scim_shows_them(as_owner, provider):
    sent = {"userName": "brand.lead", "name": {"familyName": "Lead"}, "password": "hunter2"}
    person = provider.send("POST", "/Users", sent)[1]["id"]
    provider.group("Editors", person)

    page = as_owner.get(path("people:user", provider.integration, user_id=person)).content.decode()

    assert re.search(r'<th scope="row">Last name</th>\s*<td[^>]*><span>Lead</span>', page)
    resource = page[page.index("<pre") : page.index("</pre>")]
    assert f"/scim/v2/{provider.integration.pk}/Users/{person}" in resource
    assert "&quot;display&quot;: &quot;Editors&quot;" in resource
    assert "hunter2" not in page


def test_a_test_person_is_explained(as_owner, provider):
    provider.integration.test_user_name = "probe@northwind.example"
    provider.integration.save()
    person = provider.person("probe")

    page = as_owner.get(path("people:user", provider.integration, user_id=person)).content.decode()

    assert "A connection test of the identity provider made this person." in page


def test_a_long_history_has_pages(as_owner, provider, django_assert_max_num_queries):
    person = provider.person("brand.lead")
    for number in range(31):
        change = {"op": "replace", "path": "title", "value": f"Title {number}"}
        provider.send("PATCH", f"/Users/{person}", {"Operations": [change]})
    here = path("people:user", provider.integration, user_id=person)

    with django_assert_max_num_queries(16):
        latest = as_owner.get(here).content.decode()
    earlier = as_owner.get(here + re.findall(r'href="(\?history=\d+)"', latest)[0]).content.decode()

    assert latest.count("title changed</h3>") == 30
    assert "northwind.example added</h3>" not in latest
    assert earlier.count("title changed</h3>") == 1
    assert "northwind.example added</h3>" in earlier
    assert "Latest changes" in earlier
