"""Cursors: what is issued is read again, by the same search and for an hour."""

from __future__ import annotations

import re

import pytest

from scim.core import cursor
from scim.core.errors import ExpiredCursor, InvalidCursor

KEY = b"key"
NOW = 1_772_000_000.9
POSITION = {"after": "0192f1a0-0000-7000-8000-000000000000", "shelf": 1}


def issued(scope: str = "scope", key: bytes = KEY) -> str:
    return cursor.issue(POSITION, scope=scope, key=key, now_s=NOW)


def test_what_is_issued_is_read_again():
    assert cursor.read(issued(), scope="scope", key=KEY, now_s=NOW) == POSITION


def test_it_has_unreserved_characters_alone():
    for number in range(50):
        text = cursor.issue({"skipped": number}, scope=f"s{number}", key=KEY, now_s=NOW)
        assert re.fullmatch(r"[A-Za-z0-9._~-]+", text)


def test_it_shows_nothing_of_its_scope():
    texts = {len(issued(scope=scope)) for scope in ("a", 'userName eq "ada"' * 50)}

    assert len(texts) == 1


@pytest.mark.parametrize("age_s", [0, 1, cursor.MAX_AGE_S])
def test_it_lives_an_hour(age_s):
    assert cursor.read(issued(), scope="scope", key=KEY, now_s=int(NOW) + age_s) == POSITION


def test_it_ends_after_an_hour():
    with pytest.raises(ExpiredCursor, match="older than 3600 seconds"):
        cursor.read(issued(), scope="scope", key=KEY, now_s=int(NOW) + cursor.MAX_AGE_S + 1)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(".", id="a dot"),
        pytest.param("x.y.z", id="dots"),
        pytest.param("\ud800.x", id="a surrogate"),
        pytest.param("é.\udfff", id="beyond ASCII"),
        pytest.param(issued() + "A", id="longer"),
        pytest.param(issued()[:-1], id="shorter"),
        pytest.param("A" + issued(), id="something before"),
        pytest.param(issued().partition(".")[0] + ".", id="no signature"),
        pytest.param(issued(scope="other"), id="another scope"),
        pytest.param(issued(key=b"other"), id="another key"),
        pytest.param(issued() + "A" * 2_000, id="very long"),
    ],
)
def test_what_was_not_issued_for_this_is_refused(text):
    with pytest.raises(InvalidCursor, match="not one of this search"):
        cursor.read(text, scope="scope", key=KEY, now_s=NOW)


@pytest.mark.parametrize("content", ["", "bm8", "e30", "WzFd", "_w"])
def test_what_another_version_signed_is_refused(content):
    mac = cursor._encode(cursor._mac(content, "scope", KEY))

    with pytest.raises(InvalidCursor):
        cursor.read(f"{content}.{mac}", scope="scope", key=KEY, now_s=NOW)


def test_the_scope_cannot_be_moved_into_the_content():
    content, _, mac = issued(scope="a\nb").partition(".")

    with pytest.raises(InvalidCursor):
        cursor.read(f"{content}\na.{mac}", scope="b", key=KEY, now_s=NOW)
