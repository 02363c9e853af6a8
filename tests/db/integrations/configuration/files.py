"""A file of one integration, edited, and an import of it."""

from __future__ import annotations

import json
from typing import Any

from integrations.configuration import exporting, importing
from integrations.configuration.difference import Difference
from integrations.models import Integration, Workspace
from tests import factories


def one(integration: Integration, **values: Any) -> Any:
    """The workspace's file; `values` are put into its first integration, without the digest."""
    found = json.loads(exporting.text(integration.workspace))
    found["integrations"][0] |= {"digest": "", **values}
    return found


def connector(kind: str, *secrets: str, **settings: Any) -> Any:
    return {"kind": kind, "settings": settings, "secrets": list(secrets)}


def apply(workspace: Workspace, found: Any, *, overwrite: bool = False) -> Difference:
    raw = found if isinstance(found, bytes) else json.dumps(found).encode()
    return importing.apply(workspace, raw, overwrite=overwrite, by=factories.OPERATOR)
