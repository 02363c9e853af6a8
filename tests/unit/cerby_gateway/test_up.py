"""What `up` finds out before it serves."""

from __future__ import annotations

import pytest

from cerby_gateway.management.commands import up


@pytest.mark.parametrize(
    ("host", "allowed", "warned"),
    [
        ("0.0.0.0", ["localhost", "127.0.0.1", "[::1]"], True),
        ("::", ["localhost", "127.0.0.1", "[::1]"], True),
        ("0.0.0.0", ["localhost", "gateway.internal"], False),
        ("192.0.2.7", ["*"], False),
        ("127.0.0.1", ["localhost"], False),
        ("[::1]", ["localhost"], False),
    ],
)
def test_a_server_that_others_reach_and_that_answers_none_of_them_is_told_of(settings, host, allowed, warned):
    settings.ALLOWED_HOSTS = allowed

    assert up._nobody_may_ask(host) is warned
