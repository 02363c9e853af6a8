"""The written form of a token: `<prefix>_<public id>_<secret><checksum>`, 55 characters for a prefix of
three."""

from __future__ import annotations

import re
import secrets
import string
import zlib
from dataclasses import dataclass, field

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
PUBLIC_LENGTH = 12
SECRET_LENGTH = 32
CHECKSUM_LENGTH = 6
# Longer than any token with every accepted mistake around it; nothing longer is looked at.
LONGEST_HEADER = 200
_FORM = re.compile(r"([a-z]{2,8})_([0-9A-Za-z]{12})_([0-9A-Za-z]{32})([0-9A-Za-z]{6})")


_NAMED = re.compile(r"([0-9A-Za-z]{12})(?:_[0-9A-Za-z]*)?")


@dataclass(frozen=True, slots=True)
class TokenText:
    prefix: str
    public_id: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        body = f"{self.prefix}_{self.public_id}_{self.secret}"
        return body + checksum(body)


def mint(prefix: str) -> TokenText:
    """A new random token: 71 bits of public id, 190 bits of secret."""
    return TokenText(prefix, _random(PUBLIC_LENGTH), _random(SECRET_LENGTH))


def parse(text: str, prefix: str) -> TokenText | None:
    """The parts of a whole token; None for any other text, and for a typing error or a lost end by its
    checksum."""
    match = _FORM.fullmatch(text)
    if match is None or match[1] != prefix or checksum(text[:-CHECKSUM_LENGTH]) != match[4]:
        return None
    return TokenText(match[1], match[2], match[3])


def public_id(text: str, prefix: str) -> str:
    """The public id out of itself, of a token's shown name, or of a whole one; "" for any other text."""
    match = _NAMED.fullmatch(text.strip().removeprefix(f"{prefix}_"))
    return match[1] if match else ""


def checksum(body: str) -> str:
    """CRC-32 in six base-62 digits: it tells a damaged token from a wrong one without a look at the
    database."""
    number = zlib.crc32(body.encode("ascii"))
    digits = ""
    for _ in range(CHECKSUM_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
