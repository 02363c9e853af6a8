"""The door: tokens in every state, what the caller is told, and what the console learns."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from integrations import catalog, tokens
from integrations.kit import token_text
from integrations.traffic.models import RefusedToken, RequestLog
from tests import factories
from tests.db import console
from tests.db.scim import wire

_peers = itertools.count(1)


@pytest.fixture
def peer() -> str:
    """An address of its own: strangers are counted by address in the memory of the process."""
    number = next(_peers)
    return f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}"


def causes(provider) -> list[tuple[str, int]]:
    rows = RefusedToken.objects.for_integration(provider.integration).order_by("cause")
    return [(row.cause, row.count) for row in rows]


def wrong_secret(text: str) -> str:
    """Another secret under the same public id, with a true checksum."""
    body = text[: -token_text.CHECKSUM_LENGTH]
    other = body[:-1] + ("a" if body[-1] != "a" else "b")
    return other + token_text.checksum(other)


def unknown() -> str:
    return str(token_text.mint("cgw"))


HEADERS = [
    pytest.param(lambda t: "", "missing", id="no header"),
    pytest.param(lambda t: "   ", "missing", id="blank header"),
    pytest.param(lambda t: "Bearer", "malformed", id="Bearer alone"),
    pytest.param(lambda t: "Basic dXNlcjpwYXNz", "malformed", id="Basic"),
    pytest.param(lambda t: f"Token {t}", "malformed", id="another scheme"),
    pytest.param(lambda t: f"Bearer {t[:-1]}", "malformed", id="one character short"),
    pytest.param(lambda t: f"Bearer {t[:20]}", "malformed", id="truncated"),
    pytest.param(lambda t: f"Bearer {t}x", "malformed", id="one character long"),
    pytest.param(lambda t: f"Bearer {t.swapcase()}", "malformed", id="other case"),
    pytest.param(lambda t: f'Bearer "{t}"', "malformed", id="in quotes"),
    pytest.param(lambda t: f"Bearer Bearer Bearer {t}", "malformed", id="Bearer three times"),
    pytest.param(lambda t: f"Bearer {t}, Bearer {t}", "malformed", id="two tokens"),
    pytest.param(lambda t: "Bearer " + "x" * 5000, "malformed", id="5,000 characters"),
    pytest.param(lambda t: "Bearer ключ", "malformed", id="not ASCII"),
    pytest.param(lambda t: f"Bearer {wrong_secret(t)}", "wrong_secret", id="wrong secret"),
    pytest.param(lambda t: f"Bearer {unknown()}", "unknown", id="unknown token"),
]


@pytest.mark.parametrize(("header", "cause"), HEADERS)
def test_a_token_that_is_no_key_is_401_and_its_cause_is_counted(provider, peer, header, cause):
    text = header(provider.issued.text)

    response = wire.raw(provider, "GET", "/Users", authorization=text, peer=peer)

    detail = wire.refusal(response, 401)
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert causes(provider) == [(cause, 1)]
    assert ("header" in detail) is (cause in ("missing", "malformed"))
    assert provider.issued.token.public_id not in response.content.decode()
    assert not RequestLog.objects.for_integration(provider.integration).exists()


def test_the_caller_cannot_tell_why_a_whole_token_is_refused(provider, stranger, peer, time_machine):
    revoked = console.provider(factories.make_integration(provider.integration.workspace, "Revoked"))
    tokens.revoke(revoked.issued.token, by=factories.OPERATOR)
    issued = factories.make_token(
        factories.make_integration(provider.integration.workspace, "Old"), life=timedelta(hours=1)
    )
    expired = console.provider(issued.token.integration, issued)
    time_machine.move_to(timezone.now() + timedelta(hours=2))

    answers = [
        wire.raw(expired, "GET", "/Users", peer=peer),
        wire.raw(revoked, "GET", "/Users", peer=peer),
        wire.raw(provider, "GET", "/Users", authorization=f"Bearer {stranger.issued.text}", peer=peer),
        wire.raw(provider, "GET", "/Users", authorization=f"Bearer {unknown()}", peer=peer),
        wire.raw(
            provider, "GET", "/Users", authorization=f"Bearer {wrong_secret(provider.issued.text)}", peer=peer
        ),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert (causes(expired), causes(revoked)) == ([("expired", 1)], [("revoked", 1)])
    assert causes(provider) == [("other_integration", 1), ("unknown", 1), ("wrong_secret", 1)]
    assert causes(stranger) == []


def test_a_refused_token_changes_nothing(provider, stranger, peer):
    person = provider.person("ada")
    header = f"Bearer {stranger.issued.text}"

    for method, resource, body in [
        ("POST", "/Users", {"userName": "grace"}),
        ("PUT", f"/Users/{person}", {"userName": "x"}),
        ("PATCH", f"/Users/{person}", {"Operations": [{"op": "remove", "path": "emails"}]}),
        ("DELETE", f"/Users/{person}", ""),
    ]:
        wire.refusal(wire.raw(provider, method, resource, body, authorization=header, peer=peer), 401)

    assert wire.events(provider) == ["user.created"]
    assert causes(provider) == [("other_integration", 4)]


def test_refusals_are_counted_by_minute_with_who_came_last(provider, peer, time_machine):
    time_machine.move_to("2027-01-01T10:00:30Z", tick=False)
    for _ in range(3):
        wire.raw(provider, "GET", "/Users?count=1", authorization="", peer=peer)
    time_machine.move_to("2027-01-01T10:01:00Z", tick=False)
    wire.raw(provider, "DELETE", "/Groups/x", authorization="", peer=peer)

    rows = RefusedToken.objects.for_integration(provider.integration).order_by("minute")
    assert [(row.minute.minute, row.count) for row in rows] == [(0, 3), (1, 1)]
    assert rows[0].last_ip == peer
    assert rows[0].last_user_agent == provider.agent
    assert rows[0].last_request.startswith("GET /scim/v2/")
    assert rows[1].last_request.startswith("DELETE")


@pytest.mark.parametrize(
    ("form", "word"),
    [
        pytest.param("{}", "missing", id="Bearer missing"),
        pytest.param("Bearer Bearer {}", "twice", id="Bearer doubled"),
        pytest.param("bearer BEARER {}", "twice", id="doubled in two cases"),
    ],
)
def test_a_slip_with_bearer_is_let_through_and_noted(provider, form, word):
    response = wire.raw(provider, "GET", "/Users", authorization=form.format(provider.issued.text))

    assert response.status_code == 200
    assert any("Bearer" in note and word in note for note in wire.logged(provider).notes)


@pytest.mark.parametrize("form", ["bearer {}", "BEARER   {}", "  Bearer {}  "])
def test_case_and_blanks_around_bearer_are_nothing_to_note(provider, form):
    response = wire.raw(provider, "GET", "/Users", authorization=form.format(provider.issued.text))

    assert (response.status_code, wire.logged(provider).notes) == (200, [])


def test_a_token_in_the_query_is_no_key_and_is_not_kept(provider, peer):
    text = provider.issued.text

    wire.refusal(
        wire.raw(provider, "GET", f"/Users?access_token={text}&token={text}", authorization="", peer=peer),
        401,
    )
    wire.read(provider, f"/Users?access_token={text}")

    assert text not in wire.logged(provider).query
    row = RefusedToken.objects.for_integration(provider.integration).get()
    assert text not in row.last_request


@pytest.mark.parametrize(
    ("method", "resource"),
    [
        ("GET", "/Users"),
        ("POST", "/Users"),
        ("GET", "/Nobody"),
        ("GET", "/Schemas"),
        ("BREW", "/Users"),
        ("GET", ""),
    ],
)
def test_without_a_token_every_address_answers_401_alike(provider, peer, method, resource):
    wire.refusal(wire.raw(provider, method, resource, "{", authorization="", peer=peer), 401)


def test_an_address_that_is_nobodys_answers_as_a_wrong_token(provider, peer):
    header = {"authorization": f"Bearer {provider.issued.text}"}
    answers = [
        provider.client.get(f"/scim/v2/{where}/Users", headers=header, REMOTE_ADDR=peer)
        for where in (wire.NOBODY, "nobody", "%00", "null")
    ]

    for answer in answers:
        wire.refusal(answer, 401)
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_archived_integration_answers_403_with_a_clear_word_until_it_is_restored(provider, method):
    body = {"userName": "ada"} if method == "POST" else ""
    catalog.archive(provider.integration, by=factories.OPERATOR)

    refused = wire.raw(provider, method, "/Users", body)
    row = wire.logged(provider)
    provider.integration.refresh_from_db()
    catalog.restore(provider.integration, by=factories.OPERATOR)

    assert "archived" in wire.refusal(refused, 403)
    assert (row.status, "archived" in row.problem, bool(row.remedy)) == (403, True, True)
    assert wire.raw(provider, method, "/Users", body).status_code in (200, 201)


def test_both_tokens_work_while_one_replaces_the_other(provider):
    old = provider.issued.text
    young = tokens.rotate(provider.integration, by=factories.OPERATOR, overlap=timedelta(hours=1))

    answers = [provider.send("GET", "/Users", token=text)[0] for text in (old, young.text, old)]

    assert answers == [200, 200, 200]


def test_a_revoked_token_is_refused_on_the_next_request(provider, peer):
    assert provider.send("GET", "/Users")[0] == 200

    tokens.revoke(provider.issued.token, by=factories.OPERATOR)

    wire.refusal(wire.raw(provider, "GET", "/Users", peer=peer), 401)


def test_each_request_is_kept_with_what_a_person_needs(provider):
    response = wire.raw(provider, "POST", "/Users", {"userName": "ada"}, X_Request_Id="caller-1")

    row = wire.logged(provider)
    body = json.loads(response.content)
    assert (row.method, row.path, row.status, row.idp) == ("POST", "/Users", 201, "okta")
    assert (row.trace_id, row.caller_trace) == (response["X-Request-Id"], "caller-1")
    assert (str(row.resource_id), row.resource_label) == (body["id"], "ada")
    assert json.loads(row.request_body) == {"userName": "ada"}
    assert json.loads(row.response_body)["id"] == body["id"]
    assert row.token == provider.issued.token.shown_name
    assert provider.issued.text not in row.request_body + row.response_body + row.user_agent
