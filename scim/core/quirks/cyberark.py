"""How CyberArk Identity shows itself."""

from __future__ import annotations

import re

from scim.core.quirks.fingerprint import Agent, Fingerprint, Signal

FINGERPRINT = Fingerprint(
    idp="cyberark",
    agents=(Agent(pattern=re.compile(r"(?i)cyberark|idaptive|centrify"), is_proven=False),),
    signals=(
        Signal(
            id="cyberark-rt-user",
            text="reads ResourceTypes/User",
            weight=2,
            method="GET",
            path=re.compile(r"^/ResourceTypes/User$"),
        ),
        Signal(
            id="cyberark-rt-group",
            text="reads ResourceTypes/Group",
            weight=2,
            method="GET",
            path=re.compile(r"^/ResourceTypes/Group$"),
        ),
        Signal(
            id="cyberark-schema",
            text="reads single schemas",
            weight=1,
            method="GET",
            path=re.compile(r"^/Schemas/urn"),
        ),
        Signal(
            id="cyberark-count1",
            text="probe with count=1 only",
            weight=1,
            method="GET",
            path=re.compile(r"^/Users/?$"),
            query=re.compile(r"^count=1$"),
        ),
    ),
)
