"""The wall, endpoint by endpoint and verb by verb: nothing of another integration is read, changed or told.

Every address that scim/endpoints/urls.py serves stands in the table below; one that does not fails a test.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils.http import urlencode

from scim.core.bulk import REQUEST_SCHEMA
from scim.core.search import SEARCH_SCHEMA
from scim.endpoints import urls
from scim.endpoints.bulk import VIEWS
from scim.endpoints.search import SHELVES
from tests import factories
from tests.db import console
from tests.db.console import Provider
from tests.db.scim import wire

NAME = "victim-of-contoso"
VERBS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass
class Theirs:
    """What the neighbour has, and `mine`: a person and a group here."""

    provider: Provider
    person: str
    group: str
    cursors: dict[str, str]
    mine: tuple[str, str]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no answer to us may hold, unless we sent it."""
        return (NAME, "Secret project", str(self.provider.integration.pk))

    def everything(self) -> Any:
        kept = [wire.read(self.provider, f"{kind}?sortBy=id") for kind in ("/Users", "/Groups")]
        self.provider.integration.refresh_from_db()
        counts = (self.provider.integration.people_count, self.provider.integration.pending_count)
        return kept, counts, wire.events(self.provider)


@pytest.fixture(params=["another workspace", "the same workspace"])
def theirs(request, provider, stranger) -> Theirs:
    other = stranger
    if request.param == "the same workspace":
        other = console.provider(factories.make_integration(provider.integration.workspace, "Neighbour"))
    person = other.person(NAME, externalId="v1", title=NAME)
    group = other.group("Secret project", person)
    other.person(f"{NAME}-2")
    other.group("Secret project 2")
    cursors = {
        address: wire.read(other, f"{address}?cursor=&count=1")["nextCursor"]
        for address in ("/Users", "/Groups", "/")
    }
    mine = provider.person("mine"), provider.group("Mine")
    return Theirs(other, person, group, cursors, mine)


Body = Callable[[Theirs], Any]


def nothing(_theirs: Theirs) -> Any:
    return b""


def as_member(theirs: Theirs) -> Any:
    return {
        "displayName": "New",
        "userName": "new",
        "members": [{"value": theirs.person}, {"value": theirs.group}],
    }


def as_patch(theirs: Theirs) -> Any:
    return {
        "Operations": [
            {"op": "add", "path": "members", "value": [{"value": theirs.person}]},
            {"op": "replace", "path": "displayName", "value": "taken over"},
        ]
    }


def as_bulk(theirs: Theirs) -> Any:
    """Every way to name them in a bulk: as the resource, a member, a bulkId, a version."""
    rename = {"Operations": [{"op": "replace", "path": "displayName", "value": "taken over"}]}
    operations = [
        {"method": "DELETE", "path": f"/Users/{theirs.person}", "version": 'W/"1"'},
        {"method": "PATCH", "path": f"/Groups/{theirs.group}", "data": rename},
        {"method": "PUT", "path": f"/Users/{theirs.person}", "data": {"userName": "taken over"}},
        {"method": "POST", "path": "/Groups", "bulkId": theirs.group, "data": as_member(theirs)},
        {"method": "DELETE", "path": f"/Users/bulkId:{theirs.person}"},
        {"method": "PATCH", "path": f"/Users/{theirs.mine[0]}", "data": rename, "version": 'W/"1"'},
    ]
    return {"schemas": [REQUEST_SCHEMA], "Operations": operations}


def as_search(theirs: Theirs) -> Any:
    return {"schemas": [SEARCH_SCHEMA], "filter": reach(theirs), "attributes": ["groups", "members", "title"]}


def reach(theirs: Theirs) -> str:
    """A filter that every endpoint knows, and that would find them if any part of it could."""
    both = f'id eq "{theirs.mine[0]}" or id eq "{theirs.person}" or id eq "{theirs.group}"'
    return f'({both}) or externalId eq "v1" or not (externalId eq "nothing") or displayName co "s"'


