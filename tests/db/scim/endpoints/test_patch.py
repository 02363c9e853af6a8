"""PATCH on people, in the forms that identity providers send."""

from __future__ import annotations

from typing import Any

import pytest

from tests.db.scim import wire

WORK = {"value": "ada@work.example", "type": "work", "primary": True}
HOME = {"value": "ada@home.example", "type": "home"}


@pytest.fixture
def ada(provider) -> str:
    """With a title, a name, two e-mails and a department."""
    person: wire.Json = {
        "userName": "ada@northwind.example",
        "title": "Lady",
        "name": {"givenName": "Ada", "familyName": "Byron"},
        "emails": [WORK, HOME],
        wire.ENTERPRISE: {"department": "Engines"},
    }
    return provider.send("POST", "/Users", person)[1]["id"]


def value(person: wire.Json, *path: Any) -> Any:
    """What stands at the path; None where there is nothing."""
    here: Any = person
    for step in path:
        here = here.get(step) if isinstance(here, dict) else here[step] if step < len(here) else None
        if here is None:
            return None
    return here


@pytest.mark.parametrize(
    ("operation", "path", "expected"),
    [
        pytest.param(
            {"op": "replace", "path": "title", "value": "Countess"}, ("title",), "Countess", id="replace"
        ),
        pytest.param(
            {"op": "REPLACE", "path": "Title", "value": "Countess"}, ("title",), "Countess", id="any case"
        ),
        pytest.param({"Op": "add", "Path": "title", "Value": "C"}, ("title",), "C", id="keys in any case"),
        pytest.param({"op": "add", "path": "nickName", "value": "A"}, ("nickName",), "A", id="add"),
        pytest.param({"op": "remove", "path": "title"}, ("title",), None, id="remove"),
        pytest.param(
            {"op": "remove", "path": "nickName"}, ("nickName",), None, id="remove what is not there"
        ),
        pytest.param({"op": "replace", "path": "title", "value": None}, ("title",), None, id="null clears"),
        pytest.param(
            {"op": "replace", "path": "active", "value": "False"}, ("active",), False, id="Entra ID"
        ),
        pytest.param({"op": "replace", "value": {"active": False}}, ("active",), False, id="Okta"),
        pytest.param({"op": "replace", "value": {"active": "false"}}, ("active",), False, id="OneLogin"),
        pytest.param(
            {"op": "replace", "path": "name.familyName", "value": "King"},
            ("name", "familyName"),
            "King",
            id="part",
        ),
        pytest.param(
            {"op": "replace", "path": "name", "value": {"familyName": "King"}},
            ("name", "givenName"),
            "Ada",
            id="parts that are not named stay",
        ),
        pytest.param(
            {"op": "replace", "value": {"name.familyName": "King"}},
            ("name", "familyName"),
            "King",
            id="dotted key",
        ),
        pytest.param(
            {"op": "add", "path": f"{wire.ENTERPRISE}:department", "value": "Mills"},
            (wire.ENTERPRISE, "department"),
            "Mills",
            id="URN path",
        ),
        pytest.param(
            {"op": "replace", "value": {f"{wire.ENTERPRISE}:department": "Mills"}},
            (wire.ENTERPRISE, "department"),
            "Mills",
            id="URN key",
        ),
        pytest.param(
            {"op": "replace", "value": {wire.ENTERPRISE: {"department": "Mills"}}},
            (wire.ENTERPRISE, "department"),
            "Mills",
            id="extension as an object",
        ),
        pytest.param(
            {"op": "remove", "path": wire.ENTERPRISE}, (wire.ENTERPRISE,), None, id="the whole extension goes"
        ),
        pytest.param(
            {"op": "add", "path": f"{wire.ENTERPRISE}:manager", "value": wire.NOBODY},
            (wire.ENTERPRISE, "manager", "value"),
            wire.NOBODY,
            id="manager as a bare id",
        ),
        pytest.param(
            {"op": "replace", "path": f"{wire.USER}:title", "value": "C"}, ("title",), "C", id="core URN path"
        ),
        pytest.param(
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "x@y.example"},
            ("emails", 0, "value"),
            "x@y.example",
            id="the work address",
        ),
        pytest.param(
            {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+1"},
            ("phoneNumbers", 0),
            {"type": "mobile", "value": "+1"},
            id="created on a miss",
        ),
        pytest.param(
            {"op": "remove", "path": 'emails[type EQ "WORK"]'},
            ("emails", 0, "type"),
            "home",
            id="remove by filter",
        ),
        pytest.param(
            {"op": "remove", "path": "emails", "value": [WORK]},
            ("emails", 0, "type"),
            "home",
            id="remove by value",
        ),
        pytest.param({"op": "remove", "path": "emails"}, ("emails",), None, id="remove all"),
        pytest.param({"op": "add", "path": "emails", "value": [HOME]}, ("emails", 2), None, id="add again"),
        pytest.param(
            {"op": "add", "path": "emails", "value": {"value": "z@z.example"}},
            ("emails", 2, "value"),
            "z@z.example",
            id="add one as an object",
        ),
        pytest.param(
            {"op": "replace", "path": "emails", "value": [HOME]},
            ("emails", 0, "type"),
            "home",
            id="replace all",
        ),
        pytest.param(
            {"op": "replace", "path": "password", "value": "s3cret"}, ("password",), None, id="password"
        ),
        pytest.param({"op": "replace", "value": {"shoeSize": 9}}, ("shoeSize",), None, id="unknown key"),
        pytest.param(
            {"op": "replace", "path": "userName", "value": "ADA"}, ("userName",), "ADA", id="its own name"
        ),
        pytest.param(
            {"op": "replace", "path": " title ", "value": "C"}, ("title",), "C", id="blanks in the path"
        ),
    ],
)
def test_a_person_after_one_operation(provider, ada, operation, path, expected):
    status, answered = wire.patch(provider, f"/Users/{ada}", operation)

    after = wire.read(provider, f"/Users/{ada}")
    assert status == 200
    assert value(after, *path) == expected
    assert answered == after


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        pytest.param({"op": "move", "path": "title", "value": "a"}, "invalidSyntax", id="unknown op"),
        pytest.param({"path": "title", "value": "a"}, "invalidSyntax", id="no op"),
        pytest.param({"op": None, "path": "title"}, "invalidSyntax", id="op null"),
        pytest.param("replace", "invalidSyntax", id="text for an operation"),
        pytest.param({"op": "replace", "path": "title"}, "invalidValue", id="no value"),
        pytest.param({"op": "replace", "path": "title", "value": {}}, "invalidValue", id="object for text"),
        pytest.param({"op": "replace", "path": "title", "value": 5}, "invalidValue", id="number for text"),
        pytest.param(
            {"op": "replace", "path": "active", "value": "no"}, "invalidValue", id="word for active"
        ),
        pytest.param({"op": "replace", "path": 5, "value": "a"}, "invalidPath", id="number for a path"),
        pytest.param({"op": "replace", "path": "shoeSize", "value": 9}, "invalidPath", id="unknown path"),
        pytest.param({"op": "replace", "path": "title.x", "value": 9}, "invalidPath", id="part of text"),
        pytest.param(
            {"op": "replace", "path": "title[a eq 1]", "value": 9}, "invalidPath", id="filter on text"
        ),
        pytest.param(
            {"op": "replace", "path": 'emails[type eq "work"', "value": "a"}, "invalidPath", id="open"
        ),
        pytest.param(
            {"op": "replace", "path": 'emails[tip eq "work"].value', "value": "a"}, "invalidPath", id="tip"
        ),
        pytest.param(
            {"op": "replace", "path": "urn:x:y:title", "value": "a"}, "invalidPath", id="unknown URN"
        ),
        pytest.param({"op": "remove"}, "noTarget", id="remove without a path"),
        pytest.param({"op": "remove", "path": ""}, "noTarget", id="remove with an empty path"),
        pytest.param({"op": "replace", "value": "a"}, "invalidValue", id="text without a path"),
        pytest.param({"op": "replace", "path": "id", "value": wire.NOBODY}, "mutability", id="id"),
        pytest.param({"op": "remove", "path": "meta"}, "mutability", id="meta"),
        pytest.param(
            {"op": "replace", "path": "meta.created", "value": "x"}, "mutability", id="meta.created"
        ),
        pytest.param({"op": "add", "path": "groups", "value": [{"value": "x"}]}, "mutability", id="groups"),
        pytest.param({"op": "replace", "value": {"id": wire.NOBODY}}, "mutability", id="another id as a key"),
        pytest.param({"op": "remove", "path": "userName"}, "mutability", id="remove userName"),
        pytest.param({"op": "replace", "path": "userName", "value": None}, "mutability", id="userName null"),
        pytest.param(
            {"op": "replace", "path": "userName", "value": " "}, "invalidValue", id="userName blank"
        ),
        pytest.param(
            {"op": "replace", "path": "userName", "value": "x" * 513}, "invalidValue", id="too long"
        ),
        pytest.param(
            {"op": "add", "path": "emails", "value": [5]}, "invalidValue", id="number for an e-mail"
        ),
        pytest.param(
            {"op": "remove", "path": "emails", "value": [{}]}, "invalidValue", id="remove nothing said"
        ),
        pytest.param(
            {"op": "add", "path": f'emails[type eq "{"t" * 3000}"].value', "value": "a@a.example"},
            "invalidValue",
            id="too long in a filter",
        ),
    ],
)
def test_an_operation_that_is_not_understood_changes_nothing(provider, ada, operation, scim_type):
    before = wire.read(provider, f"/Users/{ada}")
    good = {"op": "replace", "path": "nickName", "value": "A"}

    response = wire.raw(provider, "PATCH", f"/Users/{ada}", {"Operations": [good, operation]})

    detail = wire.refusal(response, 400, scim_type)
    row = wire.logged(provider)
    assert (row.status, row.trace_id) == (400, response["X-Request-Id"])
    assert row.problem
    assert detail.startswith(row.problem)
    assert wire.read(provider, f"/Users/{ada}") == before


