"""A workspace's integrations, mappings and policies as a file, without any secret."""

from __future__ import annotations

from typing import Any

from integrations.configuration import document
from integrations.configuration.form import FACTS, MEANING, Json
from integrations.delivery.errands import connecting
from integrations.models import Integration, Workspace


def text(workspace: Workspace) -> str:
    """In the order of names and ids: the same bytes for the same configuration."""
    integrations = Integration.objects.for_workspace(workspace).order_by("name", "id")
    return document.written(workspace.slug, [_item(one) for one in integrations])


def values(integration: Integration) -> Json:
    """What of an integration is configuration. Of its secrets the names that are set, and no more."""
    connection = connecting.of(integration)
    return {
        **{name: getattr(integration, name) for name in FACTS},
        "archived": integration.archived_at is not None,
        "extra_attributes": _sorted(integration.extra_schemas),
        "connector": {
            "kind": integration.connector,
            "settings": _sorted(connection.settings),
            "secrets": sorted(connection.secrets_set),
        },
        **{name: _sorted(getattr(connection, name)) for name in MEANING},
    }


def _item(integration: Integration) -> Json:
    found = values(integration)
    return {"id": str(integration.pk), "digest": document.digest(found), **found}


def _sorted(value: Any) -> Any:
    """With the names of every object in their order; in which they were entered is no configuration."""
    if isinstance(value, dict):
        return {name: _sorted(each) for name, each in sorted(value.items())}
    return [_sorted(each) for each in value] if isinstance(value, list) else value
