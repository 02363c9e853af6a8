"""Judges definitions of attributes for whoever imports a configuration."""

from __future__ import annotations

from typing import Any

from integrations.configuration import judging
from integrations.kit.errors import Refused
from scim.core.errors import InvalidValue
from scim.core.schemas import extra


def judge(definitions: list[Any]) -> None:
    """Raises Refused for what cannot be the attributes of an integration."""
    try:
        extra.read(definitions)
    except InvalidValue as fault:
        raise Refused("invalid", fault.detail, "extra_attributes") from fault


judging.register(judge)
