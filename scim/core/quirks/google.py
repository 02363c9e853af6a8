"""How Google Workspace shows itself."""

from __future__ import annotations

import re

from scim.core.quirks.fingerprint import Agent, Fingerprint, Signal

FINGERPRINT = Fingerprint(
    idp="google",
    agents=(Agent(pattern=re.compile(r"(?i)^google-auto-provisioning"), is_proven=True),),
    signals=(
        Signal(
            id="google-json",
            text="application/json bodies with Google's agent",
            weight=4,
            headers=(
                ("user-agent", re.compile(r"(?i)^google-auto-provisioning")),
                ("content-type", re.compile(r"^application/json")),
            ),
        ),
    ),
)
