"""Strict reading of request bodies."""

from __future__ import annotations

import pytest

from scim.core import body
from scim.core.errors import InvalidSyntax, InvalidValue, ScimError


def test_object_is_read_as_it_stands():
    raw = '{"a": [1, -2.5, true, null, "é\\n\\ud83d\\ude00"], "b": {"c": ""}}'.encode()

    assert body.parse(raw) == {"a": [1, -2.5, True, None, "é\n😀"], "b": {"c": ""}}


@pytest.mark.parametrize(
    ("raw", "kind", "words"),
    [
        (b"", InvalidSyntax, "empty"),
        (b" \n", InvalidSyntax, "empty"),
        (b"[]", InvalidSyntax, "a list"),
        (b'"x"', InvalidSyntax, "text"),
        (b"null", InvalidSyntax, "null"),
        (b"{", InvalidSyntax, "line 1, column 2"),
        (b'{"a": 1} {}', InvalidSyntax, "not JSON"),
        (b"{'a': 1}", InvalidSyntax, "not JSON"),
        (b'{"a": "\xff"}', InvalidSyntax, "not UTF-8: byte 8"),
        ('{"a": 1}'.encode("utf-16"), InvalidSyntax, "not UTF-8"),
        (b'{"a": NaN}', InvalidSyntax, "NaN"),
        (b'{"a": -Infinity}', InvalidSyntax, "-Infinity"),
        (b'{"a": 1, "b": 2, "a": 3}', InvalidSyntax, 'key "a" twice'),
        (b'{"x": [{"a": 1, "\\u0061": 3}]}', InvalidSyntax, 'key "a" twice'),
        (b'{"a": 9223372036854775809}', InvalidValue, "2^63"),
        (b'{"a": -1e19}', InvalidValue, "2^63"),
        (b'{"a": 1e999}', InvalidValue, "2^63"),
        (b'{"a": ' + b"9" * 100_000 + b"}", InvalidValue, "2^63"),
        (b'{"a": ["\\u0000"]}', InvalidValue, "NUL"),
        (b'{"\\u0000": 1}', InvalidValue, "NUL"),
        (b'{"a": "\x00"}', InvalidSyntax, "not JSON"),
        (b'{"a": "\\ud800"}', InvalidValue, "surrogate"),
        (b'{"a": {"b": ["\\udc00 \\ud800"]}}', InvalidValue, "surrogate"),
    ],
)
def test_fault_is_refused_with_a_sentence(raw: bytes, kind: type[ScimError], words: str):
    with pytest.raises(kind) as refusal:
        body.parse(raw)

    assert words in refusal.value.detail
    assert refusal.value.detail.endswith(".")


@pytest.mark.parametrize("opening", [b"[", b'{"a":'], ids=["lists", "objects"])
def test_depth_is_counted_outside_strings(opening: bytes):
    closing = b"]" if opening == b"[" else b"}"
    within = b'{"a":' + opening * 63 + b'"[[[{\\"{"' + closing * 63 + b"}"
    beyond = b'{"a":' + opening * 64 + b"1" + closing * 64 + b"}"

    assert body.parse(within)
    with pytest.raises(InvalidSyntax, match="deeper than 64"):
        body.parse(beyond)


@pytest.mark.parametrize(
    "raw",
    [b'{"a":' + b"[" * 500_000, b'{"a":"' + b'\\"' * 250_000, b'"' * 500_000],
    ids=["a tower", "escaped quotes without an end", "quotes"],
)
def test_hostile_body_is_refused(raw: bytes):
    """A cost that grew with the square of these would not end within the time a test has."""
    with pytest.raises(InvalidSyntax):
        body.parse(raw)
