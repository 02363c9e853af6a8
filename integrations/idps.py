"""The identity providers known by name: what to call them and how often they are heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Idp:
    """`cycle` is set for one that sends in cycles; after `silence` without a request something is wrong."""

    id: str
    name: str
    cycle: timedelta | None = None
    silence: timedelta = timedelta(days=7)
    test_makes_people: bool = False


# Entra ID runs every 40 minutes and asks even when nothing changed; the others speak only when something
# happens.
_KNOWN = (
    Idp("okta", "Okta"),
    Idp("entra", "Microsoft Entra ID", cycle=timedelta(minutes=40), silence=timedelta(hours=3)),
    Idp("onelogin", "OneLogin"),
    Idp("jumpcloud", "JumpCloud", test_makes_people=True),
    Idp("google", "Google Workspace"),
    Idp("pingone", "PingOne"),
    Idp("cyberark", "CyberArk Identity", silence=timedelta(days=3)),
    Idp("rippling", "Rippling"),
    Idp("duo", "Cisco Duo"),
    Idp("authentik", "authentik", silence=timedelta(hours=6)),
    Idp("keycloak", "Keycloak"),
    Idp("generic", "Another SCIM 2.0 client"),
)
BY_ID = {idp.id: idp for idp in _KNOWN}
CHOICES = [(idp.id, idp.name) for idp in _KNOWN]
UNKNOWN = BY_ID["generic"]


def get(idp_id: str) -> Idp:
    """The provider of that id; the generic one for "" or an id that is not known."""
    return BY_ID.get(idp_id, UNKNOWN)


def name(idp_id: str) -> str:
    """Its name, or "" while it is not recognised."""
    return BY_ID[idp_id].name if idp_id in BY_ID else ""