@pytest.mark.parametrize(
    "body",
    [
        {"schemas": [wire.PATCH_OP]},
        {"Operations": []},
        {"Operations": None},
        {"Operations": {"op": "remove", "path": "title"}},
        {"Operations": "remove"},
    ],
    ids=["missing", "empty", "null", "one object", "text"],
)
def test_a_patch_takes_a_list_of_operations(provider, ada, body):
    wire.refusal(wire.raw(provider, "PATCH", f"/Users/{ada}", body), 400, "invalidSyntax")


def test_a_filter_that_describes_nobody_has_no_target(provider, ada):
    operation = {"op": "replace", "path": 'emails[value sw "nobody"].type', "value": "other"}

    response = wire.raw(provider, "PATCH", f"/Users/{ada}", {"Operations": [operation]})

    wire.refusal(response, 400, "noTarget")


def test_a_new_primary_takes_the_place_of_the_old(provider, ada):
    wire.patch(
        provider, f"/Users/{ada}", {"op": "add", "path": "emails", "value": [{**HOME, "primary": True}]}
    )

    primaries = [
        email["value"] for email in wire.read(provider, f"/Users/{ada}")["emails"] if email.get("primary")
    ]
    assert primaries == [HOME["value"]]


@pytest.mark.parametrize("kind", ["add", "replace"])
def test_two_new_primaries_are_refused(provider, ada, kind):
    two = [{"value": "a@a.example", "primary": True}, {"value": "b@b.example", "primary": "true"}]

    status, body = wire.patch(provider, f"/Users/{ada}", {"op": kind, "path": "emails", "value": two})

    assert (status, body["scimType"]) == (400, "invalidValue")


