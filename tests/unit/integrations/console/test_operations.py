"""What a request asked for, in words."""

from __future__ import annotations

import json

import pytest

from integrations.console import operations, sentences
from integrations.traffic.models import RequestLog

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def log(method: str, body: object = None, query: str = "") -> RequestLog:
    return RequestLog(
        method=method, path="/Users/1", query=query, request_body=json.dumps(body) if body else ""
    )


def patch(*sent: object) -> RequestLog:
    return log("PATCH", {"Operations": list(sent)})


@pytest.mark.parametrize(
    ("operation", "lines"),
    [
        (
            {"op": "Replace", "path": "active", "value": False},
            ["Replace active with false"],
        ),
        ({"op": "replace", "value": {"active": False}}, ["Replace active with false"]),
        (
            {"op": "replace", "value": {"title": "Lead", "name.givenName": "Ann"}},
            ['Replace title with "Lead"', 'Replace name.givenName with "Ann"'],
        ),
        ({"op": "Add", "path": "members", "value": [{"value": "1"}, {"value": "2"}]}, ["Add 2 members"]),
        ({"op": "add", "path": "members", "value": {"value": "1"}}, ["Add 1 member"]),
        ({"op": "remove", "path": "members", "value": [{"value": "1"}]}, ["Remove 1 member"]),
        (
            {"op": "replace", "path": "members", "value": [{"value": "1"}]},
            ["Replace the members by 1 member"],
        ),
        ({"op": "remove", "path": "members"}, ["Remove members"]),
        ({"op": "remove", "path": 'members[value eq "1"]'}, ['Remove members[value is "1"]']),
        (
            {"op": "Add", "path": 'emails[type eq "work"].value', "value": "a@x"},
            ['Add "a@x" to emails[type is "work"].value'],
        ),
        ({"op": "remove", "path": "title"}, ["Remove title"]),
        (
            {"op": "add", "path": f"{ENTERPRISE}:department", "value": "x"},
            ['Add "x" to department'],
        ),
        (
            {"op": "add", "path": "roles", "value": [{"value": "a"}, {"value": "b"}]},
            ["Add 2 values to roles"],
        ),
        ({"op": "add", "path": "title", "value": "x" * 200}, [f'Add "{"x" * 79}… to title']),
        ({"op": "move", "path": "title"}, []),
        ("no object", []),
    ],
)
def test_an_operation_is_told_in_words(operation, lines):
    assert operations.of_request(patch(operation)) == lines


def test_many_operations_are_cut():
    lines = operations.of_request(patch(*[{"op": "remove", "path": f"a{n}"} for n in range(25)]))

    assert len(lines) == 21
    assert lines[-1] == "and 5 more"


@pytest.mark.parametrize(
    ("request_log", "lines"),
    [
        (
            log("POST", {"schemas": ["x"], "userName": "a", "title": "b"}),
            ["2 attributes: userName, title"],
        ),
        (log("POST", {"displayName": "G", "members": [{}, {}]}), ["1 attribute: displayName", "2 members"]),
        (log("GET", query='filter=userName eq "a"&count=1'), ['Only those where userName is "a"']),
        (log("PATCH", {"Operations": "none"}), []),
        (RequestLog(method="PATCH", request_body='{"Operations": [\n… 5 characters more'), []),
        (RequestLog(method="POST", request_body="[]"), []),
        (log("DELETE"), []),
    ],
)
def test_a_request_is_told_in_words(request_log, lines):
    assert operations.of_request(request_log) == lines


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('userName eq "a eq b"', 'userName is "a eq b"'),
        ('userName EQ "a" and not (active eq true)', 'userName is "a" and not (active is true)'),
        ('emails[type eq "work" and value co "@x"]', 'emails[type is "work" and value contains "@x"]'),
        ("title pr", "title has a value"),
        ("meta.created gt 1", "meta.created is more than 1"),
        ('name.eq sw "a\\" or b"', 'name.eq begins with "a\\" or b"'),
        ('userName eq "cut', 'userName is "cut'),
    ],
)
def test_a_filter_is_told_in_words(text, words):
    assert sentences.of_filter(text) == words
