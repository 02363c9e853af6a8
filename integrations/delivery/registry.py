"""Which connectors there are.

A package of somebody else adds one by the entry point `cerby_gateway.connectors`.
"""

from __future__ import annotations

import functools
from importlib import metadata

import structlog
from django.utils.module_loading import import_string

from integrations.delivery.connector import Connector

log = structlog.get_logger("gateway.delivery")
ENTRY_POINTS = "cerby_gateway.connectors"
_HERE = "integrations.delivery.connectors"
OURS = {
    "manual": f"{_HERE}.manual.ManualTask",
    "webhook": f"{_HERE}.webhook.Webhook",
    "scim_push": f"{_HERE}.scim_push.connector.ScimPush",
    "rest_template": f"{_HERE}.rest_template.connector.RestTemplate",
    "file_drop": f"{_HERE}.file_drop.connector.FileDrop",
    "script": f"{_HERE}.script.connector.Script",
}


class UnknownKindError(LookupError):
    """No connector of that kind is installed here."""


def kinds() -> list[str]:
    """Every kind, ours first."""
    return [*OURS, *sorted(_theirs())]


@functools.cache
def get(kind: str) -> type[Connector]:
    """The connector's class, loaded at its first use. UnknownKindError for every other kind."""
    entry = _theirs().get(kind)
    if kind not in OURS and entry is None:
        raise UnknownKindError(kind)
    found: type[Connector] = entry.load() if entry else import_string(OURS[kind])
    return found


def loaded(kind: str) -> type[Connector] | None:
    """As `get`; None where there is none, or its package cannot be loaded, which stands in the log."""
    try:
        return get(kind)
    except (ImportError, AttributeError, UnknownKindError):
        log.exception("delivery.connector_not_loaded", kind=kind)
        return None


@functools.cache
def _theirs() -> dict[str, metadata.EntryPoint]:
    found = metadata.entry_points(group=ENTRY_POINTS)
    return {entry.name: entry for entry in found if entry.name not in OURS}
