"""`manage.py rotate_secret_key`: seals the secrets of connectors under the newest key."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from integrations import keys
from integrations.management.verb import VerbCommand


class Command(VerbCommand):
    help = "Seals every connector secret under the first key of GATEWAY_KEYS. May be stopped and run again."

    def act(self, _given: SimpleNamespace) -> dict[str, Any]:
        return keys.rotate()

    def tell(self, answer: dict[str, Any]) -> str:
        return (
            f"Sealed anew: {answer['resealed']}. Under the newest key before: {answer['current']}. "
            "You can now remove the older keys from GATEWAY_KEYS on every machine."
        )
