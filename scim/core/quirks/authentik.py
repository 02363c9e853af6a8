"""How authentik shows itself."""

from __future__ import annotations

import re

from scim.core.quirks.fingerprint import Agent, Fingerprint, Signal

FINGERPRINT = Fingerprint(
    idp="authentik",
    agents=(Agent(pattern=re.compile(r"(?i)goauthentik|authentik"), is_proven=False),),
    signals=(
        Signal(
            id="authentik-spc",
            text="reads ServiceProviderConfig first",
            weight=1,
            method="GET",
            path=re.compile(r"^/ServiceProviderConfig$"),
        ),
        Signal(
            id="authentik-hash",
            text="externalId is a 64-digit hash",
            weight=2,
            body=re.compile(r'"externalId":"[0-9a-f]{64}"'),
        ),
        Signal(
            id="authentik-other",
            text="only email has type other",
            weight=2,
            method="POST",
            path=re.compile(r"^/Users/?$"),
            body=re.compile(r'"type":"other"'),
        ),
    ),
)
