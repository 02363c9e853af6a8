"""How many queries each request takes: token, change and log row included, whatever the integration holds.

BEGIN and COMMIT are not counted, each SAVEPOINT is. Contact, latest use and the rows of reads are written in
batches after the answer and are not counted either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import urlencode

from integrations.traffic import writer
from integrations.traffic.entries import Entry
from tests.db.scim import wire

HERE = 31


@pytest.fixture
def batch(monkeypatch) -> list[str]:
    """The statements of the journal's batches, which the tests' journal writes before the answer."""
    statements: list[str] = []
    write = writer.write

    def noted(entries: Sequence[Entry]) -> None:
        with CaptureQueriesContext(connection) as captured:
            write(entries)
        statements.extend(query["sql"] for query in captured)

    monkeypatch.setattr(writer, "write", noted)
    return statements


@pytest.fixture
def people(provider, time_machine) -> list[str]:
    """Many people who have been here for long."""
    time_machine.move_to("2026-03-01T12:00:00Z")
    made = [provider.person(f"p{number}", externalId=f"e{number}") for number in range(HERE)]
    time_machine.shift(3_600)
    return made


@pytest.fixture
def team(provider, people) -> str:
    """A group whose members an answer still shows."""
    return provider.group("Team", *people[:10])


def statements(captured: CaptureQueriesContext, batch: list[str]) -> list[str]:
    """What the request itself sent. A test runs in a transaction, so its outermost SAVEPOINT is the BEGIN."""
    rest = list(batch)
    kept: list[str] = []
    depth = 0
    for query in captured.captured_queries:
        sql = query["sql"]
        if sql in rest:
            rest.remove(sql)
            continue
        depth -= sql.startswith("RELEASE SAVEPOINT")
        if depth or "SAVEPOINT" not in sql:
            kept.append(sql)
        depth += sql.startswith("SAVEPOINT")
    return kept


@pytest.fixture
def spent(provider, batch) -> Callable[..., list[str]]:
    """What a request sends to the database; it is answered with 200, 201 or 204."""

    def send(method: str, resource: str, body: Any = None) -> list[str]:
        batch.clear()
        with CaptureQueriesContext(connection) as captured:
            status, answer = provider.send(method, resource, body)
        assert status in (200, 201, 204), answer
        return statements(captured, batch)

    return send


def patch(*operations: wire.Json) -> wire.Json:
    return {"schemas": [wire.PATCH_OP], "Operations": list(operations)}


def by(text: str) -> str:
    return urlencode({"filter": text})


OKTA: wire.Json = {
    "schemas": [wire.USER],
    "userName": "new@northwind.example",
    "name": {"givenName": "New", "familyName": "One"},
    "emails": [{"primary": True, "value": "new@northwind.example", "type": "work"}],
    "displayName": "New One",
    "locale": "en-US",
    "externalId": "00unew",
    "groups": [],
    "password": "x1Y2z3",
    "active": True,
}
ENTRA: wire.Json = {
    "schemas": [wire.ENTERPRISE, wire.USER],
    "externalId": "nn",
    "userName": "nn@northwind.example",
    "active": True,
    "emails": [
        {"primary": True, "type": "work", "value": "nn@x.example"},
        {"type": "home", "value": "nn@y.example"},
    ],
    "meta": {"resourceType": "User"},
    wire.ENTERPRISE: {"department": "D", "manager": {"value": wire.NOBODY}},
}

# One test with many rows inside: the people are made once.
READS = [
    ("/Users/{p0}", 4),
    ("/Users/{p0}?attributes=userName", 4),
    ("/Groups/{team}", 4),
    ("/Groups/{team}?excludedAttributes=members", 3),
    ("/Users?" + by('userName eq "p1@northwind.example"'), 4),
    ("/Users?" + by('externalId eq "e1"'), 4),
    ("/Users?" + by('userName eq "nobody@x.example"'), 4),
    ("/Groups?excludedAttributes=members&" + by('displayName eq "Team"'), 4),
    ("/Users?startIndex=1&count=20", 5),
    ("/Users?startIndex=11&count=20", 5),
    ("/Users?cursor=&count=20", 5),
    ("/Users?sortBy=userName&count=20", 5),
    ("/Users?count=20&" + by("active eq true"), 5),
    ("/Groups?count=20", 5),
    ("/ServiceProviderConfig", 1),
    ("/Schemas", 1),
]


def test_each_read_keeps_to_its_number(provider, people, team, spent):
    for resource, most in READS:
        address = resource.format(p0=people[0], team=team)
        spent("GET", address)

        sent = spent("GET", address)

        assert len(sent) <= most, (resource, sent)


CHANGES = [
    pytest.param("POST", "/Users", OKTA, 7, id="Okta makes a person"),
    pytest.param("POST", "/Users", ENTRA, 7, id="Entra ID makes a person"),
    pytest.param("POST", "/Users", {"userName": "plain"}, 7, id="a person with nothing but a name"),
    pytest.param("POST", "/Groups", {"displayName": "New"}, 7, id="a group"),
    pytest.param(
        "PATCH",
        "/Users/{p0}",
        patch(
            {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "p0@new.example"},
            {"op": "Replace", "path": "displayName", "value": "New"},
        ),
        8,
        id="Entra ID changes an address",
    ),
    pytest.param(
        "PATCH", "/Users/{p0}", patch({"op": "replace", "value": {"active": False}}), 8, id="Okta deactivates"
    ),
    pytest.param(
        "PATCH",
        "/Users/{p0}",
        patch({"op": "replace", "path": "userName", "value": "p0x"}),
        8,
        id="a new name",
    ),
    pytest.param(
        "PATCH", "/Users/{p0}", patch({"op": "replace", "value": {"active": True}}), 8, id="nothing changes"
    ),
    pytest.param(
        "PATCH",
        "/Users/{p0}",
        patch({"op": "add", "path": "externalId", "value": "ex"}),
        8,
        id="another externalId",
    ),
    pytest.param(
        "PUT", "/Users/{p0}", {**OKTA, "userName": "p0@northwind.example"}, 9, id="Okta replaces a person"
    ),
    pytest.param("DELETE", "/Users/{p0}", None, 8, id="a person goes"),
    pytest.param(
        "PATCH",
        "/Groups/{team}",
        patch({"op": "replace", "value": {"displayName": "T"}}),
        8,
        id="a group is renamed",
    ),
    pytest.param(
        "PATCH",
        "/Groups/{team}",
        patch({"op": "add", "path": "members", "value": [{"value": "{p20}"}]}),
        8,
        id="a member comes",
    ),
    pytest.param(
        "PATCH",
        "/Groups/{team}",
        patch({"op": "add", "path": "members", "value": [{"value": "{p1}"}]}),
        8,
        id="a member who is there",
    ),
    pytest.param(
        "PATCH",
        "/Groups/{team}",
        patch(
            {
                "op": "Add",
                "path": "members",
                "value": [{"$ref": None, "value": f"{{p{n}}}"} for n in range(20, 30)],
            }
        ),
        8,
        id="ten members come",
    ),
    pytest.param(
        "PATCH",
        "/Groups/{team}",
        patch({"op": "remove", "path": 'members[value eq "{p1}"]'}),
        8,
        id="a member goes by a filter",
    ),
    pytest.param(
        "PATCH",
        "/Groups/{team}",
        patch({"op": "Remove", "path": "members", "value": [{"value": "{p1}"}]}),
        8,
        id="a member goes by a list",
    ),
    pytest.param("DELETE", "/Groups/{team}", None, 8, id="a group goes"),
]


def fill(value: Any, names: dict[str, str]) -> Any:
    """The value with ids in the place of {names}."""
    if isinstance(value, dict):
        return {key: fill(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, names) for item in value]
    return value.format(**names) if isinstance(value, str) else value


@pytest.mark.parametrize(("method", "resource", "body", "most"), CHANGES)
def test_each_change_keeps_to_its_number(provider, people, team, spent, method, resource, body, most):
    names = {"team": team, **{f"p{number}": one for number, one in enumerate(people)}}
    # What is compiled or remembered once is so before.
    provider.person("warm")
    spent(
        "PATCH", f"/Groups/{team}", patch({"op": "add", "path": "members", "value": [{"value": people[30]}]})
    )
    spent("PATCH", f"/Groups/{team}", patch({"op": "remove", "path": f'members[value eq "{people[30]}"]'}))

    sent = spent(method, fill(resource, names), fill(body, names))

    assert len(sent) <= most, sent
    assert any("traffic_requestlog" in sql for sql in sent)
