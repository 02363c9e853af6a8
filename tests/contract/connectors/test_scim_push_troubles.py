"""Apps that say no, take too long, or end the connection: what becomes of the order."""

from __future__ import annotations

import base64
import json
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integrations.delivery.connector import (
    Context,
    Done,
    Failed,
    Intent,
    Kind,
    LaneLostError,
    Order,
    Person,
    Retry,
)
from integrations.delivery.connectors.scim_push.connector import ScimPush
from integrations.kit import outbound_wire
from tests import targets
from tests.targets import Behave

pytestmark = pytest.mark.usefixtures("loopback")
ADA = Person(
    id="p-1",
    user_name="ada@northwind.example",
    data={"userName": "ada@northwind.example", "title": "Countess"},
)
SECRET = "sesame-open"


def order(intent: Intent = Intent.CREATE, person: Person = ADA, **more: Any) -> Order:
    return Order(intent, key="k.1", sequence=1, person=person, **more)


def connector(url: str, **settings: Any) -> ScimPush:
    values = {"base_url": url, "sign_in": "bearer", **settings}
    return ScimPush(Context(settings=values, secrets={"token": SECRET}, integration_id="i-1"))


def app(answers: Callable[[str, str], tuple[int, Any] | bytes | None]) -> Behave:
    """An app that knows what its SCIM can; of all else `answers` says (status, body), raw bytes, or None to
    end the connection."""

    def behave(connection: socket.socket, request: bytes) -> bool:
        method, path, _version = request.split(b"\r\n", 1)[0].decode().split(" ")
        known = path.startswith(("/ServiceProviderConfig", "/ResourceTypes", "/Schemas"))
        found = (404, {}) if known else answers(method, path)
        if found is None:
            return False
        if isinstance(found, tuple):
            status, body = found
            text = b"" if body is None else json.dumps(body).encode()
            found = targets.answer(text, status=f"{status} Said")
        connection.sendall(found)
        return True

    return behave


def nobody(method: str, path: str) -> tuple[int, Any] | None:
    return (200, {"Resources": [], "totalResults": 0}) if method == "GET" else None


def saying(status: int, body: Any = None, headers: str = "") -> Behave:
    """Finds nobody, and answers every write with this."""
    text = json.dumps(body or {}).encode()
    whole = targets.answer(text, status=f"{status} Said", headers=headers)
    return app(lambda method, path: nobody(method, path) or whole)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.INVALID), (401, Kind.AUTH), (402, Kind.LICENCE), (403, Kind.PERMISSION),
        (404, Kind.NOT_FOUND), (409, Kind.CONFLICT), (410, Kind.GONE), (413, Kind.INVALID),
        (422, Kind.INVALID), (501, Kind.INVALID),
    ],
)  # fmt: skip
def test_a_no_is_told_with_what_to_do(status, kind):
    with targets.serving(saying(status, {"detail": "The seat limit is reached."})) as server:
        push = connector(server.url)
        outcome = push.carry(order())
        push.close()

    assert isinstance(outcome, Failed)
    assert (outcome.kind, outcome.status) == (kind, status)
    assert outcome.reason.endswith("It says: The seat limit is reached.")
    assert outcome.fix


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_an_app_that_asks_for_patience_gets_it(status):
    with targets.serving(saying(status, headers="Retry-After: 17\r\n")) as server:
        push = connector(server.url)
        outcome = push.carry(order())
        push.close()

    assert isinstance(outcome, Retry)
    assert (outcome.of_app, outcome.after, outcome.status) == (True, timedelta(seconds=17), status)


def test_a_long_detail_is_cut_and_holds_no_secret():
    detail = f"Bearer {SECRET} " + "x" * 5000
    with targets.serving(saying(400, {"detail": detail})) as server:
        push = connector(server.url)
        outcome = push.carry(order())
        push.close()

    assert isinstance(outcome, Failed)
    assert len(outcome.reason) < 400
    assert SECRET not in outcome.reason + repr(push.context.exchanges)


def test_a_redirect_is_not_followed():
    moved = targets.answer(b"", status="301 Moved", headers="Location: https://new.example/scim\r\n")
    with targets.serving(targets.answering(moved)) as server:
        push = connector(server.url)
        outcome = push.carry(order())
        push.close()

    assert outcome == Failed(
        Kind.GONE,
        "The address moved to https://new.example/scim (301).",
        "Enter the new address in the delivery settings.",
        301,
    )
    assert len(server.requests) == 1


