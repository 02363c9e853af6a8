"""The identity providers that can be emulated, one line each."""

from __future__ import annotations

import pkgutil
from typing import cast

from scim.emulators.emulator import Emulator

EMULATORS = {
    "okta": "scim.emulators.okta:Okta",
    "entra": "scim.emulators.entra:Entra",
    "onelogin": "scim.emulators.onelogin:OneLogin",
    "jumpcloud": "scim.emulators.jumpcloud:JumpCloud",
    "google": "scim.emulators.google:Google",
    "authentik": "scim.emulators.authentik:Authentik",
}


def load(idp: str) -> type[Emulator]:
    """The emulator of that IdP (its id in integrations/idps.py); KeyError for one that has none."""
    return cast("type[Emulator]", pkgutil.resolve_name(EMULATORS[idp]))
