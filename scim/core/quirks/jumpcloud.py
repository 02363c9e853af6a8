"""How JumpCloud shows itself."""

from __future__ import annotations

import re

from scim.core.quirks.fingerprint import Agent, Fingerprint, Signal

FINGERPRINT = Fingerprint(
    idp="jumpcloud",
    agents=(Agent(pattern=re.compile(r"(?i)jumpcloud"), is_proven=False),),
    signals=(
        Signal(
            id="jumpcloud-paths",
            text="replace operations, one path each, lower case",
            weight=2,
            method="PATCH",
            path=re.compile(r"^/Users/"),
            body=re.compile(r'"op":"replace","path":"name\.'),
        ),
        Signal(
            id="jumpcloud-remove-list",
            text="lower-case remove of members with a value list",
            weight=2,
            method="PATCH",
            path=re.compile(r"^/Groups/"),
            body=re.compile(r'"op":"remove","path":"members","value":\['),
        ),
        Signal(
            id="jumpcloud-min-member",
            text="members hold only value",
            weight=1,
            method="PATCH",
            path=re.compile(r"^/Groups/"),
            body=re.compile(r'"op":"add","path":"members","value":\[\{"value":"[^"]+"\}\]'),
        ),
    ),
)
