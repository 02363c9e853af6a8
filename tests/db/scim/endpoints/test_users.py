"""/Users: create, read, replace, delete."""

from __future__ import annotations

import json
import unicodedata

import pytest

from tests.db.scim import wire

ADA: wire.Json = {
    "schemas": [wire.USER, wire.ENTERPRISE],
    "externalId": "00u1",
    "userName": "Ada@Northwind.example",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "displayName": "Ada Lovelace",
    "title": "Countess",
    "emails": [{"value": "ada@northwind.example", "type": "work", "primary": True}],
    wire.ENTERPRISE: {"department": "Engines", "manager": {"value": wire.NOBODY}},
}


@pytest.fixture
def ada(provider) -> str:
    return provider.send("POST", "/Users", ADA)[1]["id"]


def test_a_created_person_is_answered_whole_with_an_address(provider):
    response = wire.raw(provider, "POST", "/Users", ADA)

    body = json.loads(response.content)
    base = f"http://testserver/scim/v2/{provider.integration.pk}"
    assert response.status_code == 201
    assert response["Content-Type"].startswith("application/scim+json")
    assert body["meta"]["resourceType"] == "User"
    assert body["meta"]["location"] == response["Location"] == f"{base}/Users/{body['id']}"
    assert body["meta"]["version"] == response["ETag"]
    assert body["meta"]["created"] == body["meta"]["lastModified"]
    assert body["active"] is True
    for name in ("externalId", "userName", "name", "title", "emails"):
        assert body[name] == ADA[name]
    manager = body[wire.ENTERPRISE]["manager"]
    assert manager == {"value": wire.NOBODY, "$ref": f"{base}/Users/{wire.NOBODY}"}
    assert set(body["schemas"]) == {wire.USER, wire.ENTERPRISE}


@pytest.mark.parametrize(
    ("manager", "reference"),
    [
        pytest.param("", None, id="empty"),
        pytest.param("CN=Byron, Lord/1?", "CN%3DByron%2C%20Lord%2F1%3F", id="any text"),
    ],
)
def test_the_reference_of_a_manager_is_an_address(provider, manager, reference):
    body = {"userName": "ada", wire.ENTERPRISE: {"manager": {"value": manager}}}

    shown = provider.send("POST", "/Users", body)[1][wire.ENTERPRISE]["manager"]

    assert shown["value"] == manager
    assert shown.get("$ref", "").rpartition("/Users/")[2] == (reference or "")


def test_what_was_created_is_what_is_read(provider):
    created = provider.send("POST", "/Users", ADA)[1]

    assert wire.read(provider, f"/Users/{created['id']}") == created


def test_schemas_name_only_what_is_present(provider):
    person = provider.person("ada")

    assert wire.read(provider, f"/Users/{person}")["schemas"] == [wire.USER]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("ada@northwind.example", "ADA@NORTHWIND.EXAMPLE", id="ASCII"),
        pytest.param("Straße", "STRASSE", id="sharp s"),
        pytest.param("ΣΊΣΥΦΟΣ", "σίσυφος", id="final sigma"),
        pytest.param("ﬁona", "FIONA", id="ligature"),
        pytest.param("a%b_c", "A%B_C", id="wildcards"),
    ],
)
def test_names_that_differ_in_case_alone_are_one_name(provider, first, second):
    made = provider.send("POST", "/Users", {"userName": first})[1]

    detail = wire.refusal(wire.raw(provider, "POST", "/Users", {"userName": second}), 409, "uniqueness")

    assert made["id"] in detail
    assert wire.found(provider, f'userName eq "{second}"') == [made["id"]]
    assert wire.read(provider, f"/Users/{made['id']}")["userName"] == first


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("  blanks at both ends ", id="blanks"),
        pytest.param("İstanbul", id="Turkish capital i with dot"),
        pytest.param("\u0131l\u0131k", id="Turkish small i without dot"),
        pytest.param(unicodedata.normalize("NFC", "Zoë"), id="composed"),
        pytest.param(unicodedata.normalize("NFD", "Zoë"), id="decomposed"),
        pytest.param('quote"back\\slash', id="quote and backslash"),
        pytest.param("👩‍🚀@space.example", id="joined emoji"),
        pytest.param("\u202eright to left", id="direction mark"),
        pytest.param("'; DROP TABLE scim_scimuser; --", id="SQL"),
        pytest.param("x" * 512, id="512 characters"),
    ],
)
def test_a_user_name_is_echoed_and_found_as_it_was_sent(provider, name):
    status, made = provider.send("POST", "/Users", {"userName": name})

    assert (status, made["userName"]) == (201, name)
    assert wire.found(provider, f"userName eq {json.dumps(name)}") == [made["id"]]