def test_what_is_not_scim_is_called_so():
    with targets.serving(targets.answering(targets.answer(b"<html>Sign in</html>"))) as server:
        push = connector(server.url)
        outcome = push.carry(order())
        findings = push.test()
        push.close()

    assert isinstance(outcome, Failed)
    assert outcome.reason == "What answered is not SCIM (200)."
    assert [one.ok for one in findings] == [False]


@pytest.mark.parametrize("ref", ["", "x" * 600, "a\0b"])
def test_an_id_that_cannot_be_kept_is_told(ref):
    found = {"Resources": [{"id": ref, "userName": ADA.user_name}], "totalResults": 1}
    with targets.serving(app(lambda method, path: (200 if method == "GET" else 201, found))) as server:
        push = connector(server.url, leaves_groups=True)
        outcome = push.carry(order())
        push.close()

    assert isinstance(outcome, Failed | Retry)


def test_no_answer_in_time_is_looked_at_before_it_is_tried_again(monkeypatch):
    monkeypatch.setattr(outbound_wire, "WHOLE_S", 1.0)
    made: list[Any] = []

    def answers(method: str, path: str) -> Any:
        if method == "POST":
            made.append({"id": "u-1", "userName": ADA.user_name, "title": "Countess", "externalId": "p-1"})
            time.sleep(1.5)
            return None
        return 200, {"Resources": made if "externalId" in path else [], "totalResults": len(made)}

    with targets.serving(app(answers)) as server:
        push = connector(server.url, leaves_groups=True)
        first = push.carry(order())
        second = push.carry(order(is_repeat=True))
        push.close()

    assert isinstance(first, Retry)
    assert first.timed_out
    assert isinstance(second, Done)
    assert (second.ref, second.already, len(made)) == ("u-1", True, 1)


def test_a_dropped_connection_is_tried_again():
    with targets.serving(app(nobody)) as server:
        push = connector(server.url)
        outcome = push.carry(order())
        push.close()

    assert isinstance(outcome, Retry)
    assert outcome.of_app
    assert "ended the connection" in outcome.reason


def test_nobody_at_the_address_is_tried_again():
    with targets.serving(app(nobody)) as server:
        url = server.url
    push = connector(url)
    outcome = push.carry(order())
    push.close()

    assert isinstance(outcome, Retry)
    assert "does not answer" in outcome.reason