# Address, what stands in a body that reaches over, and the verbs that do something there.
TABLE: dict[str, tuple[Body, set[str]]] = {
    "users": (as_member, {"GET", "HEAD", "POST", "OPTIONS"}),
    "users/<id>": (as_patch, {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}),
    "users/.search": (as_search, {"POST", "OPTIONS"}),
    "groups": (as_member, {"GET", "HEAD", "POST", "OPTIONS"}),
    "groups/<id>": (as_patch, {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"}),
    "groups/.search": (as_search, {"POST", "OPTIONS"}),
    "": (nothing, {"GET", "HEAD", "OPTIONS"}),
    ".search": (as_search, {"POST", "OPTIONS"}),
    "bulk": (as_bulk, {"POST", "OPTIONS"}),
    "schemas": (nothing, {"GET", "HEAD", "OPTIONS"}),
    "schemas/<id>": (nothing, {"GET", "HEAD", "OPTIONS"}),
    "resourcetypes": (nothing, {"GET", "HEAD", "OPTIONS"}),
    "resourcetypes/<id>": (nothing, {"GET", "HEAD", "OPTIONS"}),
    "serviceproviderconfig": (nothing, {"GET", "HEAD", "OPTIONS"}),
    "me": (nothing, set()),
    "nosuch": (nothing, set()),
}
EVERY = [(address, verb) for address in TABLE for verb in VERBS]


def test_every_address_that_is_served_is_in_the_table():
    searched = {f"{name}/.search" for name in SHELVES} | {".search", ""}
    with_ids = {f"{name}/<id>" for name in urls.NAMES}

    assert set(TABLE) == {*urls.NAMES, *with_ids, *urls.ALONE, *searched, "me", "nosuch"}
    assert set(VIEWS) == set(SHELVES) == {"users", "groups"}


def test_every_verb_of_a_view_is_in_the_table(provider):
    for address, (_body, verbs) in TABLE.items():
        path = address.replace("<id>", wire.NOBODY)
        allowed = wire.raw(provider, "OPTIONS", f"/{path}").get("Allow", "")
        assert set(filter(None, allowed.split(", "))) == verbs, address


def answers(
    provider: Provider, theirs: Theirs, address: str, verb: str, **headers: str
) -> list[HttpResponse]:
    """To requests that name what is theirs in every place that the address has."""
    body = TABLE[address][0](theirs) if verb in ("POST", "PUT", "PATCH") else b""
    named = {"users": theirs.person, "groups": theirs.group}.get(address.split("/", maxsplit=1)[0], "x")
    cursor = theirs.cursors.get(f"/{address.split('/', maxsplit=1)[0].title()}", theirs.cursors["/"])
    queries = [
        "",
        urlencode({"filter": reach(theirs)}),
        urlencode({"cursor": cursor}),
        "count=1000&startIndex=1",
    ]
    if verb not in ("GET", "HEAD"):
        queries = queries[:1]
    path = address.replace("<id>", named)
    return [wire.raw(provider, verb, f"/{path}?{query}", body, **headers) for query in queries]


@pytest.mark.parametrize(
    "headers",
    [{}, {"If_Match": 'W/"1"'}, {"If_None_Match": 'W/"1", *'}],
    ids=["", "If-Match", "If-None-Match"],
)
def test_nothing_of_theirs_is_told_or_touched(provider, theirs, headers):
    before = theirs.everything()

    for address, verb in EVERY:
        for response in answers(provider, theirs, address, verb, **headers):
            text = response.content.decode()
            assert response.status_code < 500 or response.status_code == 501, (address, verb, text)
            assert not any(secret in text for secret in theirs.secrets), (address, verb, text)
            if "<id>" in address and verb in TABLE[address][1] - {"OPTIONS"}:
                assert response.status_code == 404, (address, verb, text)

    assert theirs.everything() == before


def test_a_cursor_of_theirs_opens_nothing(provider, theirs):
    for address, cursor in theirs.cursors.items():
        for place in ("/Users", "/Groups", "/"):
            wire.refusal(wire.raw(provider, "GET", f"{place}?cursor={cursor}"), 400, "invalidCursor")
            search = {"schemas": [SEARCH_SCHEMA], "cursor": cursor}
            response = wire.raw(provider, "POST", f"{place.rstrip('/')}/.search", search)
            wire.refusal(response, 400, "invalidCursor")
        assert wire.read(theirs.provider, f"{address}?cursor={cursor}&count=1")["Resources"]


def test_a_version_of_theirs_decides_nothing_here(provider, theirs):
    wire.patch(theirs.provider, f"/Users/{theirs.person}", {"op": "replace", "path": "title", "value": "x"})
    mine = f"/Users/{theirs.mine[0]}"
    body = {"Operations": [{"op": "replace", "path": "title", "value": "mine"}]}

    stale = wire.raw(provider, "PATCH", mine, body, If_Match='W/"2"')
    fresh = wire.raw(provider, "PATCH", mine, body, If_Match='W/"1"')

    assert (stale.status_code, fresh.status_code) == (412, 200)


def test_a_bulk_reaches_nobody_of_theirs(provider, theirs):
    before = theirs.everything()

    response = wire.raw(provider, "POST", "/Bulk", as_bulk(theirs))

    statuses = [one["status"] for one in json.loads(response.content)["Operations"]]
    # The bulkId is the text of their group's id: it names what is made here and nothing else.
    assert statuses == ["404", "404", "404", "201", "400", "200"]
    assert theirs.everything() == before


@pytest.mark.parametrize(("address", "verb"), EVERY)
def test_their_token_opens_no_address_of_ours(provider, stranger, address, verb):
    mine = provider.person("mine")
    path = address.replace("<id>", mine)

    response = wire.raw(
        provider,
        verb,
        f"/{path}",
        authorization=f"Bearer {stranger.issued.text}",
        peer=f"10.{len(address)}.{len(verb)}.1",
    )

    assert response.status_code == 401
    assert mine not in response.content.decode()
    assert wire.counts(provider) == (1, 0)


def test_a_filter_with_or_finds_ours_alone(provider, theirs):
    person, group = theirs.mine
    for text in (
        reach(theirs),
        f'id eq "{theirs.person}" or id pr',
        f'externalId eq "v1" or id eq "{person}" or id eq "{group}"',
        f'meta.created gt "2000-01-01T00:00:00Z" or (id eq "{theirs.group}" and id pr)',
        f'not (id eq "{theirs.person}") or id eq "{theirs.person}"',
        'displayName co "" or externalId eq "v1"',
    ):
        assert set(wire.found(provider, text)) <= {person}
        assert set(wire.found(provider, text, "/Groups")) <= {group}
        assert set(wire.found(provider, text, "/")) <= {person, group}
