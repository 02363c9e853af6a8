"""What makes something and is sent again with the same Idempotency-Key gets the same answer again."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from integrations.api.models import KeptAnswer
from integrations.api.problems import Problem
from integrations.api_keys import Verified
from integrations.kit import transactions

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LIFE = timedelta(hours=24)
LONGEST = 255
_FORM = re.compile(f"[!-~]{{1,{LONGEST}}}")


def answer(request: Request, make: Callable[[], Response]) -> Response:
    """What `make` answers, or answered a day ago at most. It is done in one transaction with the answer's
    row, so that of two at once the second waits, and gets the first one's answer. Raises Problem for a key
    that was used for something else."""
    key = _key(request)
    if not key:
        return make()
    asked = _Asked(request, key)
    if (known := asked.find()) is not None:
        return asked.again(known)

    def work() -> Response:
        kept = asked.begin()
        response = make()
        asked.keep(kept, response)
        return response

    try:
        return transactions.run(work)
    except IntegrityError:
        known = asked.find()
        if known is None:
            raise
        return asked.again(known)


def _key(request: Request) -> str:
    key = request.headers.get(HEADER)
    if key is None:
        return ""
    if not _FORM.fullmatch(key):
        words = _("An Idempotency-Key has at most %(n)d visible ASCII characters.") % {"n": LONGEST}
        raise Problem(status.HTTP_400_BAD_REQUEST, "idempotency_key", words)
    return key


class _Asked:
    """One request under its key."""

    def __init__(self, request: Request, key: str) -> None:
        verified = cast("Verified", request.auth)
        self.api_key = verified.key
        self.key_hash = hashlib.sha256(key.encode("ascii")).hexdigest()
        body = json.dumps(request.data, sort_keys=True, separators=(",", ":"))
        asked = f"{request.method}\n{request.path}\n{body}"
        self.asked_hash = hashlib.sha256(asked.encode()).hexdigest()
        # Whoever reads the table, or has the gateway's own keys, cannot open it: it may hold a token.
        derived = HKDF(SHA256(), 32, salt=key.encode("ascii"), info=b"kept answer")
        secret = derived.derive(verified.text.encode("ascii"))
        self.box = Fernet(base64.urlsafe_b64encode(secret))

    def find(self) -> KeptAnswer | None:
        fresh = timezone.now() - LIFE
        own = KeptAnswer.objects.filter(api_key=self.api_key, key_hash=self.key_hash)  # all-tenants: its own
        return own.filter(created_at__gt=fresh).first()

    def begin(self) -> KeptAnswer:
        """Call it while writing. IntegrityError when another request was faster."""
        old = timezone.now() - LIFE
        KeptAnswer.objects.filter(created_at__lte=old).delete()  # all-tenants: their time is over
        return KeptAnswer.objects.create(
            api_key=self.api_key, key_hash=self.key_hash, asked_hash=self.asked_hash
        )

    def keep(self, kept: KeptAnswer, response: Response) -> None:
        content = json.dumps({"data": response.data, "etag": response.headers.get("ETag", "")}, default=str)
        kept.status, kept.content = response.status_code, self.box.encrypt(content.encode()).decode("ascii")
        kept.save(update_fields=["status", "content"])

    def again(self, kept: KeptAnswer) -> Response:
        if kept.asked_hash != self.asked_hash:
            words = _("This Idempotency-Key was used for another request. Choose a new one.")
            raise Problem(status.HTTP_422_UNPROCESSABLE_ENTITY, "idempotency_key", words)
        found: dict[str, Any] = json.loads(self.box.decrypt(kept.content.encode("ascii")))
        headers = {REPLAYED: "true"} | ({"ETag": found["etag"]} if found["etag"] else {})
        return Response(found["data"], status=kept.status, headers=headers)
