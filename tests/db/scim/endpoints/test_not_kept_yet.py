"""Promises that the SCIM service does not keep yet, each with the request that shows it."""

from __future__ import annotations

import contextlib
import json
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from django.utils.http import urlencode

from tests import factories, running
from tests.db import console
from tests.db.scim import wire

MIB = 1024 * 1024
CANARY = "canary-7f3a91"


def test_the_log_explains_a_wrong_method(provider):
    wire.raw(provider, "DELETE", "/Users")

    row = wire.logged(provider)
    assert row.status == 405
    assert "DELETE" in row.problem
    assert "GET" in row.remedy


@pytest.mark.parametrize("resource", ["/Nobody", "", "/Users/a/b"])
@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "BREW"])
def test_every_method_on_an_unknown_address_is_answered_in_scim(provider, method, resource):
    response = wire.raw(provider, method, resource)

    assert response.status_code in (404, 405)
    wire.refusal(response, response.status_code)


@pytest.mark.parametrize(
    "text", ['meta.created gt "0001-01-01T00:00:00+14:00"', 'meta.created lt "9999-12-31T23:59:59-14:00"']
)
def test_a_date_beyond_the_edge_of_time_is_answered(provider, text):
    provider.person("ada")

    response = wire.ask(provider, text)

    assert response.status_code in (200, 400)


def test_512_letters_that_grow_when_folded_are_a_name(provider):
    name = "ΐ" * 512

    status, made = provider.send("POST", "/Users", {"userName": name})

    assert (status, made.get("userName")) == (201, name)
    assert wire.found(provider, f'userName eq "{name}"') == [made["id"]]


@pytest.mark.parametrize("length", [513, 1025, 4096])
@pytest.mark.parametrize(
    "letter", [lambda n: "g", lambda n: chr(0x20000 + 977 * n % 40_000)], ids=["ASCII", "four bytes each"]
)
def test_a_longer_group_name_is_kept_whole_or_refused(provider, length, letter):
    name = "".join(letter(number) for number in range(length))

    response = wire.raw(provider, "POST", "/Groups", {"displayName": name})

    assert response.status_code in (201, 400), response.content
    groups = wire.read(provider, "/Groups")["Resources"]
    assert [group["displayName"] for group in groups] == ([name] if response.status_code == 201 else [])


@pytest.mark.django_db(transaction=True)
def test_a_head_request_for_one_person_or_group_needs_no_lock():
    sender = console.provider(factories.make_integration(factories.make_workspace()))
    person, group = sender.person("ada"), sender.group("Editors")

    answers = [wire.raw(sender, "HEAD", resource) for resource in (f"/Users/{person}", f"/Groups/{group}")]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize(("part", "length"), [("value", 1025), ("value", 3000), ("type", 65), ("type", 1025)])
@pytest.mark.parametrize(
    "letter", [lambda n: "e", lambda n: chr(0x4E00 + 37 * n % 20_000)], ids=["ASCII", "CJK"]
)
def test_a_longer_email_is_found_as_it_is_kept_or_refused(provider, length, letter, part):
    text = "".join(letter(number) for number in range(length))
    email = {"value": "a@a.example", "type": "work", part: text}

    response = wire.raw(provider, "POST", "/Users", {"userName": "ada", "emails": [email]})

    assert response.status_code in (201, 400), response.content
    kept = wire.read(provider, "/Users")["Resources"]
    assert wire.found(provider, f'emails[{part} eq "{text}"]') == [one["id"] for one in kept]


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param({"Op": "Replace", "Path": "Password", "Value": CANARY}, id="keys in other case"),
        pytest.param({"op": "replace", "path": " password ", "value": CANARY}, id="blanks in the path"),
        pytest.param({"op": "replace", "path": "password.value", "value": CANARY}, id="part of it"),
        pytest.param({"op": "remove", "path": f'password[value eq "{CANARY}"]'}, id="in the path"),
    ],
)
def test_a_password_in_an_odd_patch_is_kept_nowhere(provider, operation):
    person = provider.person("ada")

    status, body = wire.patch(provider, f"/Users/{person}", operation)

    assert status in (200, 400)
    assert CANARY not in json.dumps(body)
    assert wire.tables_that_hold(CANARY) == []


