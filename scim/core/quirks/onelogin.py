"""How OneLogin shows itself."""

from __future__ import annotations

import re

from scim.core.quirks.fingerprint import Agent, Fingerprint, Signal

FINGERPRINT = Fingerprint(
    idp="onelogin",
    agents=(Agent(pattern=re.compile(r"(?i)onelogin"), is_proven=False),),
    signals=(
        Signal(
            id="onelogin-amp",
            text="query ends with a bare &",
            weight=4,
            query=re.compile(r"&$"),
        ),
        Signal(
            id="onelogin-old-schema",
            text="old schema names",
            weight=3,
            body=re.compile(r'"urn:scim:schemas:(core|extension:enterprise):[12]\.0"'),
        ),
        Signal(
            id="onelogin-id-null",
            text="create carries id: null",
            weight=1,
            method="POST",
            path=re.compile(r"^/Users/?$"),
            body=re.compile(r'"id":null'),
        ),
    ),
)
