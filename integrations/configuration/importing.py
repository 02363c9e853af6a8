"""Brings a workspace to what a file says: all of it or nothing, through the verbs that the console calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from integrations import catalog
from integrations.catalog import Facts
from integrations.configuration import difference, document
from integrations.configuration.difference import Difference, Step
from integrations.configuration.document import FACTS, MEANING, Json
from integrations.delivery import connecting, registry
from integrations.kit import transactions
from integrations.kit.errors import Refused
from integrations.models import Integration, Workspace
from integrations.roles import By

# Judges schema definitions; raises Refused.
Judge = Callable[[list[Any]], None]
_judges: list[Judge] = []


@dataclass(frozen=True, slots=True)
class Missing:
    """A secret that is still to be set."""

    integration: str
    name: str


def register(judge: Judge) -> None:
    """Called once, when the room that knows schemas starts."""
    _judges[:] = [judge]


def apply(
    workspace: Workspace, content: bytes, *, overwrite: bool, by: By
) -> tuple[Difference, list[Missing]]:
    """In one transaction. What differed, and which secrets have to be set now. Refused for a file that is not
    understood, and without `overwrite` where somebody changed here what the file would change."""
    items = document.read(content)
    with transactions.write():
        found = difference.of(workspace, items)
        if not overwrite:
            _refuse_moved_on(found)
        missing = [one for step in found.steps for one in _brought(workspace, step, by=by)]
    return found, missing


def _refuse_moved_on(found: Difference) -> None:
    names = ", ".join(step.here.name for step in found.steps if step.moved_on and step.here is not None)
    if names:
        words = _(
            "Changed here since the file was written: %(names)s. Look at the difference with --dry-run; "
        )
        words += _("--overwrite brings them to what the file says.")
        raise Refused("moved_on", words % {"names": names})


def _brought(workspace: Workspace, step: Step, *, by: By) -> list[Missing]:
    """One integration to what the file says of it."""
    values, integration = step.item.values, step.here
    try:
        facts = Facts(**{name: values[name] for name in FACTS})
        if integration is None:
            integration = catalog.create(workspace, facts, by=by)
        elif set(step.changes) & set(FACTS):
            integration = catalog.change(integration, facts, by=by)
        _set_attributes(integration, values["extra_attributes"], by=by)
        missing = _set_connector(integration, step, by=by)
        meaning = {name: values[name] for name in MEANING}
        if step.here is None or set(step.changes) & set(MEANING):
            connecting.set_meaning(integration, meaning, by=by)
        _set_archived(integration, archived=values["archived"], by=by)
    except Refused as refused:
        place = f"{values['name']}, {refused.field}" if refused.field else values["name"]
        raise Refused(refused.code, f"{place}: {refused.message}") from refused
    return missing


def _set_attributes(integration: Integration, definitions: list[Any], *, by: By) -> None:
    if integration.extra_schemas != definitions:
        for judge in _judges:
            judge(definitions)
        catalog.set_extra_schemas(integration, definitions, by=by)


def _set_connector(integration: Integration, step: Step, *, by: By) -> list[Missing]:
    """The kind with its settings; a secret that is set here stays, where the kind does."""
    wanted: Json = step.item.values["connector"]
    if not wanted["kind"]:
        if integration.connector:
            raise Refused("connector", _("The file takes its connector away; that is done in the console."))
        return []
    if wanted["kind"] not in registry.kinds() or registry.loaded(wanted["kind"]) is None:
        raise Refused("unknown", _("There is no connector of this kind here."), "connector.kind")
    if step.here is None or "connector" in step.changes:
        connecting.change_settings(integration, wanted["kind"], wanted["settings"], by=by)
    connection = connecting.of(integration)
    needed = registry.get(wanted["kind"]).settings_form.secret_fields
    asked = [name for name in needed if name in wanted["secrets"] or _is_required(wanted["kind"], name)]
    return [Missing(integration.name, name) for name in asked if name not in connection.secrets_set]


def _is_required(kind: str, name: str) -> bool:
    return bool(registry.get(kind).settings_form.base_fields[name].required)


def _set_archived(integration: Integration, *, archived: bool, by: By) -> None:
    if (integration.archived_at is not None) != archived:
        (catalog.archive if archived else catalog.restore)(integration, by=by)
