"""What a file would change in a workspace, before anything is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from integrations.configuration import document, exporting, judging, matching
from integrations.configuration.document import Item
from integrations.configuration.form import Json
from integrations.models import Integration, Workspace

LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Step:
    """One integration of the file: the one that is here, None for a new one; and by field what is here and
    what the file says. `moved_on`: it was changed here since the file was written."""

    wanted: Json
    here: Integration | None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    moved_on: bool = False
    # Names of secrets: those that go with their connector, and those that are still to be set.
    secrets_gone: Sequence[str] = ()
    secrets_to_set: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """`untouched` are integrations that the file does not name. `digests` are those that the file should say
    once it is applied, in its order; none where it is not."""

    steps: Sequence[Step]
    untouched: Sequence[Integration]
    digests: Sequence[str] = ()

    def lines(self) -> list[str]:
        """As sentences; none where nothing differs."""
        told = [line for step in self.steps for line in _told(step)]
        names = ", ".join(one.name for one in self.untouched)
        return [*told, *([_("left alone: %(names)s") % {"names": names}] if names else [])]

    def secrets_to_set(self) -> list[tuple[str, str]]:
        """Each with its integration's name."""
        return [(step.wanted["name"], name) for step in self.steps for name in step.secrets_to_set]

    def moved_on(self) -> list[str]:
        return [step.here.name for step in self.steps if step.moved_on and step.here is not None]


def of(workspace: Workspace, items: Sequence[Item]) -> Difference:
    """Reads alone. Refused, with the place, for all that an import would not take."""
    every = list(Integration.objects.for_workspace(workspace).order_by("name", "id"))
    pairs = matching.pairs(items, every)
    known = {here.pk for _item, here in pairs if here is not None}
    steps = [_step(item, here) for item, here in pairs]
    return Difference(steps, [one for one in every if one.pk not in known])


def _step(item: Item, here: Integration | None) -> Step:
    current = exporting.values(here) if here else None
    with judging.naming(item.values["name"]):
        wanted = judging.wanted(item.values, current)
    if current is None:
        return Step(wanted.values, None, secrets_to_set=wanted.secrets)
    before = judging.as_it_is(current)
    changes = {name: (before[name], new) for name, new in wanted.values.items() if before[name] != new}
    moved_on = bool(item.digest and changes and document.digest(current) != item.digest)
    are_set: list[str] = current["connector"]["secrets"]
    stay = before["connector"]["kind"] == wanted.values["connector"]["kind"]
    to_set = [name for name in wanted.secrets if not (stay and name in are_set)]
    gone = [] if stay else are_set
    return Step(wanted.values, here, changes, moved_on, secrets_gone=gone, secrets_to_set=to_set)


def _told(step: Step) -> list[str]:
    if step.here is None:
        return [_("new: %(name)s") % {"name": step.wanted["name"]}]
    lines = []
    if step.moved_on:
        lines.append(_("changed here since the file was written: %(name)s") % {"name": step.here.name})
    for place, before, after in _places(step.changes):
        words = {"name": step.here.name, "place": place, "before": _shown(before), "after": _shown(after)}
        lines.append(_("changed: %(name)s, %(place)s: %(before)s → %(after)s") % words)
    if step.secrets_gone:
        words = {"name": step.here.name, "secrets": ", ".join(step.secrets_gone)}
        lines.append(_("gone with the connector of %(name)s: its secrets %(secrets)s") % words)
    return lines


def _places(changes: dict[str, tuple[Any, Any]]) -> Iterator[tuple[str, Any, Any]]:
    """Each difference with its place; a connector's settings one by one."""
    for name, (before, after) in changes.items():
        if name != "connector":
            yield name, before, after
            continue
        if before["kind"] != after["kind"]:
            yield "connector.kind", before["kind"], after["kind"]
        old, new = before["settings"], after["settings"]
        for key in sorted({*old, *new}):
            if old.get(key) != new.get(key):
                yield f"connector.settings.{key}", old.get(key), new.get(key)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