@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        pytest.param({}, "invalidSyntax", id="empty object"),
        pytest.param({"displayName": "Ada"}, "invalidValue", id="no userName"),
        pytest.param({"userName": ""}, "invalidValue", id="empty userName"),
        pytest.param({"userName": "  \t"}, "invalidValue", id="blank userName"),
        pytest.param({"userName": None}, "invalidValue", id="null userName"),
        pytest.param({"userName": 7}, "invalidValue", id="number"),
        pytest.param({"userName": {"value": "a"}}, "invalidValue", id="object"),
        pytest.param({"userName": "x" * 513}, "invalidValue", id="513 characters"),
        pytest.param({"userName": "a", "externalId": "x" * 513}, "invalidValue", id="long externalId"),
        pytest.param({"userName": "a", "active": "perhaps"}, "invalidValue", id="active as a word"),
        pytest.param({"userName": "a", "active": 2}, "invalidValue", id="active as 2"),
        pytest.param({"userName": "a", "name": "Ada"}, "invalidValue", id="name as text"),
        pytest.param({"userName": "a", "emails": [["a", "b"]]}, "invalidValue", id="a list in a list"),
        pytest.param({"userName": "a", "emails": [{"value": 1}]}, "invalidValue", id="number as e-mail"),
        pytest.param({"userName": "a", "USERNAME": "b"}, "invalidSyntax", id="twice in two cases"),
        pytest.param({"userName": "a", "schemas": [1]}, "invalidSyntax", id="schemas of numbers"),
        pytest.param(
            {"userName": "a", "emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]},
            "invalidValue",
            id="two primaries",
        ),
        pytest.param(
            {"userName": "a", "emails": [{"value": f"{n}@x.example"} for n in range(1001)]},
            "invalidValue",
            id="1,001 e-mails",
        ),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_that_does_not_fit_is_refused_and_changes_nothing(provider, method, body, scim_type):
    person = provider.person("ada")
    before = wire.read(provider, f"/Users/{person}")

    wire.refusal(
        wire.raw(provider, method, "/Users" if method == "POST" else f"/Users/{person}", body), 400, scim_type
    )

    assert wire.read(provider, "/Users")["Resources"] == [before]
    assert wire.events(provider) == ["user.created"]
    assert wire.counts(provider) == (1, 0)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param("True", True, id="text True"),
        pytest.param("false", False, id="text false"),
        pytest.param("FALSE", False, id="text FALSE"),
        pytest.param(0, False, id="0"),
        pytest.param([False], False, id="list of one"),
        pytest.param(None, True, id="null"),
    ],
)
def test_active_is_understood_in_the_forms_that_clients_send(provider, sent, kept):
    status, made = provider.send("POST", "/Users", {"userName": "ada", "active": sent})

    assert (status, made["active"]) == (201, kept)


def test_what_the_server_sets_is_ignored_in_a_body(provider):
    mine = {
        "id": wire.NOBODY,
        "meta": {"version": "x"},
        "groups": [{"value": wire.NOBODY}],
        "userName": "ada",
    }

    status, made = provider.send("POST", "/Users", mine)
    again = provider.send("PUT", f"/Users/{made['id']}", {**mine, "title": "Countess"})[1]

    assert status == 201
    assert made["id"] == again["id"] != wire.NOBODY
    assert again["meta"]["version"] != "x"
    assert "groups" not in again


def test_unknown_attributes_fail_nothing_and_are_named_in_the_log(provider):
    status, made = provider.send(
        "POST", "/Users", {"userName": "ada", "shoeSize": 9, "urn:x:y": {"a": 1}, "name": {"nick": "A"}}
    )

    assert status == 201
    assert not {"shoeSize", "urn:x:y", "name"} & set(made)
    (note,) = [note for note in wire.logged(provider).notes if "set aside" in note and "attributes" in note]
    assert all(name in note for name in ("shoeSize", "urn:x:y", "name.nick"))


