"""Every emulator sends what its provider was recorded to send: method, path, query, headers and body."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scim.emulators import registry
from scim.emulators.emulator import GroupEmulator
from scim.emulators.people import Assigned, Pushed
from scim.emulators.session import Session
from tests.unit.scim.emulators import gateway
from tests.unit.scim.emulators.people import ONE, TESTER, TOKEN, TWO

FOLDER = Path(__file__).parents[3] / "contract" / "traffic"
NAMES = {"user_1": "id-1", "user_2": "id-2", "user_3": "id-3", "group_1": "id-g", "test_user": "id-t"}
NAMES |= {"test_group": "id-tg", "token": TOKEN}
# Values that a provider makes up, by what they look like.
MADE_UP = {
    "password": re.compile(r"\{random\}|[\w-]{16}"),
    "externalId": re.compile(r"00u\w{17}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
}
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

FIRST, SECOND, THIRD = Assigned("id-1", ONE), Assigned("id-2", TWO), Assigned("id-3", TWO)
EDITORS = Pushed("id-g", "App Editors")
BOTH_NAMES = {"given_name": "Given-1b", "family_name": "Family-1b"}

Act = Callable[[Any], object]


def updates(**changes: str) -> Act:
    return lambda emulator: emulator.update_person(FIRST, replace(ONE, **changes))


def adds(*members: Assigned) -> Act:
    return lambda emulator: emulator.add_members(EDITORS, members)


def pushes(*members: Assigned) -> Act:
    return lambda emulator: emulator.add_members(emulator.push_group("App Editors"), members)


def checks(emulator: Any) -> None:
    emulator.test_connection()


def creates(emulator: Any) -> None:
    emulator.create_person(ONE)


def deactivates(emulator: Any) -> None:
    emulator.deactivate(FIRST)


def names_group(emulator: Any) -> None:
    emulator.push_group("App Editors")


def removes(emulator: Any) -> None:
    emulator.remove_member(EDITORS, FIRST)


CASES: list[tuple[str, list[str], Act]] = [
    ("okta-oin", ["test_connection"], checks),
    ("okta-oin", ["create_user"], creates),
    ("okta-oin", ["match_existing"], creates),
    (
        "okta-oin",
        ["update_user"],
        updates(given_name="Given-1b", middle_name="Middle-1", display_name="Given-1b Family-1"),
    ),
    ("okta-oin", ["deactivate_user"], deactivates),
    ("okta-oin", ["group_push_create"], names_group),
    ("entra", ["test_connection"], checks),
    ("entra", ["create_user"], creates),
    ("entra", ["reactivate_user"], creates),
    ("entra", ["deactivate_user"], deactivates),
    ("entra", ["group_create"], names_group),
    ("entra", ["group_add_member"], adds(FIRST)),
    ("entra", ["group_add_many"], adds(FIRST, SECOND, THIRD)),
    ("entra", ["group_remove_member"], removes),
    (
        "entra",
        ["update_user"],
        updates(
            **BOTH_NAMES,
            display_name="Given-1b Family-1b",
            email="person.one.b@example.test",
            employee_number="100002",
        ),
    ),
    ("onelogin", ["test_connection"], checks),
    ("onelogin", ["create_user"], creates),
    ("onelogin", ["update_user"], updates(given_name="Given-1b")),
    ("onelogin", ["suspend_user"], deactivates),
    ("onelogin", ["entitlement_refresh", "group_create"], names_group),
    ("onelogin", ["group_add_member"], adds(FIRST)),
    ("onelogin", ["group_remove_member"], removes),
    ("jumpcloud", ["test_connection"], checks),
    ("jumpcloud", ["create_user"], creates),
    ("jumpcloud", ["update_user"], updates(**BOTH_NAMES)),
    ("jumpcloud", ["deactivate_user"], deactivates),
    ("jumpcloud", ["group_create"], names_group),
    ("jumpcloud", ["group_add_member"], adds(FIRST)),
    ("jumpcloud", ["group_remove_member"], removes),
    ("google", ["test_connection"], checks),
    ("google", ["create_user"], creates),
    ("google", ["update_user"], updates()),
    ("google", ["deactivate_user"], deactivates),
    ("authentik", ["test_connection"], checks),
    ("authentik", ["create_user"], creates),
    ("authentik", ["update_user"], deactivates),
    ("authentik", ["group_create"], pushes(FIRST, SECOND)),
    ("authentik", ["group_adopt"], names_group),
    ("authentik", ["group_remove_member"], removes),
]


@pytest.mark.parametrize(
    ("recording", "flows", "act"), CASES, ids=[f"{name}-{'+'.join(flows)}" for name, flows, _ in CASES]
)
def test_an_emulator_sends_what_was_recorded(recording: str, flows: list[str], act: Act):
    recorded = read(recording)
    steps = [step for flow in flows for step in steps_of(recorded, flow)]

    with gateway.running() as server:
        for step in steps:
            server.will_answer(step["expect"]["status"][0], answer_to(step))
        act(registry.load(recorded["idp"])(Session(server.address, TOKEN), TESTER))

    assert [plain(one) for one in server.sent] == [plain(expected(recorded, step)) for step in steps]


def test_okta_names_the_group_with_every_change_of_members():
    rename, add = steps_of(read("okta-oin"), "group_rename") + steps_of(read("okta-oin"), "group_add_member")
    renamed = filled(rename["body"])
    renamed["Operations"][0]["value"]["displayName"] = "App Editors"

    with gateway.running() as server:
        emulator = group_emulator("okta", server)
        emulator.add_members(EDITORS, [FIRST])

    assert [one.body for one in server.sent] == [renamed, filled(add["body"])]


def test_okta_removes_a_member_by_filter_and_leaves_the_others():
    both = steps_of(read("okta-oin"), "group_change_members")[0]

    with gateway.running() as server:
        group_emulator("okta", server).remove_member(EDITORS, FIRST)

    assert server.sent[-1].body["Operations"] == filled(both["body"])["Operations"][:1]


@pytest.mark.parametrize("idp", ["onelogin", "jumpcloud"])
def test_one_request_adds_one_member(idp: str):
    with gateway.running() as server:
        group_emulator(idp, server).add_members(EDITORS, [FIRST, SECOND])

    added = [one.body["Operations"][0]["value"] for one in server.sent]
    assert added == [[{"value": "id-1"}], [{"value": "id-2"}]]


@pytest.mark.parametrize(
    ("idp", "operation"),
    [
        ("jumpcloud", {"op": "replace", "path": "active", "value": True}),
        ("google", {"op": "replace", "value": {"active": True}}),
    ],
)
def test_somebody_who_is_there_is_taken_over(idp: str, operation: dict[str, Any]):
    with gateway.running() as server:
        server.will_answer(200, {"Resources": [{"id": "id-1"}]})
        known = registry.load(idp)(Session(server.address, TOKEN), TESTER).create_person(ONE)

    assert known == FIRST
    assert [one.method for one in server.sent] == ["GET", "PATCH"]
    assert server.sent[1].body["Operations"] == [operation]


def test_onelogin_writes_over_somebody_who_is_there():
    with gateway.running() as server:
        server.will_answer(200, {"Resources": [{"id": "id-1"}]})
        group_emulator("onelogin", server).create_person(ONE)

    assert [(one.method, one.path) for one in server.sent] == [("GET", "/Users"), ("PUT", "/Users/id-1")]


@pytest.mark.parametrize("idp", ["okta", "entra", "onelogin", "jumpcloud"])
def test_a_group_that_is_there_is_taken_over(idp: str):
    with gateway.running() as server:
        server.will_answer(200, {"Resources": [{"id": "id-g", "displayName": "App Editors"}]})
        pushed = group_emulator(idp, server).push_group("App Editors")

    assert pushed == EDITORS
    assert [one.method for one in server.sent] == ["GET"]


@pytest.mark.parametrize("idp", ["entra", "jumpcloud"])
def test_nothing_is_sent_where_nothing_changed(idp: str):
    with gateway.running() as server:
        group_emulator(idp, server).update_person(FIRST, ONE)

    assert server.sent == []


def read(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text())


def group_emulator(idp: str, server: gateway.Gateway) -> GroupEmulator:
    emulator = registry.load(idp)(Session(server.address, TOKEN), TESTER)
    assert isinstance(emulator, GroupEmulator)
    return emulator


def steps_of(recorded: dict[str, Any], flow_id: str) -> list[dict[str, Any]]:
    return next(flow["steps"] for flow in recorded["flows"] if flow["id"] == flow_id)


def answer_to(step: dict[str, Any]) -> Any:
    """A body that fulfils what the step expects."""
    if "list" in step["expect"]:
        found = step["expect"]["list"].get("totalResults", 0)
        user_or_group = NAMES["user_1"] if step["path"] == "/Users" else NAMES["group_1"]
        return {"totalResults": found, "Resources": [{"id": user_or_group}] * found}
    saved = next(iter(step.get("save", {})), None)
    return {"id": NAMES[saved]} if saved else {}


def expected(recorded: dict[str, Any], step: dict[str, Any]) -> gateway.Sent:
    return gateway.Sent(
        step["method"],
        filled(step["path"]),
        step["raw_query"],
        filled(recorded["common_headers"]),
        filled(step.get("body")),
    )


def filled(value: Any) -> Any:
    text = json.dumps(value)
    for name, known in NAMES.items():
        text = text.replace("{" + name + "}", known)
    return json.loads(text)


def plain(sent: gateway.Sent) -> gateway.Sent:
    """The request with the provider's made-up values blanked, where they look as they should."""
    body = dict(sent.body) if sent.body else sent.body
    for name, looks in MADE_UP.items():
        if body and looks.fullmatch(str(body.get(name, ""))):
            body[name] = "made up"
    return replace(sent, query=GUID.sub("guid", sent.query), body=body)