def test_an_address_that_is_not_allowed_is_a_right_that_is_missing(settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = ()
    push = connector("http://127.0.0.1:1/scim")
    outcome = push.carry(order())
    push.close()

    assert isinstance(outcome, Failed)
    assert outcome.kind is Kind.PERMISSION


def test_a_create_that_the_app_calls_a_conflict_takes_what_is_there():
    shown = {"id": "u-1", "userName": "ADA@northwind.example", "active": True}
    asked: list[str] = []

    def answers(method: str, path: str) -> Any:
        asked.append(method)
        if method == "GET":
            found = [shown] if "POST" in asked and "userName" in path else []
            return 200, {"Resources": found, "totalResults": len(found)}
        return (409, {"scimType": "uniqueness"}) if method == "POST" else (200, shown)

    with targets.serving(app(answers)) as server:
        push = connector(server.url, leaves_groups=True)
        outcome = push.carry(order())
        push.close()

    assert isinstance(outcome, Done)
    assert outcome.ref == "u-1"
    assert asked[-1] == "PATCH"


def test_an_app_that_overlooks_filters_does_not_lend_a_strangers_account():
    stranger = {"id": "u-9", "userName": "stranger@app.example", "active": True}

    def answers(method: str, path: str) -> Any:
        if method == "GET":
            return 200, {"Resources": [stranger], "totalResults": 1}
        return 201, {"id": "u-1", "userName": ADA.user_name}

    with targets.serving(app(answers)) as server:
        push = connector(server.url, leaves_groups=True)
        outcome = push.carry(order())
        push.close()

    assert isinstance(outcome, Done)
    assert outcome.ref == "u-1"


@pytest.mark.parametrize("intent", [Intent.DEACTIVATE, Intent.DELETE, Intent.REVOKE])
def test_who_leaves_and_is_not_there_has_left(intent):
    with targets.serving(app(nobody)) as server:
        push = connector(server.url, leaves_groups=True)
        outcome = push.carry(order(intent))
        push.close()

    assert isinstance(outcome, Done)
    assert outcome.already
    assert not [one for one in server.requests if not one.startswith(b"GET")]


@pytest.mark.parametrize("intent", [Intent.DEACTIVATE, Intent.DELETE, Intent.REVOKE])
def test_who_leaves_and_has_a_namesake_ends_their_own_account_alone(intent):
    theirs = {"id": "u-9", "userName": ADA.user_name, "active": True}

    def answers(method: str, path: str) -> tuple[int, Any]:
        if path.startswith("/Users?"):
            return 200, {"Resources": [theirs], "totalResults": 1}
        return (404, {}) if method == "GET" else (204, None)

    with targets.serving(app(answers)) as server:
        push = connector(server.url, leaves_groups=True, takes_over=True)
        outcome = push.carry(order(intent, replace(ADA, ref="gone", has_namesake=True)))
        push.close()

    assert isinstance(outcome, Done)
    assert outcome.already
    assert not [one for one in server.requests if not one.startswith(b"GET")]


@pytest.mark.parametrize("shown", [{"userName": ADA.user_name}, {"userName": "u9", "externalId": ADA.id}])
def test_an_account_that_is_to_be_left_alone_is_found_by_nobody(shown):
    account = {"id": "u-9", "active": True, **shown}
    who = replace(ADA, not_theirs=frozenset({"u-9"}))

    def answers(_method: str, _path: str) -> tuple[int, Any]:
        return 200, {"Resources": [account], "totalResults": 1}

    with targets.serving(app(answers)) as server:
        push = connector(server.url, leaves_groups=True, takes_over=True)
        stays = push.carry(order(Intent.CREATE, who))
        leaves = push.carry(Order(Intent.REVOKE, "k.2", 2, person=who, is_leaving=True))
        push.close()

    assert isinstance(stays, Failed)
    assert stays.kind is Kind.CONFLICT
    assert "decided under Sync that it is to be left alone" in stays.reason
    assert isinstance(leaves, Done)
    assert leaves.already
    assert not [one for one in server.requests if not one.startswith(b"GET")]


def test_nothing_is_sent_by_who_has_lost_the_lane():
    def lost() -> None:
        raise LaneLostError

    with targets.serving(app(nobody)) as server:
        push = connector(server.url)
        push.context.check = lost
        with pytest.raises(LaneLostError):
            push.carry(order())
        push.close()

    assert not [one for one in server.requests if not one.startswith(b"GET")]


def test_what_is_kept_of_a_call_holds_no_credential():
    person = Person(id="p-1", user_name="ada", data={"userName": "ada", "password": "hunter2 hunter2"})
    with targets.serving(saying(201, {"id": "u-1", "userName": "ada", "token": "t-123456"})) as server:
        push = connector(server.url, sign_in="basic", user_name="root")
        push.context.secrets = {"password": SECRET}
        push.carry(order(person=person))
        push.close()

    kept = repr(push.context.exchanges)
    assert "POST /Users" in kept
    assert not [secret for secret in (SECRET, "hunter2", "t-123456", "Basic ") if secret in kept]
    assert b"hunter2" not in b"".join(server.requests)
    assert b"Authorization: Basic " in server.requests[0]


def test_a_credential_that_the_app_says_back_is_shown_to_nobody():
    said: list[str] = []

    def echo(connection: socket.socket, request: bytes) -> bool:
        credential = request.decode().partition("Authorization: Basic ")[2].partition("\r\n")[0]
        said.append(credential)
        detail = json.dumps({"detail": f"{credential} {SECRET} is wrong", SECRET: 1}).encode()
        connection.sendall(targets.answer(detail, status="403 X", headers=f"X-Sent: {SECRET}\r\n"))
        return True

    with targets.serving(echo) as server:
        push = connector(server.url, sign_in="basic", user_name="root")
        push.context.secrets = {"password": SECRET}
        shown = repr([push.carry(order()), push.test(), push.context.exchanges])
        push.close()

    assert said[0] == base64.b64encode(f"root:{SECRET}".encode()).decode()
    assert " is wrong" in shown
    assert not [secret for secret in (SECRET, said[0]) if secret in shown]
