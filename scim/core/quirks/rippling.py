"""How Rippling shows itself."""

from __future__ import annotations

import re

from scim.core.quirks.fingerprint import Agent, Fingerprint

FINGERPRINT = Fingerprint(
    idp="rippling",
    agents=(Agent(pattern=re.compile(r"(?i)rippling"), is_proven=False),),
)
