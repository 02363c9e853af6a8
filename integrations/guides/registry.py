"""The guides, in the order in which identity providers are offered."""

from __future__ import annotations

from integrations.guides import (
    authentik,
    cyberark,
    duo,
    entra,
    generic,
    google,
    jumpcloud,
    keycloak,
    okta,
    onelogin,
    pingone,
    rippling,
)
from integrations.guides.guide import Guide

MODULES = (
    *(okta, entra, onelogin, jumpcloud, google, pingone),
    *(cyberark, rippling, duo, authentik, keycloak, generic),
)
GUIDES: dict[str, Guide] = {module.GUIDE.idp: module.GUIDE for module in MODULES}
