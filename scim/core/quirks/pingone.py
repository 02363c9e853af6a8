"""How PingOne shows itself."""

from __future__ import annotations

import re

from scim.core.quirks.fingerprint import Agent, Fingerprint, Signal

FINGERPRINT = Fingerprint(
    idp="pingone",
    agents=(Agent(pattern=re.compile(r"(?i)ping"), is_proven=False),),
    signals=(
        Signal(
            id="ping-eq",
            text="filter operator written Eq",
            weight=2,
            method="GET",
            query=re.compile(r"userName(\+|%20)Eq(\+|%20)"),
        ),
    ),
)
