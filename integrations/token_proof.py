"""Proves that a secret is that of a gateway token or an API key: bcrypt at rest, a short keyed tag before it,
a memory of what was proved."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import threading
from collections import OrderedDict
from typing import Protocol

import bcrypt
from django.conf import settings

from integrations.kit.token_text import TokenText

TAG_BYTES = 8
REMEMBERED = 1024
# bcrypt costs about 60 ms of one core: more at once than there are cores only makes all of them wait.
_bcrypt_slots = threading.BoundedSemaphore(os.cpu_count() or 1)
_memory_key = secrets.token_bytes(32)
_proved: OrderedDict[bytes, None] = OrderedDict()
_proved_lock = threading.Lock()


class Kept(Protocol):
    """What a row keeps of its secret."""

    token_hash: str
    tag: str


def seal(text: TokenText) -> tuple[str, str]:
    """What is stored of a new token's secret: (bcrypt hash, tag)."""
    hashed = bcrypt.hashpw(_peppered(text.secret), bcrypt.gensalt(settings.TOKEN_BCRYPT_COST))
    return hashed.decode("ascii"), _tag(text.secret)


def tag_matches(text: TokenText, token: Kept) -> bool:
    """Whether the secret can be the true one: strangers are sorted out here, before bcrypt costs anything."""
    return hmac.compare_digest(_tag(text.secret), token.tag)


def was_proved(text: TokenText, token: Kept) -> bool:
    """Whether bcrypt found the secret to be the token's before, in this process and for the stored hash."""
    key = _memory(text, token)
    with _proved_lock:
        if key in _proved:
            _proved.move_to_end(key)
            return True
    return False


def is_true(text: TokenText, token: Kept) -> bool:
    """Whether the secret is the token's, by bcrypt; remembered where it is."""
    with _bcrypt_slots:
        true = bcrypt.checkpw(_peppered(text.secret), token.token_hash.encode("ascii"))
    if true:
        _remember(_memory(text, token))
    return true


def _remember(key: bytes) -> None:
    with _proved_lock:
        _proved[key] = None
        if len(_proved) > REMEMBERED:
            _proved.popitem(last=False)


def _peppered(secret: str) -> bytes:
    # bcrypt reads 72 bytes at most: 32 bytes of HMAC in base64 are 44.
    digest = hmac.digest(settings.TOKEN_HASH_PEPPER.encode(), secret.encode("ascii"), "sha256")
    return base64.b64encode(digest)


def _tag(secret: str) -> str:
    return hmac.digest(settings.TOKEN_TAG_PEPPER.encode(), secret.encode("ascii"), "sha256")[:TAG_BYTES].hex()


def _memory(text: TokenText, token: Kept) -> bytes:
    # Bound to the stored hash: a token whose hash changed is proved anew.
    content = f"{text.public_id}|{text.secret}|{token.token_hash}".encode("ascii")
    # Keyed BLAKE2: it leaves this process as little as an HMAC, which OpenSSL takes ten times as long for.
    return hashlib.blake2b(content, key=_memory_key).digest()
