"""Tells whether this machine's keys are the ones the database was made with, and seals its secrets anew."""

from __future__ import annotations

import functools
import hashlib
import hmac
from collections import Counter
from typing import Any

from django.conf import settings
from django.db import models

from integrations.kit import sealed_field, secretbox, transactions
from integrations.kit.errors import Refused
from integrations.models import KeyProbe

SEALING = "GATEWAY_KEYS"
BATCH = 200
_TEXT = b"cerby gateway key probe"


def check() -> None:
    """Raises Refused under other keys than the database's; a new database remembers the keys it meets
    first."""
    for name, digests in _digests().items():
        probe, _made = KeyProbe.objects.get_or_create(name=name, defaults={"digest": digests[0]})
        if not any(hmac.compare_digest(probe.digest, digest) for digest in digests):
            raise Refused(
                "keys",
                f"{name} is not the one this database was made with. Give every machine the same {name}: "
                f"copy it from the folder {settings.DATA_DIR / 'keys'} of the first machine, or set {name}.",
            )


def rotate() -> dict[str, int]:
    """Seals every secret under the newest key, a batch a transaction; stopped, it goes on where it was.

    Returns how many were `resealed` and how many were `current` before. From then on a machine without the
    newest key is refused. Raises Refused while a secret opens under no key.
    """
    check()
    count: Counter[str] = Counter()
    for model, name in sealed_field.columns():
        after: Any = None
        while True:
            done, after = transactions.run(functools.partial(_reseal, model, name, after=after))
            count += done
            if after is None:
                break
    if count["unreadable"]:
        raise Refused(
            "keys",
            f"{count['unreadable']} of the sealed rows open under no key of {SEALING}; {count['resealed']} "
            f"were sealed anew. Add the key they were sealed under, or enter their secrets again.",
        )
    KeyProbe.objects.filter(name=SEALING).update(digest=_digests()[SEALING][0])
    return {"resealed": count["resealed"], "current": count["current"]}


def _reseal(model: type[models.Model], name: str, *, after: Any) -> tuple[Counter[str], Any]:
    """One batch of rows behind the key `after`; the last key of it, None at the end."""
    rows = model._default_manager.select_for_update().order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    batch = list(rows.values_list("pk", name)[:BATCH])
    count: Counter[str] = Counter()
    for key, sealed in batch:
        if not (text := sealed.text()):
            continue
        try:
            newest = secretbox.reseal(text)
        except secretbox.NotOpened:
            count["unreadable"] += 1
            continue
        count["current" if newest == text else "resealed"] += 1
        if newest != text:
            model._default_manager.filter(pk=key).update(**{name: sealed_field.Sealed(newest)})
    return count, batch[-1][0] if len(batch) == BATCH else None


def _digests() -> dict[str, list[str]]:
    """What each setting makes of the probe's text. Of sealing keys, newest first, the database knows one."""
    keys = {
        "SECRET_KEY": [settings.SECRET_KEY],
        "TOKEN_PEPPERS": [f"{settings.TOKEN_HASH_PEPPER},{settings.TOKEN_TAG_PEPPER}"],
        SEALING: settings.GATEWAY_KEYS,
    }
    return {
        name: [hmac.new(key.encode(), _TEXT, hashlib.sha256).hexdigest() for key in values]
        for name, values in keys.items()
    }
