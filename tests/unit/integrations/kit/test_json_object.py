"""JSON that somebody else wrote."""

from __future__ import annotations

import pytest

from integrations.kit import json_object


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a": [1, true, null]}', {"a": [1, True, None]}),
        (b'{"a": NaN, "b": -Infinity}', {"a": None, "b": None}),
        (rb'{"a": "\ud800x"}', {"a": "?x"}),
        (rb'{"a": "\u0000"}', {"a": "\N{SYMBOL FOR NULL}"}),
        (b'{"password": "x"}', {"password": "[removed]"}),
        (b"[1]", {}),
        (b"", {}),
        (b'{"a": ', {}),
        (b"\xff", {}),
        (b"[" * 100_000, {}),
    ],
    ids=["plain", "numbers", "half character", "nul", "secret", "list", "empty", "half", "bytes", "deep"],
)
def test_an_object_comes_out_such_that_it_can_be_kept(content, expected):
    assert json_object.read(content) == expected
