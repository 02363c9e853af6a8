"""Tells whether this machine's keys are the ones the database was made with."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from integrations.kit.errors import Refused
from integrations.models import KeyProbe

_TEXT = b"cerby gateway key probe"


def check() -> None:
    """Raises Refused under other keys than the database's; a new database remembers the keys it meets
    first."""
    for name, digest in _digests().items():
        probe, _made = KeyProbe.objects.get_or_create(name=name, defaults={"digest": digest})
        if not hmac.compare_digest(probe.digest, digest):
            raise Refused(
                "keys",
                f"{name} is not the one this database was made with. Give every machine the same {name}: "
                f"copy it from the folder {settings.DATA_DIR / 'keys'} of the first machine, or set {name}.",
            )


def _digests() -> dict[str, str]:
    keys = {
        "SECRET_KEY": settings.SECRET_KEY,
        "TOKEN_PEPPERS": f"{settings.TOKEN_HASH_PEPPER},{settings.TOKEN_TAG_PEPPER}",
    }
    return {name: hmac.new(key.encode(), _TEXT, hashlib.sha256).hexdigest() for name, key in keys.items()}
