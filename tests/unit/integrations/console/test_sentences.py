"""What requests and changes did, in one sentence each."""

from __future__ import annotations

import pytest

from integrations.console import sentences
from integrations.delivery.models import Change
from integrations.delivery.queue.change import ChangeEvent
from integrations.traffic.models import RequestLog

WHO = "brand.lead@northwind.example"


def change(event: str, *paths: str, label: str = WHO, added: int = 0, removed: int = 0) -> Change:
    delta = [{"path": path, "before": None, "after": "x"} for path in paths]
    members = {"added": ["id"] * added, "removed": ["id"] * removed}
    return Change(event=event, resource_label=label, delta=delta, members=members)


def log(method: str, path: str, *, query: str = "", status: int = 200, **more: str) -> RequestLog:
    return RequestLog(method=method, path=path, query=query, status=status, duration_ms=1, **more)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (change("user.created", "userName", "active"), f"{WHO} added"),
        (change("user.deactivated", "active"), f"{WHO} deactivated"),
        (change("user.updated", "title"), f"{WHO}: title changed"),
        (change("user.updated", "title", "name.familyName"), f"{WHO}: title and name.familyName changed"),
        (change("user.updated", "emails", "emails"), f"{WHO}: emails changed"),
        (change("user.updated", "title", "locale", "emails"), f"{WHO}: 3 attributes changed"),
        (
            change("user.updated", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"),
            f"{WHO}: department changed",
        ),
        (change("group.created", "displayName", label="Editors", added=2), "Group Editors added"),
        (change("group.members_changed", label="Editors", added=1), "Editors: 1 person added"),
        (change("group.members_changed", label="Editors", removed=2), "Editors: 2 people removed"),
        (
            change("group.members_changed", label="Editors", added=2, removed=1),
            "Editors: 2 people added, 1 person removed",
        ),
    ],
)
def test_a_change_is_told_in_a_sentence(made, sentence):
    assert sentences.of_change(made) == sentence


@pytest.mark.parametrize("event", ChangeEvent)
def test_every_kind_of_change_names_whom_it_is_about(event):
    assert WHO in sentences.of_change(change(event, added=1))


@pytest.mark.parametrize(
    ("request_log", "sentence"),
    [
        (log("GET", "/Users"), "Listed the people"),
        (
            log("GET", "/Users", query='startIndex=1&filter=userName eq "a&b"&count=2'),
            'Looked for people: userName is "a&b"',
        ),
        (
            log("GET", "/Groups", query='filter=displayName eq "Editors"'),
            'Looked for groups: displayName is "Editors"',
        ),
        (log("POST", "/Users/.search"), "Listed the people"),
        (log("POST", "/.search"), "Searched people and groups"),
        (log("GET", "/Users/1f0c", resource_label=WHO), f"Read {WHO}"),
        (log("GET", "/Groups/1f0c", resource_label="Editors"), "Read the group Editors"),
        (log("GET", "/ServiceProviderConfig"), "Asked what the gateway supports"),
        (log("GET", "/Schemas/urn:x"), "Asked for the schemas"),
        (log("GET", "/"), "/"),
        (log("PATCH", "/Users/1f0c", resource_label=WHO), f"{WHO}: nothing to change"),
        (log("GET", "/Users", status=400, problem="It is wrong."), "Refused: It is wrong."),
        (log("GET", "/Users", status=500), "Refused"),
    ],
)
def test_a_request_that_changed_nothing_is_told_in_a_sentence(request_log, sentence):
    assert sentences.of_request(request_log, []) == sentence


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (1, f"{WHO} deleted"),
        (2, f"{WHO} deleted, and 1 more change"),
        (3, f"{WHO} deleted, and 2 more changes"),
    ],
)
def test_a_request_tells_its_first_change_and_how_many_more(number, sentence):
    changes = [change("user.deleted")] * number

    assert sentences.of_request(log("DELETE", "/Users/1f0c", status=204), changes) == sentence
