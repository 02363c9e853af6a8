"""How Microsoft Entra ID shows itself."""

from __future__ import annotations

import re

from scim.core.quirks.fingerprint import Fingerprint, Signal

FINGERPRINT = Fingerprint(
    idp="entra",
    # The User-Agent is usually missing, which is a sign but proves nothing.
    signals=(
        Signal(
            id="entra-no-ua",
            text="no User-Agent header",
            weight=1,
            header_absent="user-agent",
        ),
        Signal(
            id="entra-caps",
            text="operation names with a capital",
            weight=3,
            method="PATCH",
            body=re.compile(r'"op":"(Add|Replace|Remove)"'),
        ),
        Signal(
            id="entra-string-bool",
            text="active as the text True or False",
            weight=3,
            method="PATCH",
            body=re.compile(r'"path":"active","value":"(True|False)"'),
        ),
        Signal(
            id="entra-excluded",
            text="excludedAttributes=members on groups",
            weight=3,
            method="GET",
            path=re.compile(r"^/Groups"),
            query=re.compile(r"excludedAttributes=members"),
        ),
        Signal(
            id="entra-adscim",
            text="Microsoft schema name on groups",
            weight=4,
            method="POST",
            path=re.compile(r"^/Groups/?$"),
            body=re.compile(r"ADSCIM/2\.0/Group"),
        ),
        Signal(
            id="entra-guid-probe",
            text="filter on a userName that is a GUID",
            weight=2,
            method="GET",
            path=re.compile(r"^/Users/?$"),
            query=re.compile(
                r"filter=userName(\+|%20)eq(\+|%20)%22[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}%22"
            ),
        ),
        Signal(
            id="entra-flag",
            text="flag in the query string",
            weight=4,
            query=re.compile(r"aadOptscim062020"),
        ),
        Signal(
            id="entra-ref-null",
            text="$ref is null in members",
            weight=2,
            method="PATCH",
            path=re.compile(r"^/Groups/"),
            body=re.compile(r'"\$ref":null'),
        ),
        Signal(
            id="entra-dotted",
            text="dotted keys in a path-less value",
            weight=2,
            method="PATCH",
            path=re.compile(r"^/Users/"),
            body=re.compile(r'"value":\{[^}]*"name\.(given|family)Name"'),
        ),
    ),
)
