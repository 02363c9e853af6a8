"""Brings a workspace to what a file says: all of it or nothing, through the verbs that the console calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from integrations import catalog
from integrations.catalog import Facts
from integrations.configuration import difference, document, exporting, judging
from integrations.configuration.difference import Difference, Step
from integrations.configuration.document import Item
from integrations.configuration.form import FACTS, MEANING
from integrations.delivery.errands import connecting
from integrations.delivery.queue import lanes
from integrations.kit import transactions
from integrations.kit.errors import Refused
from integrations.models import Integration, Workspace
from integrations.roles import By


class MovedOn(Refused):
    """Somebody changed here what the file would change."""

    def __init__(self, found: Difference) -> None:
        words = _(
            "Changed here since the file was written, in the console or by another copy of it: %(names)s."
        ) % {"names": ", ".join(found.moved_on())}
        super().__init__("moved_on", f"{words} {_('--overwrite brings them to what the file says.')}")
        self.difference = found


def apply(
    workspace: Workspace, content: bytes, *, overwrite: bool, dry_run: bool = False, by: By
) -> Difference:
    """In one transaction, which `dry_run` takes back: it is refused what an import would be. What differed.
    Refused for a file that is not understood; MovedOn, without `overwrite`, where that is so."""
    items = document.read(content)

    def work() -> Difference:
        _lock(workspace)
        found = difference.of(workspace, items)
        if found.moved_on() and not overwrite:
            raise MovedOn(found)
        brought = [_bring(workspace, step, by=by) for step in found.steps]
        if dry_run:
            transaction.set_rollback(True)
            return found
        return replace(found, digests=_digests(workspace, items, brought))

    return transactions.run(work)


def _digests(workspace: Workspace, items: Sequence[Item], brought: Sequence[Integration]) -> list[str]:
    """Of what is here, before anybody else can change it. One whose id is not from here keeps its own."""
    pairs = list(zip(items, brought, strict=True))
    known = [one.pk for item, one in pairs if item.digest and item.id in {"", str(one.pk)}]
    fresh = Integration.objects.for_workspace(workspace).in_bulk(known)
    return [
        document.digest(exporting.values(fresh[one.pk])) if one.pk in fresh else item.digest
        for item, one in pairs
    ]


def _lock(workspace: Workspace) -> None:
    """All that may be written, before it is compared, and lanes first: whoever holds one writes behind its
    lock. Of two imports the second waits, also for what the first makes."""
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
    lanes.lock_every(workspace)
    rows = Integration.objects.select_for_update().for_workspace(workspace)
    list(rows.order_by("pk").values_list("pk"))


def _bring(workspace: Workspace, step: Step, *, by: By) -> Integration:
    """One integration to what the file says of it."""
    values, integration = step.wanted, step.here
    names = set(step.changes) if integration is not None else set(values)
    with judging.naming(values["name"]):
        facts = Facts(**{name: values[name] for name in FACTS})
        if integration is None:
            integration = catalog.create(workspace, facts, by=by)
        elif names & set(FACTS):
            integration = catalog.change(integration, facts, by=by)
        if integration.extra_schemas != values["extra_attributes"]:
            catalog.set_extra_schemas(integration, values["extra_attributes"], by=by)
        kind, settings = values["connector"]["kind"], values["connector"]["settings"]
        if kind and "connector" in names:
            connecting.change_settings(integration, kind, settings, by=by)
        if names & set(MEANING):
            connecting.set_meaning(integration, {name: values[name] for name in MEANING}, by=by)
        if values["archived"] != (integration.archived_at is not None):
            (catalog.archive if values["archived"] else catalog.restore)(integration, by=by)
    return integration
