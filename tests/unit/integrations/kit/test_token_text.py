"""The written form of a token."""

from __future__ import annotations

import re

import pytest

from integrations.kit import token_text

PUBLISHED = re.compile(r"^cgw_[0-9A-Za-z]{12}_[0-9A-Za-z]{38}$")


def test_a_minted_token_has_the_published_form_and_reads_back():
    text = token_text.mint("cgw")

    assert PUBLISHED.match(str(text))
    assert len(str(text)) == 55
    assert token_text.parse(str(text), "cgw") == text


def test_no_two_tokens_are_alike():
    assert len({str(token_text.mint("cgw")) for _ in range(100)}) == 100


def test_the_secret_does_not_show_when_a_token_is_printed_for_debugging():
    text = token_text.mint("cgw")

    assert text.secret not in repr(text)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda token: token[:-1], id="last character lost"),
        pytest.param(lambda token: token + "a", id="one character too many"),
        pytest.param(lambda token: token[:30], id="cut in half"),
        pytest.param(lambda token: token.replace("cgw", "abc"), id="another prefix"),
        pytest.param(
            lambda token: token[:20] + ("a" if token[20] != "a" else "b") + token[21:], id="one typing error"
        ),
        pytest.param(lambda token: token.swapcase(), id="other case"),
        pytest.param(lambda token: token + "\n", id="line end"),
        pytest.param(lambda token: " " + token, id="blank before"),
        pytest.param(lambda token: token.replace("_", "-"), id="dashes"),
        pytest.param(lambda _token: "", id="nothing"),
        pytest.param(lambda token: token[:16] + "_" + "é" * 38, id="not ASCII"),
    ],
)
def test_a_damaged_token_is_not_read(damage):
    token = str(token_text.mint("cgw"))

    assert token_text.parse(damage(token), "cgw") is None


def test_the_checksum_is_crc32_in_six_base62_digits():
    # CRC-32 of "123456789" is 0xCBF43926, the published check value.
    number = 0
    for digit in token_text.checksum("123456789"):
        number = number * 62 + token_text.ALPHABET.index(digit)

    assert number == 0xCBF43926
    assert len(token_text.checksum("a")) == 6
