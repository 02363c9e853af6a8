"""Laws of reading bodies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim.core import body
from scim.core.errors import ScimError

_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
_SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(-1e18, 1e18) | _TEXT
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=20,
)


def _read(raw: bytes) -> Any:
    try:
        return body.parse(raw)
    except ScimError as error:
        return error


@given(st.binary(max_size=200))
def test_bytes_give_an_object_or_a_refusal(raw: bytes):
    read = _read(raw)

    assert isinstance(read, dict) or (read.status == 400 and read.detail.endswith("."))


@given(st.text(alphabet='{}[]",:\\u0019.eE- atrufn', max_size=60))
def test_what_is_read_is_what_json_reads(text: str):
    read = _read(text.encode())

    if isinstance(read, dict):
        assert read == json.loads(text)


@given(st.dictionaries(_TEXT, _VALUES, max_size=5), st.booleans())
def test_good_objects_are_read_unchanged(value: dict[str, Any], ascii_only: bool):
    raw = json.dumps(value, ensure_ascii=ascii_only).encode()

    assert body.parse(raw) == value


@given(st.integers(1, 200))
def test_depth_is_exact(depth: int):
    raw = b'{"a":' * depth + b"1" + b"}" * depth

    if depth <= body.MAX_DEPTH:
        assert body.parse(raw)
    else:
        with pytest.raises(ScimError, match="nested deeper"):
            body.parse(raw)
