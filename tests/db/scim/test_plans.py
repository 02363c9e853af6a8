"""The statements of hot requests use their index among 100,000 people: EXPLAIN says so on both databases."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.http import urlencode

from integrations.models import Integration
from scim.models import ScimUser
from tests import factories
from tests.db import console
from tests.db.console import Provider
from tests.db.scim import wire

PEOPLE = 100_000
GROUPS = 2_000
LARGE = {
    "delivery_delivery",
    "scim_scimuser",
    "scim_useremail",
    "scim_scimgroup",
    "scim_groupmember",
    "scim_pendingmember",
}
ON_POSTGRES = connection.vendor == "postgresql"
# A series of numbers n, an id made of one, and a JSON object, as each database writes them.
if ON_POSTGRES:
    SERIES = "generate_series(1, {most}) AS series(n)"
    KEY = "%s::uuid"
    ID, JSON = (
        "lpad(to_hex({n}), 32, '0')::uuid",
        "jsonb_build_object('displayName', 'G' || n, 'userName', 'p' || n, 'active', true)",
    )
else:
    SERIES = (
        "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {most}) SELECT n FROM s)"
    )
    KEY = "%s"
    ID, JSON = (
        "printf('%%032x', {n})",
        "json_object('displayName', 'G' || n, 'userName', 'p' || n, 'active', json('true'))",
    )
USER, GROUP = ID.format(n="n"), ID.format(n="n + 16777216")
NOW = "CURRENT_TIMESTAMP"
FILL = [
    f"""INSERT INTO scim_scimuser (id, integration_id, user_name, user_name_key, external_id, display_name,
    display_name_key, active, test_only, data, version, created_at, updated_at, deleted_at)
    SELECT {USER}, CASE WHEN n %% 2 = 1 THEN {KEY} ELSE {KEY} END,
    'P' || n, 'p' || n, 'e' || n, 'P', 'p', n %% 10 > 0, false, {JSON}, 1, {NOW}, {NOW},
    CASE WHEN n %% 21 = 0 THEN {NOW} END FROM {SERIES.format(most=PEOPLE)}""",
    f"""INSERT INTO scim_useremail (integration_id, user_id, type, value_key)
    SELECT %s, {USER}, 'work', 'p' || n || '@x.example' FROM {SERIES.format(most=PEOPLE // 5)}""",
    f"""INSERT INTO scim_scimgroup (id, integration_id, display_name, display_name_key, external_id, data,
    member_rows, version, created_at, updated_at)
    SELECT {GROUP}, %s, 'G' || n, 'g' || n, 'e' || n, {JSON}, 0, 1, {NOW}, {NOW}
    FROM {SERIES.format(most=GROUPS)}""",
    # The first group has 20,000 people, the others a few.
    f"""INSERT INTO scim_groupmember (group_id, user_id, created_at)
    SELECT {ID.format(n="16777217")}, {USER}, {NOW} FROM {SERIES.format(most=PEOPLE // 5)}""",
    f"""INSERT INTO scim_groupmember (group_id, user_id, created_at)
    SELECT {ID.format(n=f"16777218 + n %% {GROUPS - 1}")}, {USER}, {NOW}
    FROM {SERIES.format(most=PEOPLE // 5)}""",
    f"""INSERT INTO scim_pendingmember (integration_id, group_id, value, created_at)
    SELECT %s, {ID.format(n=f"16777218 + n %% {GROUPS - 1}")}, 'late' || n, {NOW}
    FROM {SERIES.format(most=GROUPS * 5)}""",
]


def filled() -> Provider:
    """Two integrations with 100,000 people, every second of this one, and the planner told so."""
    made = factories.make_integration(factories.make_workspace())
    other = factories.make_integration(made.workspace, "Neighbour")
    keys = [one.pk if ON_POSTGRES else one.pk.hex for one in (made, other)]
    with connection.cursor() as cursor:
        for statement in FILL:
            number = statement.count("%s") - statement.count("%%s")
            cursor.execute(statement, keys[:number])
        cursor.execute("ANALYZE")
    Integration.objects.filter(pk=made.pk).update(
        people_count=PEOPLE // 2, group_count=GROUPS, pending_count=GROUPS * 5
    )
    made.refresh_from_db()
    return console.provider(made)


@dataclass
class Plan:
    """What the statements of one request do: indexes they look into, large tables they read whole, sorts."""

    indexes: set[str] = field(default_factory=set)
    scanned: set[str] = field(default_factory=set)
    sorts: bool = False

    def read(self, sql: str, params: Any) -> None:
        with connection.cursor() as cursor:
            if ON_POSTGRES:
                cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
                (plan,) = cursor.fetchone()
                self._of_postgres((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
            else:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
                for *_numbers, detail in cursor.fetchall():
                    self._of_sqlite(detail)

    def _of_postgres(self, node: dict[str, Any]) -> None:
        if node["Node Type"] == "Seq Scan":
            self.scanned |= {node["Relation Name"]} & LARGE
        self.indexes |= {re.sub(r"_pkey$", "", node["Index Name"])} if "Index Name" in node else set()
        self.sorts |= node["Node Type"] in ("Sort", "Incremental Sort")
        for inner in node.get("Plans", []):
            self._of_postgres(inner)

    def _of_sqlite(self, detail: str) -> None:
        if match := re.match(r"SCAN (\w+)", detail):
            self.scanned |= {match[1]} & LARGE
        if match := re.search(r"USING (?:COVERING )?INDEX (\w+)", detail):
            self.indexes.add(re.sub(r"^sqlite_autoindex_(\w+)_1$", r"\1", match[1]))
        if match := re.match(r"SEARCH (\w+) USING INTEGER PRIMARY KEY", detail):
            self.indexes.add(match[1])
        self.sorts |= "TEMP B-TREE FOR ORDER BY" in detail


@contextmanager
def noted() -> Iterator[list[tuple[str, Any]]]:
    """The statements on the large tables."""
    statements: list[tuple[str, Any]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any) -> Any:
        if any(f'"{name}"' in sql for name in LARGE) and not sql.startswith("INSERT"):
            statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def of(number: int) -> str:
    return str(UUID(int=number))


def by(text: str) -> str:
    return urlencode({"filter": text})


ONE, FIRST, SMALL = of(77), of(16_777_217), of(16_777_300)
ADD = {"op": "add", "path": "members", "value": [{"value": of(99_999)}]}
REMOVE = {"op": "remove", "path": f'members[value eq "{of(10_001)}"]'}
# Request, the indexes that one of its statements looks into. One test with many rows inside: the people are
# made once.
HOT: list[tuple[str, str, Any, set[str]]] = [
    ("GET", f"/Users/{ONE}", None, {"scim_scimuser", "member_user"}),
    ("GET", "/Users?" + by('userName eq "P501"'), None, {"user_name_unique"}),
    ("GET", "/Users?" + by('externalId eq "e501"'), None, {"user_external_id"}),
    ("GET", "/Users?" + by(f'id eq "{ONE}"'), None, {"scim_scimuser"}),
    ("GET", "/Users?" + by('emails.value eq "p501@x.example"'), None, {"email_filtered"}),
    ("GET", "/Users?" + by('emails[type eq "work"].value eq "p501@x.example"'), None, {"email_filtered"}),
    ("GET", "/Users?" + by('userName eq "p5" or externalId eq "e7"'), None, {"user_external_id"}),
    ("GET", "/Users?excludedAttributes=groups&count=100", None, {"user_listed"}),
    ("GET", "/Users?excludedAttributes=groups&count=100&cursor=", None, {"user_listed"}),
    ("GET", "/Users?excludedAttributes=groups&count=100&cursor={deep}", None, {"user_listed"}),
    ("GET", "/Groups?count=100&excludedAttributes=members", None, {"group_listed"}),
    ("GET", f"/Groups/{SMALL}", None, {"scim_scimgroup", "member_once"}),
    ("GET", "/Groups?excludedAttributes=members&" + by('displayName eq "g500"'), None, {"group_name_unique"}),
    ("GET", "/Groups?excludedAttributes=members&" + by('externalId eq "e500"'), None, {"group_external_id"}),
    ("GET", "/Groups?excludedAttributes=members&" + by(f'members eq "{ONE}"'), None, {"member_user"}),
    ("POST", "/Users", {"userName": "new"}, {"user_name_any"}),
    ("POST", "/Users", {"userName": "new2", "externalId": "new2"}, {"user_external_id", "user_name_any"}),
    (
        "PATCH",
        f"/Users/{ONE}",
        {"Operations": [{"op": "add", "path": "title", "value": "T"}]},
        {"scim_scimuser"},
    ),
    ("PATCH", f"/Groups/{FIRST}?excludedAttributes=members", {"Operations": [ADD]}, {"member_once"}),
    ("PATCH", f"/Groups/{FIRST}?excludedAttributes=members", {"Operations": [REMOVE]}, {"member_once"}),
    ("DELETE", f"/Users/{of(501)}", None, {"scim_scimuser"}),
    ("DELETE", f"/Groups/{SMALL}", None, {"scim_scimgroup"}),
]
# Indexes that serve alike, and those of foreign keys, which Django names by a digest.
ALIKE = {
    "member_user": r"scim_groupmember_user_id_\w+",
    "member_once": r"member_once|scim_groupmember(_(group|user)_id_\w+)?",
    "scim_scimuser": "scim_scimuser|user_listed",
    "scim_scimgroup": "scim_scimgroup|group_listed",
    "group_listed": "scim_scimgroup|group_listed",
    # PostgreSQL walks the primary key where every second row is of the integration.
    "user_listed": "scim_scimuser|user_listed",
    "user_name_any": "user_name_any|user_name_unique",
    "user_name_unique": "user_name_any|user_name_unique",
}


def test_the_hot_requests_use_their_index_among_a_hundred_thousand_people(db):
    provider = filled()
    deep = wire.read(provider, "/Users?cursor=&count=1000&attributes=id")["nextCursor"]
    for method, address, body, wanted in HOT:
        resource = address.replace("{deep}", deep)
        with noted() as statements:
            status, answer = provider.send(method, resource, body)
        assert status in (200, 201, 204), answer
        plan = Plan()
        for sql, params in statements:
            plan.read(sql, params)
        case = (method, resource, plan, [sql for sql, _ in statements])
        assert not plan.scanned, case
        for name in wanted:
            assert any(re.fullmatch(ALIKE.get(name, name), index) for index in plan.indexes), (name, case)
        if "count=100" in resource:
            assert not plan.sorts, case
            assert len(wire.read(provider, resource)["Resources"]) == 100
    with noted() as statements:
        assert wire.read(provider, "/Users?count=100")["Resources"][0]["groups"]
    plan = Plan()
    for sql, params in statements:
        plan.read(sql, params)
    # PostgreSQL may read two thousand groups whole to name those of a hundred people.
    assert not plan.scanned - {"scim_scimgroup"}, (plan, statements)
    for active in (True, False):
        people = ScimUser.objects.in_state(provider.integration, active=active)
        for rows in (people, people.behind_in_state(provider.integration, UUID(int=50_000), active=active)):
            with noted() as statements:
                list(rows[:100])
            plan = Plan()
            plan.read(*statements[0])
            assert (plan.indexes, plan.sorts) == ({"user_by_state"}, False), (active, statements)
