"""The search of the request log."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.db import connection

from integrations.kit import ids
from integrations.traffic import finding
from integrations.traffic.finding import Asked
from integrations.traffic.models import MetQuirk, RequestLog
from tests import factories

TRACE = "ab" * 16


@pytest.fixture
def record(integration):
    def make(label: str = "", *, path: str = "/Users", status: int = 200, **fields) -> RequestLog:
        return RequestLog.objects.create(
            id=ids.new(),
            integration=integration,
            method="GET",
            path=path,
            status=status,
            duration_ms=1,
            resource_label=label,
            label_key=label.casefold(),
            **{"trace_id": ids.trace(), **fields},
        )

    return make


@pytest.fixture
def show(record):
    def with_quirk(code: str, **fields) -> RequestLog:
        row = record(**fields)
        MetQuirk.objects.create(integration=row.integration, code=code, request=row)
        return row

    return with_quirk


def found(integration, **asked) -> list[UUID]:
    return [row.pk for row in finding.find(integration, Asked(**asked)).page.rows]


@pytest.mark.parametrize(
    ("query", "is_hit"),
    [
        ("BRAND.lead@northwind.example", True),
        ("brand", True),
        ("lead", False),
        (TRACE, True),
        ("ab" * 15, False),
        ("/Users/0190", True),
        ("sers/0190", True),
        ("%", False),
        ("schemas", False),
    ],
)
def test_a_request_is_found_by_name_path_and_trace(integration, record, query, is_hit):
    row = record("Brand.lead@northwind.example", path="/Users/0190", trace_id=TRACE)
    record("payroll@northwind.example", path="/Groups")

    assert found(integration, query=query) == ([row.pk] if is_hit else [])


def test_an_id_in_a_path_finds_all_about_the_resource(integration, record):
    resource = ids.new()
    rows = [record(resource_id=resource), record(resource_id=resource, path="/Groups")]
    record(resource_id=ids.new())

    assert found(integration, query=f"/Users/{resource}") == [row.pk for row in reversed(rows)]


def test_a_name_that_somebody_has_is_meant_alone(integration, record):
    exact = record("editors")
    record("editors of old")

    assert found(integration, query="Editors") == [exact.pk]


@pytest.mark.parametrize("query", ["", "a"], ids=["alone", "with a search"])
def test_habits_and_results_narrow_the_list(integration, record, show, query):
    hit = show("op-case", label="a1", status=400)
    show("op-case", label="a2")
    show("dotted-key", label="a3", status=400)
    record("a4", status=400)

    assert found(integration, query=query, quirk="op-case", result="refused") == [hit.pk]


def test_pages_of_a_habit_follow_each_other(integration, show):
    rows = [show("op-case").pk for _number in range(60)][::-1]

    first = finding.find(integration, Asked(quirk="op-case")).page
    second = finding.find(integration, Asked(quirk="op-case", cursor=first.older)).page

    assert [row.pk for row in [*first.rows, *second.rows]] == rows


def test_what_no_index_finds_is_looked_for_in_so_many_requests(integration, record, monkeypatch):
    monkeypatch.setattr(finding, "WINDOW", 5)
    old = record(path="/Groups/old")
    for _number in range(7):
        record()

    first = finding.find(integration, Asked(query="groups/"))
    second = finding.find(integration, Asked(query="groups/", cursor=first.page.older))

    assert (first.page.rows, first.looked_at) == ([], 5)
    assert ([row.pk for row in second.page.rows], second.looked_at) == ([old.pk], 0)


def test_a_window_that_is_full_goes_on_where_the_page_ended(integration, record, monkeypatch):
    monkeypatch.setattr(finding, "WINDOW", 70)
    rows = [record(path=f"/Groups/{number}").pk for number in range(120)][::-1]

    pages = [finding.find(integration, Asked(query="groups")).page]
    while pages[-1].older:
        pages.append(finding.find(integration, Asked(query="groups", cursor=pages[-1].older)).page)

    assert [row.pk for page in pages for row in page.rows] == rows
    assert len(pages) == 3


def test_too_many_names_that_begin_alike_are_looked_through(integration, record, monkeypatch):
    monkeypatch.setattr(finding, "MOST_NAMED", 2)
    rows = [record(f"a{number}").pk for number in range(4)][::-1]

    assert found(integration, query="a") == rows


def test_another_integrations_requests_are_not_found(integration, record, workspace):
    record("brand", trace_id=TRACE, resource_id=(resource := ids.new()))
    other = factories.make_integration(workspace, "Mailchimp")

    for query in ("brand", TRACE, str(resource), "users", ""):
        assert found(other, query=query) == []


PLANS = [
    # Where an integration has half of all requests, PostgreSQL may read them by their keys.
    pytest.param(Asked(), "request_listed|traffic_requestlog_pkey", id="everything"),
    pytest.param(Asked(result="refused"), "request_refused", id="refused"),
    # In a table as small as this, PostgreSQL may as well walk along the requests' keys.
    pytest.param(
        Asked(quirk="op-case"), "quirk_met_once|index_traffic_metquirk|traffic_metquirk_req", id="a habit"
    ),
    pytest.param(Asked(query="name 7"), "request_named", id="a name"),
    pytest.param(Asked(query="name 1"), "request_named", id="the beginning of names"),
    pytest.param(Asked(query=TRACE), "request_traced", id="a trace"),
    pytest.param(Asked(query=str(UUID(int=7))), "request_of_resource", id="a resource"),
]


@pytest.mark.parametrize(("asked", "index"), PLANS)
def test_a_search_reads_its_index(integration, workspace, django_assert_max_num_queries, asked, index):
    for owner in (integration, factories.make_integration(workspace, "Mailchimp")):
        logs = [
            RequestLog(
                id=ids.new(),
                integration=owner,
                trace_id=TRACE if number == 7 else ids.trace(),
                method="GET",
                path="/Users",
                status=400 if number % 500 == 1 else 200,
                duration_ms=1,
                resource_id=UUID(int=number),
                label_key=f"name {number}",
                request_body="as wide as a body makes a row " * 50,
            )
            for number in range(3_000)
        ]
        RequestLog.objects.bulk_create(logs, batch_size=1_000)
        MetQuirk.objects.bulk_create(
            MetQuirk(integration=owner, code="old-schema" if n % 60 else "op-case", request=log)
            for n, log in enumerate(logs)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    with django_assert_max_num_queries(4) as captured:
        assert finding.find(integration, asked).page.rows

    plans = []
    for query in captured.captured_queries:
        with connection.cursor() as cursor:
            explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
            cursor.execute(f"{explain} {query['sql']}")
            plans.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    assert any(re.search(index, plan) for plan in plans), plans
    assert not any("Seq Scan" in plan or "SCAN traffic" in plan for plan in plans), plans
