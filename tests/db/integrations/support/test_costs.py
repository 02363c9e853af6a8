"""A page of support costs the same however much there is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.audit import support
from integrations.models import (
    GatewayToken,
)
from integrations.traffic.models import RequestLog
from scim.models import ScimUser
from tests.db.integrations.support.desk import (
    NOW,
    address,
    each_model,
    found,
    look_up,
    make_request,
    open_row,
)


def test_a_list_reads_no_column_that_it_does_not_show(desk, issued, person, request_row):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for model in (GatewayToken, ScimUser, RequestLog):
            assert found(look_up(desk, model, issued.token.integration_id))

    selected = " ".join(query["sql"] for query in queries)
    columns = ['"token_hash"', '"tag"', '"form_key"', '"data"', '"request_body"', '"response_body"']
    assert [column for column in columns if column in selected] == []


@each_model
def test_a_row_takes_few_queries_to_open(desk, model, rows, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        open_row(desk, rows[model])


@pytest.mark.parametrize("model", [RequestLog, ScimUser, GatewayToken], ids=lambda model: model._meta.label)
def test_a_long_list_costs_no_more_queries_than_a_short_one(
    desk, model, integration, django_assert_max_num_queries
):
    for number in range(60):
        name = f"person{number}"
        make_request(integration, at=NOW + timedelta(seconds=number))
        ScimUser.objects.create(integration=integration, user_name=name, user_name_key=name, data={})
        GatewayToken.objects.create(integration=integration, public_id=f"p{number}", created_by="x")

    with django_assert_max_num_queries(15):
        assert len(found(look_up(desk, model, integration.pk))) == support.PAGE_ROWS


def test_a_list_keeps_to_the_order_that_has_an_index(desk, integration):
    early, late = (make_request(integration, at=NOW + timedelta(days=day), status=day) for day in (1, 2))

    by_status = desk.get(address(RequestLog, "changelist"), {"q": str(integration.pk), "o": "4"})

    assert found(by_status) == [late, early]


def test_a_list_counts_no_further_than_it_shows(desk, integration, monkeypatch):
    monkeypatch.setattr(support, "MOST_ROWS", 55)
    for _number in range(57):
        make_request(integration)

    assert look_up(desk, RequestLog, integration.pk).context_data["cl"].result_count == 55
    second = desk.get(address(RequestLog, "changelist"), {"q": str(integration.pk), "p": "2"})
    assert len(found(second)) == 5