@pytest.mark.parametrize("text", [f'password eq "{CANARY}"', f'userName eq "a" or password sw "{CANARY}"'])
def test_a_password_in_a_filter_is_kept_nowhere(provider, text):
    response = wire.raw(provider, "GET", f"/Users?{urlencode({'filter': text})}")

    wire.refusal(response, 400, "invalidFilter")
    assert wire.tables_that_hold(CANARY) == []


@pytest.mark.parametrize("claimed", ["3000000000", str(2**63)])
def test_a_length_that_no_number_of_the_log_holds_is_refused_and_kept(provider, claimed):
    address = f"/scim/v2/{provider.integration.pk}/Users"
    header = {"authorization": f"Bearer {provider.issued.text}"}

    response = provider.client.post(
        address, {}, content_type="application/json", headers=header, CONTENT_LENGTH=claimed
    )

    wire.refusal(response, 413)
    assert wire.logged(provider).status == 413


def padded(body: wire.Json, size: int) -> bytes:
    """The body as JSON of exactly `size` bytes."""
    empty = len(json.dumps({**body, "padding": ""}))
    return json.dumps({**body, "padding": "x" * (size - empty)}).encode()


def pieces(body: bytes) -> Iterator[bytes]:
    """Sent without a Content-Length, as chunks."""
    for start in range(0, len(body), 64 * 1024):
        yield body[start : start + 64 * 1024]


@pytest.fixture(scope="module")
def live_data(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("live")


@pytest.fixture
def live_log(live_data) -> Callable[[], str]:
    """The queries that the running product has kept in its log, as text."""

    def read() -> str:
        with contextlib.closing(sqlite3.connect(live_data / "gateway.sqlite3")) as database:
            return str(database.execute("SELECT query FROM traffic_requestlog").fetchall())

    return read


@pytest.fixture(scope="module")
def live(live_data) -> Iterator[httpx.Client]:
    """An identity provider of a running product on SQLite."""
    with running.product(live_data) as product:
        made = product.command("create_workspace", "Northwind", "--owner", "owner@northwind.example")
        integration = product.command("create_integration", "Hootsuite", "--workspace", made["workspace"])
        token = product.command("generate_token", integration["id"])["token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
        with httpx.Client(base_url=integration["scim_gateway_url"], headers=headers, timeout=30) as client:
            yield client


def said(response: httpx.Response) -> wire.Json:
    """The error of an answer."""
    assert response.headers["content-type"].startswith("application/scim+json"), response.text
    body = response.json()
    assert body["status"] == str(response.status_code)
    return body


def test_a_running_product_reads_a_body_in_chunks(live):
    response = live.post("/Users", content=pieces(padded({"userName": "chunked"}, 200_000)))

    assert (response.status_code, response.json()["userName"]) == (201, "chunked")


@pytest.mark.parametrize(
    ("resource", "body", "limit"),
    [
        pytest.param("/Users", {"userName": "over"}, MIB, id="a person"),
        pytest.param("/Groups", {"displayName": "over"}, 16 * MIB, id="a group"),
    ],
)
def test_a_running_product_refuses_a_body_over_the_limit_in_chunks(live, resource, body, limit):
    response = live.post(resource, content=pieces(padded(body, limit + 1)))

    assert response.status_code == 413, response.text
    assert str(limit) in said(response)["detail"]


def test_a_length_beyond_all_numbers_does_not_end_the_log_of_a_running_product(live, live_log):
    head = f"POST {live.base_url.path}Users HTTP/1.1\r\nHost: {live.base_url.netloc.decode()}\r\n"
    lines = [f"Authorization: {live.headers['Authorization']}", f"Content-Length: {2**63}", "", ""]
    with socket.create_connection((live.base_url.host, live.base_url.port), timeout=10) as connection:
        connection.sendall((head + "\r\n".join(lines)).encode())
        connection.recv(1000)
    time.sleep(1)

    assert live.get("/Groups?count=7").status_code == 200

    deadline = time.monotonic() + 10
    while "count=7" not in live_log() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert "count=7" in live_log()
