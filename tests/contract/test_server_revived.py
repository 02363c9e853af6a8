"""A server whose workers die again and again comes back by itself."""

from __future__ import annotations

import os
import signal
import time

import httpx
import pytest

from tests import running
from tests.running import Product

pytestmark = pytest.mark.thorough


@pytest.mark.sqlite
def test_a_server_whose_worker_dies_twice_within_seconds_comes_back(tmp_path):
    with running.product(tmp_path) as product:
        first = _kill_a_worker(product, but=[])
        _kill_a_worker(product, but=[first])

        assert _answer(product).json() == {"status": "ok"}
        assert product.process.poll() is None


def _kill_a_worker(product: Product, *, but: list[int]) -> int:
    """The next that is there."""
    deadline = time.monotonic() + 20
    while not (fresh := [pid for pid in product.workers() if pid not in but]):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(fresh[0], signal.SIGKILL)
    return fresh[0]


def _answer(product: Product) -> httpx.Response:
    deadline = time.monotonic() + 20
    while True:
        try:
            return httpx.get(f"{product.url}/healthz")
        except httpx.HTTPError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
