"""Signatures of Standard Webhooks 1.0: of what is sent to an app, and of what it answers later."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime

from standardwebhooks import Webhook, WebhookVerificationError

# Names of the secrets in an integration's settings; the second is there while the first replaces it.
CURRENT, PREVIOUS = "signing_secret", "previous_signing_secret"
PREFIX = "whsec_"
# Standard Webhooks 1.0, "Signature scheme": 24 to 64 bytes.
FEWEST_BYTES, MOST_BYTES = 24, 64


def is_secret(text: str) -> bool:
    """Whether it has the form of a signing secret: `whsec_` and base64 of 24 to 64 bytes."""
    coded = text.removeprefix(PREFIX)
    try:
        key = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return text.startswith(PREFIX) and FEWEST_BYTES <= len(key) <= MOST_BYTES


def headers(body: bytes, *, key: str, at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    """The headers that prove a message; one signature for each secret. `at` is UTC."""
    text = body.decode()
    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(key, at, text) for secret in secrets),
    }


def is_genuine(body: bytes, given: Mapping[str, str], secrets: Sequence[str]) -> bool:
    """Whether one of the secrets signed it within the last five minutes."""
    return any(_signed(secret, body, given) for secret in secrets)


def _signed(secret: str, body: bytes, given: Mapping[str, str]) -> bool:
    try:
        Webhook(secret).verify(body, dict(given), json_parse=False)
    except (WebhookVerificationError, ValueError):  # the second: a signature or a body that is no text
        return False
    return True
