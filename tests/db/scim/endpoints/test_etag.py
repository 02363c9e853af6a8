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
