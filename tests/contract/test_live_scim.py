"""What only a real server shows: bodies in chunks, and lengths that are lies."""

from __future__ import annotations

import contextlib
import json
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import running

MIB = 1024 * 1024
Json = dict[str, Any]


def padded(body: Json, size: int) -> bytes:
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


def said(response: httpx.Response) -> Json:
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
