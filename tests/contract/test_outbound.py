"""Calls into apps that answer, answer badly, or not at all: real servers here, only DNS is ours."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest

from integrations.kit import outbound
from integrations.kit import outbound_wire as wire
from tests import targets

LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]


@pytest.fixture(autouse=True)
def _networks(settings):
    settings.OUTBOUND_ALLOWED_NETWORKS, settings.OUTBOUND_PROXY = LOOPBACK, ""


@pytest.fixture
def hurry(monkeypatch):
    """A call may take as long as half a second."""
    monkeypatch.setattr(wire, "WHOLE_S", 0.5)


def hanging(hang: threading.Event) -> Callable[..., list[object]]:
    def look_up(*_question: object) -> list[object]:
        hang.wait(5)
        return []

    return look_up


def end_look_ups(hang: threading.Event) -> None:
    hang.set()
    for thread in threading.enumerate():
        if thread.name == "look-up":
            thread.join(timeout=10)


def test_a_call_brings_the_whole_answer(settings):
    body = b'{"id": 7}'
    whole = targets.answer(
        body, status="201 Created", headers="Retry-After: 7\r\nX-Twice: a\r\nX-Twice: b\r\n"
    )
    with targets.serving(targets.answering(whole)) as target:
        answer = outbound.call(
            "POST", f"{target.url}/users?a=1#b", headers={"Authorization": "Bearer x"}, body=b"{}"
        )

    assert (answer.status, answer.body) == (201, body)
    assert (answer.headers["retry-after"], answer.headers["x-twice"]) == ("7", "a, b")
    assert 0 <= answer.elapsed_ms < 5000
    (request,) = target.requests
    lines = request.lower().split(b"\r\n")
    assert request.startswith(b"POST /users?a=1 HTTP/1.1\r\n")
    assert request.endswith(b"\r\n\r\n{}")
    assert {b"authorization: bearer x", b"accept-encoding: identity", b"content-length: 2"} <= set(lines)
    assert f"user-agent: cerby-gateway/{settings.VERSION}".encode() in lines


def test_a_redirect_is_an_answer_and_is_not_followed():
    moved = targets.answer(b"", status="302 Found", headers="Location: http://169.254.169.254/latest\r\n")
    with targets.serving(targets.answering(moved)) as target:
        answer = outbound.call("GET", target.url)

    assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/latest")
    assert len(target.requests) == 1


def test_a_redirect_that_no_address_is_stays_an_answer():
    with targets.serving(
        targets.answering(targets.answer(b"", status="307 X", headers="Location: http://[\r\n"))
    ) as target:
        assert outbound.call("GET", target.url).status == 307


def test_one_client_keeps_its_connection_and_no_cookie():
    cookie = targets.answer(headers="Set-Cookie: session=1; Path=/\r\n")
    with targets.serving(targets.answering(cookie)) as target, outbound.Client() as client:
        for _time in range(3):
            client.call("GET", target.url)

        assert len(target.connections) == 1
    assert len(target.requests) == 3
    assert b"cookie" not in b"".join(target.requests).lower()


def test_a_connection_that_the_app_ended_meanwhile_is_not_used_again():
    def once(connection: socket.socket, _request: bytes) -> bool:
        connection.sendall(targets.answer())
        return False

    with targets.serving(once) as target, outbound.Client() as client:
        for _time in range(2):
            assert client.call("GET", target.url).status == 200
            time.sleep(0.1)

    assert len(target.connections) == 2


def test_several_threads_may_share_a_client():
    def echo(connection: socket.socket, request: bytes) -> bool:
        time.sleep(0.01)
        connection.sendall(targets.answer(request.split(b" ")[1]))
        return True

    with targets.serving(echo) as target, outbound.Client() as client, ThreadPoolExecutor(8) as threads:
        paths = [f"/{number}" for number in range(40)]
        answers = list(threads.map(lambda path: client.call("GET", target.url + path), paths))

    assert [answer.body.decode() for answer in answers] == paths


def test_an_answer_without_end_is_cut_off_at_the_limit():
    def endless(connection: socket.socket, _request: bytes) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 10_000)

    with (
        targets.serving(endless) as target,
        pytest.raises(outbound.TooLarge, match="longer than 64 KiB") as no,
    ):
        outbound.call("GET", target.url)

    assert no.value.status == 200


def test_a_longer_answer_is_read_where_it_is_expected():
    with targets.serving(targets.answering(targets.answer(b"x" * 3_000_000))) as target:
        answer = outbound.call("GET", target.url, limit=4 * 1024 * 1024)
        with pytest.raises(outbound.TooLarge):
            outbound.call("GET", target.url, limit=2_999_999)

    assert len(answer.body) == 3_000_000


def test_no_limit_goes_beyond_four_mebibytes():
    long = targets.answering(targets.answer(b"x" * 4_194_305))
    with targets.serving(long) as target, pytest.raises(outbound.TooLarge, match="longer than 4096 KiB"):
        outbound.call("GET", target.url, limit=2**40)


def test_a_packed_answer_is_unpacked_within_the_limit():
    packed = "Content-Encoding: gzip\r\n"
    small = targets.answer(gzip.compress(b"people"), headers=packed)
    bomb = targets.answer(gzip.compress(b"\0" * 60_000_000), headers=packed)
    assert len(bomb) < 64 * 1024

    with targets.serving(targets.answering(small)) as target:
        assert outbound.call("GET", target.url).body == b"people"
    with targets.serving(targets.answering(bomb)) as target, pytest.raises(outbound.TooLarge):
        outbound.call("GET", target.url)


def test_a_packed_answer_that_is_none_is_a_lost_answer():
    whole = targets.answer(b"people", headers="Content-Encoding: gzip\r\n")
    with (
        targets.serving(targets.answering(whole)) as target,
        pytest.raises(outbound.Dropped, match="unpacked"),
    ):
        outbound.call("GET", target.url)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"", id="status"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Slow: ", id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n", id="body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n", id="chunk"),
    ],
)
@pytest.mark.usefixtures("hurry")
def test_an_app_that_answers_drop_by_drop_does_not_hold_the_call(start):
    def drip(connection: socket.socket, _request: bytes) -> bool:
        connection.sendall(start)
        for _time in range(100):
            connection.sendall(b"H")
            time.sleep(0.05)
        return False

    began = time.monotonic()
    with targets.serving(drip) as target:
        with pytest.raises(outbound.TimedOut, match="took too long") as late:
            outbound.call("POST", target.url, body=b"{}")
        took = time.monotonic() - began

    assert late.value.was_sent
    assert 0.4 < took < 1.5


def test_calls_that_have_an_end_in_common_do_not_begin_after_it():
    whole = targets.answer()
    served = targets.serving(targets.answering(whole))
    with served as target, outbound.Client() as client, outbound.within(60):
        client.call("GET", target.url)
        with outbound.within(0), pytest.raises(outbound.TimedOut, match="took too long") as late:
            client.call("GET", target.url)
        client.call("GET", target.url)

    assert not late.value.was_sent
    assert len(target.requests) == 2


@pytest.mark.usefixtures("hurry")
def test_an_app_that_does_not_read_does_not_hold_the_call():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        began = time.monotonic()
        with pytest.raises(outbound.TimedOut) as late:
            outbound.call("POST", f"http://127.0.0.1:{port}/", body=b"x" * 20_000_000)

    assert late.value.was_sent
    assert time.monotonic() - began < 1.5


@pytest.mark.usefixtures("hurry")
def test_a_handshake_that_never_ends_is_given_up_before_anything_is_sent():
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(outbound.TimedOut) as late:
        outbound.call("POST", f"https://127.0.0.1:{listener.getsockname()[1]}/", body=b"{}")

    assert not late.value.was_sent


def test_an_app_that_says_nothing_is_given_up_after_the_limit_of_one_wait(monkeypatch):
    monkeypatch.setattr(wire, "READ_S", 0.2)
    silent = targets.serving(lambda _connection, _request: time.sleep(1))
    with silent as target, pytest.raises(outbound.TimedOut) as late:
        outbound.call("GET", target.url)

    assert late.value.was_sent


def test_a_name_server_that_hangs_is_given_up_before_anything_is_sent(monkeypatch):
    hang = threading.Event()
    monkeypatch.setattr(wire, "CONNECT_S", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", hanging(hang))

    began = time.monotonic()
    with pytest.raises(outbound.TimedOut) as late:
        outbound.call("GET", "https://app.example.com/")
    with pytest.raises(outbound.TimedOut):
        outbound.check_host("app.example.com", 22)
    took = time.monotonic() - began
    end_look_ups(hang)

    assert not late.value.was_sent
    assert took < 2


def test_look_ups_that_hang_are_bounded(monkeypatch):
    hang = threading.Event()
    monkeypatch.setattr(wire, "LOOKUPS", threading.BoundedSemaphore(1))
    monkeypatch.setattr(wire, "CONNECT_S", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", hanging(hang))

    with pytest.raises(outbound.TimedOut):
        outbound.call("GET", "https://app.example.com/")
    with pytest.raises(outbound.Unreachable):
        outbound.call("GET", "https://app.example.com/")
    end_look_ups(hang)

    assert wire.LOOKUPS.acquire(blocking=False)


def test_a_closed_port_and_a_name_that_is_not_there_were_certainly_not_sent_to(monkeypatch):
    targets.name_server(monkeypatch, no_example=[[]])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(outbound.Unreachable, match=f"127.0.0.1 does not answer on port {port}"):
        outbound.call("GET", f"http://127.0.0.1:{port}/")
    with pytest.raises(outbound.Unreachable, match=r"The name no\.example is not found"):
        outbound.call("GET", "https://no.example/")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", id="half a header"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", id="half a body"),
        pytest.param(b"220 mail.example.com ESMTP\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 40_000, id="headers without end"),
    ],
)
def test_a_connection_that_is_lost_after_the_request_leaves_its_result_open(said):
    def leave(connection: socket.socket, _request: bytes) -> bool:
        connection.sendall(said)
        return False

    with targets.serving(leave) as target, pytest.raises(outbound.Dropped):
        outbound.call("POST", target.url, body=b"{}")

    assert len(target.requests) == 1