def test_equal_values_of_a_list_are_kept_once(provider):
    emails = [
        {"value": "ada@x.example", "type": "work"},
        {"value": "ADA@x.example", "type": "work", "primary": True},
        {"value": "ada@x.example", "type": "home"},
    ]

    made = provider.send("POST", "/Users", {"userName": "ada", "emails": emails})[1]

    assert [email["type"] for email in made["emails"]] == ["work", "home"]
    assert [email.get("primary") for email in made["emails"]] == [True, None]


def test_put_takes_away_what_it_leaves_out(provider, ada):
    status, after = provider.send("PUT", f"/Users/{ada}", {"userName": "ada", "title": "Lady"})

    assert status == 200
    assert {name for name in after if name not in ("id", "meta", "schemas")} == {
        "userName",
        "title",
        "active",
    }
    assert wire.read(provider, f"/Users/{ada}") == after
    assert wire.found(provider, 'emails.value eq "ada@northwind.example"') == []
    assert wire.found(provider, 'externalId eq "00u1"') == []


@pytest.mark.parametrize("active", [True, False])
def test_put_without_active_brings_nobody_back_and_sends_nobody_away(provider, active):
    person = provider.person("ada", active=active)

    after = provider.send("PUT", f"/Users/{person}", {"userName": "ada"})[1]

    assert after["active"] is active


def test_put_of_the_same_is_no_change(provider, ada):
    before = wire.read(provider, f"/Users/{ada}")

    status, after = provider.send("PUT", f"/Users/{ada}", before)

    assert (status, after) == (200, before)
    assert wire.events(provider) == ["user.created"]


def test_a_name_that_is_taken_cannot_be_taken_by_put(provider, ada):
    other = provider.person("grace")

    wire.refusal(
        wire.raw(provider, "PUT", f"/Users/{other}", {"userName": "ada@northwind.EXAMPLE"}), 409, "uniqueness"
    )

    assert wire.read(provider, f"/Users/{other}")["userName"] == "grace@northwind.example"


def test_a_deleted_person_is_gone_everywhere(provider, ada):
    group = provider.group("Editors", ada)

    response = wire.raw(provider, "DELETE", f"/Users/{ada}")

    assert (response.status_code, response.content) == (204, b"")
    for method, body in [("GET", ""), ("PUT", ADA), ("DELETE", "")]:
        wire.refusal(wire.raw(provider, method, f"/Users/{ada}", body), 404)
    assert wire.patch(provider, f"/Users/{ada}", {"op": "remove", "path": "title"})[0] == 404
    assert wire.read(provider, "/Users")["totalResults"] == 0
    assert wire.found(provider, 'externalId eq "00u1"') == []
    assert wire.members(provider, group) == set()


@pytest.mark.parametrize("name", ["00u1", wire.NOBODY, "%00", "..%2f..", "Users", "é", "0" * 3000])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_id_that_names_nobody_is_404(provider, method, name):
    wire.refusal(wire.raw(provider, method, f"/Users/{name}", ADA if method == "PUT" else ""), 404)


def test_an_id_in_another_writing_shows_the_same_person_under_the_true_id(provider, ada):
    for written in (ada.upper(), ada.replace("-", "")):
        assert wire.read(provider, f"/Users/{written}") == wire.read(provider, f"/Users/{ada}")


def test_each_applied_change_is_kept_with_before_after_and_the_trace_of_its_request(provider):
    created = wire.raw(provider, "POST", "/Users", {"userName": "ada", "title": "Lady"})
    person = json.loads(created.content)["id"]
    replaced = wire.raw(provider, "PUT", f"/Users/{person}", {"userName": "ada", "title": "Countess"})
    deleted = wire.raw(provider, "DELETE", f"/Users/{person}")

    kept = wire.changes(provider)

    assert [change.event for change in kept] == ["user.created", "user.updated", "user.deleted"]
    assert [(change.before or {}).get("title") for change in kept] == [None, "Lady", "Countess"]
    assert [(change.after or {}).get("title") for change in kept] == ["Lady", "Countess", None]
    assert kept[1].delta == [{"path": "title", "before": "Lady", "after": "Countess"}]
    assert [change.trace_id for change in kept] == [
        answer["X-Request-Id"] for answer in (created, replaced, deleted)
    ]
    assert [change.version for change in kept] == [1, 2, 3]
