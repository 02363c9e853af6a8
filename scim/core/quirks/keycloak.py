"""How Keycloak shows itself."""

from __future__ import annotations

import re

from scim.core.quirks.fingerprint import Agent, Fingerprint

FINGERPRINT = Fingerprint(
    idp="keycloak",
    agents=(Agent(pattern=re.compile(r"(?i)keycloak"), is_proven=False),),
)
