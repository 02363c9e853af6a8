"""Among 100,000 deliveries each look of a worker is one into an index, on both databases."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from integrations.delivery import finding
from integrations.delivery.connector import Mode
from integrations.delivery.models import Lane
from integrations.delivery.queue import brake, emptied, lanes
from integrations.delivery.queue.lanes import Holder
from integrations.delivery.turns import answers
from integrations.kit import ids
from scim.models import ScimUser
from tests.db.scim.test_plans import ON_POSTGRES, Plan

MANY = 100_000
LARGE = "delivery_delivery"
FILL = f"""
    INSERT INTO {LARGE} (id, integration_id, trace_id, line, label, intent, version, group_name, revision,
    status, place, due_at, attempts, brake, problem, remedy, proof, created_at)
    SELECT {{id}}, %s, 't', {{line}}, 'p', 'update', 1, '', 1, 'waiting',
    CASE WHEN n %% 50 = 0 THEN 1 WHEN n %% 50 < 40 THEN 2 END, CURRENT_TIMESTAMP, 0, 0, '', '', '{{{{}}}}',
    CURRENT_TIMESTAMP FROM {{series}}
"""
SERIES = (
    f"generate_series(1, {MANY}) AS series(n)"
    if ON_POSTGRES
    else f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {MANY}) SELECT n FROM s)"
)


def uuid_of(number: str) -> str:
    return f"lpad(to_hex({number}), 32, '0')::uuid" if ON_POSTGRES else f"printf('%%032x', {number})"


@pytest.fixture
def holder(app, integration) -> Holder:
    """A lane in which two thousand deliveries can be tried, and many wait behind or have ended."""
    Lane.objects.create(integration=integration)
    key = integration.pk if ON_POSTGRES else integration.pk.hex
    statement = FILL.format(id=uuid_of("n"), line=uuid_of("n / 50"), series=SERIES)
    with connection.cursor() as cursor:
        cursor.execute(statement, [key])
        cursor.execute("ANALYZE")
    return Holder(integration, 0, "plans", Mode.EVENT, time.monotonic() + 3_600)


def plan_of(work: Callable[[], Any]) -> Plan:
    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if LARGE in sql and not sql.startswith("INSERT"):
            statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    found = Plan()
    for sql, params in statements:
        found.read(sql, params)
    return found


def test_every_look_uses_its_index(holder):
    integration = holder.integration
    people = ScimUser.objects.for_integration(integration).present()
    looks: list[tuple[Callable[[], Any], str]] = [
        (lambda: lanes.due(holder, 4), "delivery_next"),
        (lambda: lanes.next_due(integration), "delivery_next"),
        (lambda: lanes.place(holder), "delivery_next"),
        (lambda: lanes.promote([ids.new()]), "delivery_open"),
        (lambda: brake._is_tripped(integration, 5, {ids.new()}), "delivery_leaving"),
        (lambda: emptied._is_large(integration, ids.new()), "delivery_open_of_group"),
        (lambda: emptied._told(integration.pk, {ids.new()}), "delivery_open"),
        (lambda: lanes.promote_members(integration, [ids.new()]), "delivery_open_of_group"),
        (lambda: answers._unanswered(integration.pk).exists(), "delivery_listed|delivery_next"),
        (lambda: finding.stuck(integration, people, "before:90000", size=50), "delivery_listed"),
    ]
    for look, index in looks:
        found = plan_of(look)

        assert LARGE not in found.scanned, (index, found)
        assert found.indexes & set(index.split("|")), (index, found)
