"""Apps that answer nonsense, and people whose values are meant to break out."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from integrations.delivery.connector import Done, Intent, Kind, Retry, TransientError
from tests.contract.connectors import scripted
from tests.contract.connectors.sample import ADA, order
from tests.contract.connectors.scripted import SECRET, Asked, always, connected, recipe

THERE = {"id": "7", "login": ADA.user_name, "on": True, "roles": ["editor"], "department": "Research"}


@pytest.fixture(autouse=True)
def _loopback(settings):
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PROXY = [ip_network("127.0.0.0/8")], ""


def outcome_of(status: int, body: Any, headers: dict[str, str] | None = None) -> Any:
    """What becomes of a create when the search is answered so."""
    with (
        scripted.running(lambda _asked: (status, body, headers or {})) as app,
        connected(recipe(), app) as rest,
    ):
        return rest.carry(order(Intent.CREATE))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>Down for maintenance</html>", "The app's answer is not JSON."),
        (b"[" * 50_000 + b"]" * 50_000, "The app's answer is nested too deep."),
        (b'{"users": ' + b"9" * 5000 + b"}", "The app's answer is not JSON."),
        (b"\xff\xfe\x00", "The app's answer is not JSON."),
        (b"", "The app's answer has no list at /users."),
        ({"users": {"id": 7}}, "The app's answer has no list at /users."),
        ([THERE], "The app's answer has no list at /users."),
        ("users", "The app's answer has no list at /users."),
        (b" " * (4 * 1024 * 1024 + 1), "The answer of 127.0.0.1 is longer than 4096 KiB."),
    ],
    ids=["html", "deep", "huge number", "no utf-8", "empty", "no list", "list", "text", "long"],
)
def test_an_answer_that_is_not_understood_is_the_apps_trouble(body, words):
    assert outcome_of(200, body) == Retry(words, status=outcome_of(200, body).status)


@pytest.mark.parametrize(
    "item",
    [
        None,
        7,
        "x",
        {},
        {"id": {"a": 1}},
        {"id": True},
        {**THERE, "roles": {"a": 1}},
        {**THERE, "roles": [[]]},
    ],
)
def test_an_account_of_another_shape_is_that_persons_trouble(item):
    outcome = outcome_of(200, {"users": [item]})

    assert isinstance(outcome, Retry)
    assert not outcome.of_app


def test_a_redirect_is_not_followed():
    headers = {"Location": "https://evil.example/?token=x"}

    outcome = outcome_of(302, b"", headers)

    assert (outcome.kind, outcome.status) == (Kind.GONE, 302)
    assert outcome.reason.startswith("The address moved to https://evil.example/")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Kind.INVALID),
        (401, Kind.AUTH),
        (402, Kind.LICENCE),
        (403, Kind.PERMISSION),
        (409, Kind.CONFLICT),
        (410, Kind.GONE),
        (422, Kind.INVALID),
    ],
)
def test_every_status_has_its_kind(status, kind):
    outcome = outcome_of(status, {"message": "No."})

    assert (outcome.kind, outcome.status) == (kind, status)
    assert outcome.reason == f"The app answered {status} to “find.user_name”: No."
    assert outcome.fix


@pytest.mark.parametrize(
    ("header", "after"),
    [
        ("120", timedelta(seconds=120)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta()),
        ("soon", None),
        ("-5", None),
        # Cut to an hour where it is written down.
        ("9" * 50, timedelta(seconds=999_999_999)),
        ("", None),
    ],
)
def test_patience_that_is_asked_for(header, after):
    outcome = outcome_of(503, {}, {"Retry-After": header})

    assert (outcome.of_app, outcome.after, outcome.status) == (True, after, 503)


def test_an_apps_sentence_is_one_line_and_short():
    outcome = outcome_of(400, {"message": "a\u202e\x07\n" + "b" * 5000})

    words = outcome.reason.partition(": ")[2]
    assert words.startswith("a bbb")
    assert len(words) == 300


def test_a_secret_that_the_app_says_back_is_not_kept():
    def echo(asked: Asked) -> tuple[Any, ...]:
        return 400, {"message": f"You sent {asked.headers['authorization']} {SECRET}"}

    with scripted.running(echo) as app, connected(recipe(), app) as rest:
        outcome = rest.carry(order(Intent.CREATE))
        kept = json.dumps([dataclasses.asdict(one) for one in rest.context.exchanges])

    assert app.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert SECRET not in kept
    assert SECRET not in outcome.reason


def test_a_create_with_an_endless_answer_is_looked_after():
    made: list[dict[str, Any]] = []

    def says(asked: Asked) -> tuple[Any, ...]:
        if asked.method == "GET":
            return 200, {"users": made}
        made.append({**THERE, "roles": ["editor"]})
        return 201, b" " * 100_000

    with scripted.running(says) as app, connected(recipe(), app) as rest:
        outcome = rest.carry(order(Intent.CREATE))

    assert isinstance(outcome, Done)
    assert outcome.ref == "7"
    assert [asked.method for asked in app.asked] == ["GET", "POST", "GET"]


def test_hostile_names_stay_in_their_place():
    evil = dataclasses.replace(
        ADA,
        user_name="x",
        attributes={"user_name": "../../admin?all=1#x\r\nX-Evil: 1", "department": '"}, "admin": true, {"'},
    )

    def says(asked: Asked) -> tuple[Any, ...]:
        return (
            (200, {"users": []}) if asked.method == "GET" else (201, {**THERE, "login": asked.body["login"]})
        )

    with scripted.running(says) as app, connected(recipe(), app) as rest:
        rest.carry(order(Intent.CREATE, evil))

    assert app.asked[0].target == "/users?q=..%2F..%2Fadmin%3Fall%3D1%23x%0D%0AX-Evil%3A%201"
    assert not any("x-evil" in asked.headers for asked in app.asked)
    assert app.asked[1].body == {"login": "../../admin?all=1#x\r\nX-Evil: 1"}
    assert app.asked[3].body["department"] == '"}, "admin": true, {"'


@pytest.mark.parametrize("ref", [".", ".."])
def test_an_id_that_would_lead_elsewhere_is_refused(ref):
    with (
        scripted.running(always({"users": [{**THERE, "id": ref, "department": "Other"}]})) as app,
        connected(recipe(), app) as rest,
    ):
        outcome = rest.carry(order(Intent.UPDATE))

    assert (outcome.kind, outcome.reason) == (Kind.INVALID, "A value of . or .. cannot stand in a path.")
    assert [asked.method for asked in app.asked] == ["GET"]


def test_no_line_break_enters_a_header():
    with_header = recipe(headers={})
    with_header["requests"]["find"]["user_name"]["headers"] = {"X-For": "{{ person.user_name }}"}
    evil = dataclasses.replace(ADA, attributes={**ADA.attributes, "user_name": "a\r\nX-Evil: 1"})

    with scripted.running(lambda _asked: (200, {"users": []})) as app, connected(with_header, app) as rest:
        outcome = rest.carry(order(Intent.CREATE, evil))

    assert outcome.kind is Kind.INVALID
    assert app.asked == []


def test_a_link_to_another_place_never_gets_the_credential():
    listed = recipe(requests={"list": {"path": "/users", "items": "/users", "paging": {"kind": "link"}}})
    link = {"Link": '<https://evil.example/users>; rel="next"'}

    with (
        scripted.running(lambda _asked: (200, {"users": [THERE]}, link)) as app,
        connected(listed, app) as rest,
        pytest.raises(TransientError, match="another address"),
    ):
        rest.accounts()

    with (
        scripted.running(lambda _asked: (200, {})) as app,
        connected(listed, app) as rest,
        pytest.raises(TransientError, match="anew"),
    ):
        rest.accounts("1:https://evil.example/users")
    assert app.asked == []
