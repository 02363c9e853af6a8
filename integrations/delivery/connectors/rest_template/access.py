"""Where the app is, and how it knows us: what the settings say, else what the recipe says."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from integrations.delivery.connector import PermanentError
from integrations.delivery.connectors.rest_template.recipe import FIRST_SECRET, Auth, AuthKind, Recipe

HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Access:
    """`base_url` is without a slash at its end; "" where neither names one."""

    base_url: str
    auth: Auth


def of(settings: Mapping[str, Any], recipe: Recipe) -> Access:
    """`settings` are those of the form; empty ones leave the word to the recipe."""
    base_url = str(settings.get("base_url") or recipe.base_url).rstrip("/")
    kind = str(settings.get("auth_kind") or "")
    if not kind:
        return Access(base_url, recipe.auth)
    name = str(settings.get("auth_header") or "")
    auth = Auth(
        kind=AuthKind(kind),
        user_name=str(settings.get("auth_user_name") or ""),
        headers={name: FIRST_SECRET} if name else {},
    )
    return Access(base_url, auth)


def headers(auth: Auth, secret: Callable[[str], str]) -> dict[str, str]:
    """The headers that say who we are; `secret` gives a secret by its name. Raises PermanentError where one
    cannot stand in a header, and what `secret` raises."""
    match auth.kind:
        case AuthKind.NONE:
            return {}
        case AuthKind.BEARER:
            return {"Authorization": f"Bearer {plain(secret(auth.secret))}"}
        case AuthKind.BASIC:
            pair = f"{auth.user_name}:{secret(auth.secret)}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        case AuthKind.HEADER:
            return {header: plain(secret(name)) for header, name in auth.headers.items()}


def shown(auth: Auth) -> dict[str, str]:
    """The same headers for people's eyes."""
    found = headers(auth, lambda _name: "hidden")
    return {
        name: f"{value.split(' ')[0]} {HIDDEN}" if name == "Authorization" and " " in value else HIDDEN
        for name, value in found.items()
    }


def plain(secret: str) -> str:
    """The secret, if a header can hold it. Raises PermanentError."""
    if not (secret.isascii() and secret.isprintable()):
        raise PermanentError(_("The secret has characters that a header cannot hold. Enter it again."))
    return secret
