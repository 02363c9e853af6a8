"""Clients that begin a request and never end it keep no other from being served."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests import running
from tests.running import Product

SLOW = 40


@pytest.fixture(scope="module")
def product(tmp_path_factory) -> Iterator[Product]:
    with running.product(tmp_path_factory.mktemp("slow")) as found:
        yield found


@contextlib.contextmanager
def held(product: Product, request: bytes) -> Iterator[list[socket.socket]]:
    """Many connections that have sent this and send no more."""
    where = urlsplit(product.url)
    with contextlib.ExitStack() as stack:
        opened = []
        for _number in range(SLOW):
            one = stack.enter_context(socket.create_connection((where.hostname, where.port)))
            one.sendall(request)
            opened.append(one)
        yield opened


def is_served(product: Product) -> bool:
    """A page, a form that is sent whole, and SCIM, which may have heard too often of this address."""
    with httpx.Client(base_url=product.url, timeout=8) as browser:
        page = browser.get("/sign-in/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert found is not None
        form = {"csrfmiddlewaretoken": found[1], "login": "a@b.example", "password": "x"}
        sent = browser.post("/sign-in/", data=form, headers={"Referer": f"{product.url}/sign-in/"})
        scim = browser.post("/scim/v2/x/Users", json={"userName": "ada"})
    return (page.status_code, sent.status_code) == (200, 200) and scim.status_code in {401, 429}


UNFINISHED = {
    "by length": b"Content-Length: 100\r\n\r\n{",
    "large": b"Content-Length: 1000000\r\n\r\n{",
    "in chunks": b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
}


@pytest.mark.parametrize("rest", UNFINISHED.values(), ids=UNFINISHED)
@pytest.mark.parametrize("path", ["/scim/v2/x/Users", "/sign-in/"])
def test_bodies_that_never_end_hold_nobody_up(product, path, rest):
    begun = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n".encode() + rest
    with held(product, begun):
        assert is_served(product)


def test_heads_that_never_end_hold_nobody_up(product):
    with held(product, b"POST /scim/v2/x/Users HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: "):
        assert is_served(product)


def test_a_body_in_chunks_comes_whole(product):
    def chunks() -> Iterator[bytes]:
        yield b'{"userName": '
        yield b'"ada"}'

    answer = httpx.post(f"{product.url}/scim/v2/x/Users", content=chunks(), timeout=8)

    assert answer.status_code in {401, 429}


def test_a_body_too_large_is_refused_by_its_length_alone(product):
    where = urlsplit(product.url)
    with socket.create_connection((where.hostname, where.port), timeout=8) as one:
        one.sendall(
            b"POST /api/v1/integrations/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000000\r\n\r\n"
        )
        assert one.recv(100).startswith(b"HTTP/1.1 4")
