"""How Cisco Duo shows itself."""

from __future__ import annotations

import re

from scim.core.quirks.fingerprint import Agent, Fingerprint

FINGERPRINT = Fingerprint(
    idp="duo",
    agents=(Agent(pattern=re.compile(r"(?i)duo"), is_proven=False),),
)
