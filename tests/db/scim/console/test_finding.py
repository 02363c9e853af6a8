"""The search of people and groups by the beginning of their names."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from integrations.kit import ids, paging
from scim.console import finding
from scim.models import ScimGroup, ScimUser, UserEmail
from tests import factories


def add(
    integration, user_name: str, *, display: str = "", emails: tuple[str, ...] = (), **fields
) -> ScimUser:
    person = ScimUser.objects.create(
        id=ids.new(),
        integration=integration,
        user_name=user_name,
        user_name_key=user_name.casefold(),
        display_name=display,
        display_name_key=display.casefold(),
        data={"userName": user_name},
        **fields,
    )
    for email in emails:
        UserEmail.objects.create(integration=integration, user=person, value_key=email.casefold())
    return person


def crowd(integration, number: int) -> None:
    """People with a userName, a display name and an address that all begin alike."""
    people = [
        ScimUser(
            id=ids.new(),
            integration=integration,
            user_name=f"anna.{each:05}",
            user_name_key=f"anna.{each:05}",
            display_name=f"Anna {each % 7}",
            display_name_key=f"anna {each % 7}",
            active=each % 100 != 3,
            data={},
        )
        for each in range(number)
    ]
    ScimUser.objects.bulk_create(people)
    UserEmail.objects.bulk_create(
        UserEmail(integration=integration, user=person, value_key=f"anna.{each:05}@x.example")
        for each, person in enumerate(people)
    )


def names(integration, query: str, *, state: str = "", cursor: str = "") -> list[str]:
    page = finding.people(integration, query, state=state, cursor=cursor)
    return [person.user_name for person in page.rows]


def walk(integration, query: str, state: str = "") -> list[list[str]]:
    """The userNames of each page, one after another."""
    page = finding.people(integration, query, state=state, cursor="")
    pages = [page]
    while page.older:
        page = finding.people(integration, query, state=state, cursor=page.older)
        pages.append(page)
    return [[person.user_name for person in each.rows] for each in pages]


def test_each_name_finds_its_person_once_in_the_order_of_the_first(integration):
    add(integration, "zoe", display="Anna Z", emails=("anna.z@x", "annabel@x"))
    add(integration, "Anna", display="Annalena", emails=("anna@x",))
    add(integration, "bob", display="Bob", emails=("annex@x",))
    add(integration, "hannah", display="Hanna")

    assert names(integration, "ANNA") == ["Anna", "zoe"]
    assert names(integration, "ann") == ["Anna", "zoe", "bob"]


def test_whoever_has_the_external_id_comes_first_and_once(integration):
    add(integration, "0042-a")
    add(integration, "0042-b", external_id="0042")

    assert names(integration, "0042") == ["0042-b", "0042-a"]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("", ["a-active", "a-inactive", "a-test"]),
        ("active", ["a-active"]),
        ("inactive", ["a-inactive"]),
        ("test", ["a-test"]),
        ("nonsense", ["a-active", "a-inactive", "a-test"]),
    ],
)
def test_a_state_narrows_the_search(integration, state, found):
    add(integration, "a-active")
    add(integration, "a-inactive", active=False)
    add(integration, "a-test", test_only=True)
    add(integration, "a-gone", deleted_at="2026-01-01T00:00:00Z")

    assert names(integration, "a-", state=state) == found


def test_letters_beyond_ascii_are_found_in_any_case(integration):
    add(integration, "élodie", display="ÉLODIE Ωmega")
    add(integration, "e", display="straße")

    assert names(integration, "ÉLO") == ["élodie"]
    assert names(integration, "STRASSE") == ["e"]


def test_pages_hold_everybody_once_and_lead_back(integration):
    crowd(integration, 260)
    everybody = sorted(ScimUser.objects.for_integration(integration).values_list("user_name", flat=True))

    pages = walk(integration, "anna")

    assert [len(page) for page in pages] == [50, 50, 50, 50, 50, 10]
    assert sorted(name for page in pages for name in page) == everybody


def test_the_way_back_shows_the_same_pages(integration):
    crowd(integration, 160)
    pages = [finding.people(integration, "anna", state="", cursor="")]
    while pages[-1].older:
        pages.append(finding.people(integration, "anna", state="", cursor=pages[-1].older))

    back = [pages[-1]]
    while back[-1].newer:
        back.append(finding.people(integration, "anna", state="", cursor=back[-1].newer))

    assert [page.rows for page in reversed(back)] == [page.rows for page in pages]


@pytest.mark.parametrize("cursor", ["", "nonsense", "after:no-id:anna", "before:", "sideways:x"])
def test_a_cursor_that_is_not_ours_shows_the_first_page(integration, cursor):
    add(integration, "anna")

    assert names(integration, "anna", cursor=cursor) == ["anna"]


def test_a_page_looks_at_so_many_names_and_goes_on(integration, monkeypatch):
    monkeypatch.setattr(finding, "STEPS", (5, 10))
    crowd(integration, 104)

    pages = walk(integration, "anna.", "inactive")

    assert [name for page in pages for name in page] == ["anna.00003", "anna.00103"]
    assert [] in pages


def test_another_integrations_people_are_not_found(integration, workspace):
    add(integration, "anna", display="anna", emails=("anna@x",), external_id="anna")
    other = factories.make_integration(workspace, "Mailchimp")

    assert names(other, "anna") == []


def test_groups_are_found_by_the_beginning_of_their_names(integration):
    for name in ("Editors", "Editors of old", "Viewers"):
        ScimGroup.objects.create(
            id=ids.new(),
            integration=integration,
            display_name=name,
            display_name_key=name.casefold(),
            data={},
        )

    page = finding.groups(integration, "EDIT", cursor="")

    assert [group.display_name for group in page.rows] == ["Editors", "Editors of old"]


@pytest.mark.parametrize("knows", [True, False], ids=["analysed", "not analysed"])
@pytest.mark.parametrize("query", ["anna", "anna.00", "anna.01999@x"])
def test_a_search_reads_indexes_alone_and_so_many_names(
    integration, query, knows, django_assert_max_num_queries
):
    crowd(integration, 3_000)
    crowd(factories.make_integration(integration.workspace, "Mailchimp"), 1_000)
    if knows:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    with django_assert_max_num_queries(20) as captured:
        page = finding.people(integration, query, state="", cursor="")

    assert page.rows
    reads = [each["sql"] for each in captured.captured_queries]
    if connection.vendor == "postgresql":  # it analyses tables by itself, and reads a small one whole
        reads = [sql for sql in reads if "LIMIT" in sql and knows]
    assert len(reads) >= 3 * knows
    for plan in map(explained, reads):
        assert "Seq Scan" not in plan, plan
        assert not re.search(r"\bSCAN scim_", plan), plan
        # The integration alone would be everybody in it.
        assert "(integration_id=?)" not in plan, plan


@pytest.mark.parametrize(
    ("state", "index"),
    [("active", "user_by_state"), ("inactive", "user_by_state"), ("test", "user_test_only")],
)
def test_a_state_reads_its_index(integration, state, index, django_assert_num_queries):
    crowd(integration, 2_000)
    add(integration, "probe", test_only=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    people = ScimUser.objects.for_integration(integration).present().filter(finding.STATES[state])

    with django_assert_num_queries(1) as captured:
        assert paging.by_age(people, "").rows

    # PostgreSQL may as well walk along all people where most are active.
    plan = explained(captured.captured_queries[0]["sql"])
    assert index in plan or (state == "active" and connection.vendor == "postgresql"), plan


def explained(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"{'EXPLAIN QUERY PLAN' if connection.vendor == 'sqlite' else 'EXPLAIN'} {sql}")
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
