"""How Okta shows itself."""

from __future__ import annotations

import re

from scim.core.quirks.fingerprint import Agent, Fingerprint, Signal

FINGERPRINT = Fingerprint(
    idp="okta",
    agents=(
        Agent(pattern=re.compile(r"(?i)^okta scim client"), is_proven=True),
        Agent(pattern=re.compile(r"(?i)^okta scim integration"), is_proven=True),
    ),
    signals=(
        Signal(
            id="okta-count2",
            text="test call with startIndex=1 and count=2, no filter",
            weight=3,
            method="GET",
            path=re.compile(r"^/Users/?$"),
            query=re.compile(r"^startIndex=1&count=2$"),
        ),
        Signal(
            id="okta-00u",
            text="externalId looks like an Okta user id",
            weight=3,
            body=re.compile(r'"externalId":"00u[0-9A-Za-z]{17}"'),
        ),
        Signal(
            id="okta-pathless-active",
            text="PATCH replace without a path, value is {active}",
            weight=2,
            method="PATCH",
            path=re.compile(r"^/Users/"),
            body=re.compile(r'"op":"replace","value":\{"active":(true|false)\}'),
        ),
        Signal(
            id="okta-password",
            text="create carries a password and an empty groups list",
            weight=1,
            method="POST",
            path=re.compile(r"^/Users/?$"),
            body=re.compile(r'^(?=.*"password":)(?=.*"groups":\[\])'),
        ),
        Signal(
            id="okta-charset",
            text="Accept-Charset: utf-8",
            weight=1,
            headers=(("accept-charset", re.compile(r"(?i)^utf-8$")),),
        ),
    ),
)
