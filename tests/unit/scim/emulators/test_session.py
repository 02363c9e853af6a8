"""A session sends exactly what it is given and says plainly what went wrong."""

from __future__ import annotations

import socket

import pytest

from scim.emulators import session
from scim.emulators.request import Request
from scim.emulators.session import Session, UnexpectedAnswer, Unreachable
from tests.unit.scim.emulators import gateway

SECRET = "the-token-itself"
CREATE = Request("POST", "/Users", headers={"X-Own": "1"}, body={"password": "hunter2", "userName": "Zoë"})


def test_nothing_is_added_but_what_http_needs():
    with gateway.running() as server:
        Session(server.address, SECRET).send(CREATE, 200)

    [sent] = server.sent
    assert sent.headers == {"X-Own": "1", "Authorization": f"Bearer {SECRET}"}
    assert sent.body == CREATE.body


def test_the_query_is_sent_as_it_stands():
    with gateway.running() as server:
        Session(server.address).send(Request("GET", "/Users", "filter=a+eq+%22b%22&"), 200)

    assert server.sent[0].query == "filter=a+eq+%22b%22&"


def test_without_a_token_no_authorization_is_sent():
    with gateway.running() as server:
        Session(server.address).send(Request("GET", "/Users"), 200)

    assert server.sent[0].headers == {}


def test_a_slash_at_the_end_of_the_address_does_not_double():
    with gateway.running() as server:
        Session(f"{server.address}/").send(Request("GET", "/Users"), 200)

    assert server.sent[0].path == "/Users"


def test_another_status_names_request_and_reason_but_no_secret():
    with gateway.running() as server:
        server.will_answer(409, {"detail": "This userName is taken."})

        with pytest.raises(UnexpectedAnswer) as raised:
            Session(server.address, SECRET).send(CREATE, 201)

    assert str(raised.value) == "POST /Users was answered 409: This userName is taken."
    assert raised.value.status == 409


def test_neither_token_nor_body_shows_when_printed():
    assert SECRET not in repr(Session("http://127.0.0.1", SECRET))
    assert "hunter2" not in repr(CREATE)


def test_a_redirect_is_an_answer_like_any_other():
    with gateway.running() as server:
        server.will_answer(302)

        with pytest.raises(UnexpectedAnswer, match="answered 302"):
            Session(server.address, SECRET).send(CREATE, 200)

    assert len(server.sent) == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"<html>", "not JSON"), (b"[1]", "not a JSON object"), (b"[" * 100_000, "not JSON")],
    ids=["html", "list", "too deep"],
)
def test_an_answer_that_is_no_json_object_is_refused(content: bytes, problem: str):
    with gateway.running() as server:
        server.answers.append((200, content))

        with pytest.raises(UnexpectedAnswer, match=problem):
            Session(server.address).send(CREATE, 200)


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(session, "LONGEST_ANSWER", 10)
    with gateway.running() as server:
        server.answers.append((200, b" " * 11))

        with pytest.raises(UnexpectedAnswer, match="longer than 10 bytes"):
            Session(server.address).send(CREATE, 200)


def test_an_address_where_nothing_listens_is_unreachable():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"

        with pytest.raises(Unreachable, match="POST /Users got no answer"):
            Session(address, SECRET).send(CREATE, 200)
