"""Who asks for a change, for its record."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.models import Integration


@dataclass(frozen=True, slots=True)
class Origin:
    """The integration whose token was sent, the IdP by name (or the token where it is not known), and the
    trace id."""

    integration: Integration
    actor: str
    trace_id: str
    idp: str = ""