def test_the_id_that_a_client_repeats_does_no_harm(provider, ada):
    status, after = wire.patch(
        provider,
        f"/Users/{ada}",
        {
            "op": "replace",
            "value": {"id": ada, "schemas": [wire.USER], "meta": {}, "groups": [], "title": "C"},
        },
    )

    assert (status, after["title"]) == (200, "C")


def test_nothing_new_is_no_change(provider, ada):
    before = wire.read(provider, f"/Users/{ada}")

    status, after = wire.patch(
        provider,
        f"/Users/{ada}",
        {"op": "replace", "path": "title", "value": "Lady"},
        {"op": "remove", "path": "nickName"},
        {"op": "add", "path": "emails", "value": [WORK]},
    )

    assert (status, after) == (200, before)
    assert wire.events(provider) == ["user.created"]


def test_filters_find_what_a_patch_left(provider, ada):
    wire.patch(
        provider,
        f"/Users/{ada}",
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "new@work.example"},
        {"op": "replace", "path": "userName", "value": "countess"},
        {"op": "add", "path": "externalId", "value": "00u9"},
    )

    assert wire.found(provider, 'emails.value eq "NEW@work.example"') == [ada]
    assert wire.found(provider, 'emails eq "ada@work.example"') == []
    assert wire.found(provider, 'userName eq "Countess"') == [ada]
    assert wire.found(provider, 'userName sw "ada"') == []
    assert wire.found(provider, 'externalId eq "00u9"') == [ada]


def test_a_name_that_is_taken_is_refused_and_the_rest_of_the_patch_with_it(provider, ada):
    provider.person("grace")

    status, body = wire.patch(
        provider,
        f"/Users/{ada}",
        {"op": "replace", "value": {"title": "X", "userName": "GRACE@northwind.example"}},
    )

    assert (status, body["scimType"]) == (409, "uniqueness")
    assert wire.read(provider, f"/Users/{ada}")["title"] == "Lady"


@pytest.mark.parametrize(
    ("active", "event"), [(False, "user.deactivated"), (True, "user.reactivated")], ids=["leaves", "returns"]
)
def test_leaving_and_returning_have_events_of_their_own(provider, active, event):
    person = provider.person("ada", active=not active)

    wire.patch(provider, f"/Users/{person}", {"op": "replace", "path": "active", "value": active})

    last = wire.changes(provider)[-1]
    assert (last.event, last.delta) == (event, [{"path": "active", "before": not active, "after": active}])
    assert last.actor.startswith("Okta")


@pytest.mark.parametrize(
    ("agent", "name"), [("Okta SCIM Client 1.0.0", "Okta"), ("curl/8", "The identity provider")]
)
def test_a_quirk_is_explained_with_the_name_of_who_sent_it(provider, ada, agent, name):
    provider.agent = agent

    wire.patch(provider, f"/Users/{ada}", {"op": "Replace", "path": "active", "value": "False"})

    notes = " ".join(wire.logged(provider).notes)
    assert f'{name} sent op "Replace"' in notes
    assert f'{name} sent active as "False"' in notes
