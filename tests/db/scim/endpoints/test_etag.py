"""Versions: ETag, If-Match and If-None-Match."""

from __future__ import annotations

import json

import pytest

from tests.db.scim import wire

PUT = {"userName": "ada", "displayName": "Put"}
RENAME = {"Operations": [{"op": "replace", "path": "displayName", "value": "New"}]}


@pytest.fixture(params=["User", "Group"])
def resource(request, provider) -> str:
    """A person, and a group."""
    if request.param == "User":
        return f"/Users/{provider.person('ada')}"
    return f"/Groups/{provider.group('Editors')}"


def etag(provider, resource: str) -> str:
    return wire.raw(provider, "GET", resource)["ETag"]


def test_a_version_is_weak_and_the_same_in_header_and_body(provider, resource):
    response = wire.raw(provider, "GET", resource)

    assert response["ETag"].startswith('W/"')
    assert json.loads(response.content)["meta"]["version"] == response["ETag"]


def test_every_change_makes_a_new_version(provider, resource):
    seen = [etag(provider, resource)]
    seen.append(wire.raw(provider, "PATCH", resource, RENAME)["ETag"])
    seen.append(wire.raw(provider, "PUT", resource, PUT)["ETag"])

    assert len(set(seen)) == 3
    assert seen[-1] == etag(provider, resource)


def test_reading_and_saying_nothing_new_keep_the_version(provider, resource):
    wire.raw(provider, "PATCH", resource, RENAME)
    before = etag(provider, resource)

    again = wire.raw(provider, "PATCH", resource, RENAME)

    assert (again.status_code, again["ETag"], etag(provider, resource)) == (200, before, before)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "named",
    ['W/"99"', '"99"', 'W/"0", W/"98"', "nonsense", 'W/"11"'],
    ids=["weak", "strong", "two", "nonsense", "begins alike"],
)
def test_a_change_of_another_version_is_refused(provider, resource, method, named):
    before = wire.read(provider, resource)
    sent = {"PUT": PUT, "PATCH": RENAME, "DELETE": ""}[method]

    detail = wire.refusal(wire.raw(provider, method, resource, sent, If_Match=named), 412)

    assert before["meta"]["version"] in detail
    row = wire.logged(provider)
    assert (row.method, row.status, bool(row.problem), bool(row.remedy)) == (method, 412, True, True)
    assert wire.read(provider, resource) == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("form", ["{}", "*", 'W/"99", {}', "strong"])
def test_a_change_of_this_version_goes_through(provider, resource, method, form):
    present = etag(provider, resource)
    named = present.removeprefix("W/") if form == "strong" else form.format(present)
    sent = {"PUT": PUT, "PATCH": RENAME, "DELETE": ""}[method]

    response = wire.raw(provider, method, resource, sent, If_Match=named)

    assert response.status_code == (204 if method == "DELETE" else 200)


@pytest.mark.parametrize("form", ["{}", "*", 'W/"99", {}'])
def test_what_the_client_has_already_is_304_without_a_body(provider, resource, form):
    present = etag(provider, resource)

    response = wire.raw(provider, "GET", resource, If_None_Match=form.format(present))

    assert (response.status_code, response.content, response["ETag"]) == (304, b"", present)


LEAVES = {"op": "remove", "path": "members"}
RENAMED = {"op": "replace", "path": "displayName", "value": "New"}


@pytest.mark.parametrize(
    ("shown", "changed", "operation"),
    [
        pytest.param("ada", "other", "join", id="a group more"),
        pytest.param("ada", "team", LEAVES, id="a group less"),
        pytest.param("ada", "team", RENAMED, id="a group renamed"),
        pytest.param("ada", "team", None, id="a group deleted"),
        pytest.param("team", "ada", RENAMED, id="a member renamed"),
        pytest.param("team", "ada", None, id="a member deleted"),
    ],
)
def test_what_a_version_does_not_count_is_sent_when_it_changed(
    provider, time_machine, shown, changed, operation
):
    time_machine.move_to("2026-03-01T12:00:00Z")
    ada = provider.person("ada")
    places = {"ada": f"/Users/{ada}", "team": f"/Groups/{provider.group('Team', ada)}"}
    places["other"] = f"/Groups/{provider.group('Other')}"
    time_machine.shift(600)
    wire.patch(provider, places[shown], {"op": "add", "path": "externalId", "value": "1"})
    version = etag(provider, places[shown])

    def status(query: str = "") -> int:
        return wire.raw(provider, "GET", places[shown] + query, If_None_Match=version).status_code

    assert status() == 304
    if operation is None:
        provider.send("DELETE", places[changed])
    else:
        joins = {"op": "add", "path": "members", "value": [{"value": ada}]}
        wire.patch(provider, places[changed], joins if operation == "join" else operation)

    assert (etag(provider, places[shown]), status()) == (version, 200)
    assert status("?excludedAttributes=groups,members") == 304


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("form", ["*", "{}", 'W/"99", {}'])
def test_a_change_of_what_must_not_be_here_is_refused(provider, resource, method, form):
    present = etag(provider, resource)
    sent = {"PUT": PUT, "PATCH": RENAME, "DELETE": ""}[method]

    wire.refusal(wire.raw(provider, method, resource, sent, If_None_Match=form.format(present)), 412)
    other = wire.raw(provider, method, resource, sent, If_None_Match='W/"99"')

    assert other.status_code == (204 if method == "DELETE" else 200)


def test_a_read_of_another_version_is_refused(provider, resource):
    present = etag(provider, resource)

    wire.refusal(wire.raw(provider, "GET", resource, If_Match='W/"99"'), 412)
    same = wire.raw(provider, "GET", resource, If_Match=present)

    assert same.status_code == 200


def test_what_changed_since_is_sent_whole(provider, resource):
    old = etag(provider, resource)
    wire.raw(provider, "PATCH", resource, RENAME)

    response = wire.raw(provider, "GET", resource, If_None_Match=old)

    assert response.status_code == 200
    assert json.loads(response.content)["displayName"] == "New"


def test_a_new_member_makes_a_new_version_of_the_group(provider):
    group = f"/Groups/{provider.group('Editors')}"
    old = etag(provider, group)
    add = {"op": "add", "path": "members", "value": [{"value": provider.person("ada")}]}

    first = wire.raw(provider, "PATCH", group, {"Operations": [add]}, If_Match=old)
    second = wire.raw(
        provider, "PATCH", group, {"Operations": [{"op": "remove", "path": "members"}]}, If_Match=old
    )

    assert first["ETag"] == etag(provider, group) != old
    wire.refusal(second, 412)


def test_a_version_of_another_person_is_no_key(provider):
    ada, grace = provider.person("ada"), provider.person("grace")
    wire.raw(provider, "PATCH", f"/Users/{ada}", RENAME)

    wire.refusal(
        wire.raw(provider, "DELETE", f"/Users/{grace}", If_Match=etag(provider, f"/Users/{ada}")), 412
    )
